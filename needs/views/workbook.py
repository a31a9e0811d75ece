"""Fill a survey in by Excel: download its workbook, upload it again. The preview is ``documents``'."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from directory.access import access
from directory.errors import Refusal
from directory.http import Request
from directory.roles import Permission
from directory.screens import client_key_of, show_refusal, status_of
from documents.actions import upload_workbook
from documents.download import file_response
from documents.forms import UploadForm
from documents.imports import work
from documents.spreadsheet import XLSX_TYPE
from needs.actions.row import refuse_unless_open_to
from needs.contents import Contents
from needs.sections import sections_for
from needs.views.survey import survey_within_reach
from needs.workbooks.survey.importer import SurveyImporter


@access(Permission.ENTER_SURVEY)
@require_http_methods(["GET", "HEAD", "POST"])
def survey_workbook(request: Request, pk: int) -> HttpResponse:
    survey = survey_within_reach(request, pk)
    refuse_unless_open_to(request.user, survey)
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            found = upload_workbook(
                by=request.user,
                kind=SurveyImporter.kind,
                subject=survey,
                file_name=file.name,
                content=file.read(),
                key=client_key_of(request),
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            work.check(found)
            return redirect("import_detail", found.pk)
    context = {
        "survey": survey,
        "sections": sections_for(request.user, Contents(survey)),
        "form": form,
    }
    return render(request, "needs/survey_workbook.html", context, status=status_of(form))


@access(Permission.ENTER_SURVEY)
@require_safe
def survey_template(request: Request, pk: int) -> HttpResponse:
    """The survey's own workbook, with what is stored in it now."""
    survey = survey_within_reach(request, pk)
    content = SurveyImporter(request.user, survey).template()
    name = f"phieu-khao-sat-{survey.commune.code}-{survey.round.year}-dien"
    return file_response(content, XLSX_TYPE, name, "xlsx")
