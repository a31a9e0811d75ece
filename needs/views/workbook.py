"""Fill a survey in by Excel: download its workbook, upload it again. The preview is that of all workbooks."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods, require_safe

from directory.access import access
from directory.http import Request
from directory.roles import Permission
from documents.download import file_response
from documents.spreadsheet import XLSX_TYPE
from documents.views.workbook import upload_page
from needs.contents import Contents
from needs.sections import sections_for
from needs.views.survey import survey_within_reach
from needs.workbooks.survey.importer import SurveyImporter


@access(Permission.ENTER_SURVEY)
@require_http_methods(["GET", "HEAD", "POST"])
def survey_workbook(request: Request, pk: int) -> HttpResponse:
    survey = survey_within_reach(request, pk)
    importer = SurveyImporter(request.user, survey)
    importer.refuse_unless_allowed()
    return upload_page(
        request,
        importer,
        template="needs/survey_workbook.html",
        survey=survey,
        sections=sections_for(request.user, Contents(survey)),
        back=(importer.done_url(), str(survey)),
    )


@access(Permission.ENTER_SURVEY)
@require_safe
def survey_template(request: Request, pk: int) -> HttpResponse:
    """The survey's own workbook, with what is stored in it now."""
    survey = survey_within_reach(request, pk)
    content = SurveyImporter(request.user, survey).template()
    name = f"phieu-khao-sat-{survey.commune.code}-{survey.round.year}-dien"
    return file_response(content, XLSX_TYPE, name, "xlsx")
