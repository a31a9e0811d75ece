"""The reviewer's priority: of a row of a submitted survey, of an approved need."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from directory.access import access
from directory.errors import Refusal
from directory.http import Request
from directory.roles import Permission
from directory.screens import show_refusal
from needs.actions import prioritise_need, prioritise_row
from needs.contents import Contents
from needs.forms.review import PriorityFields, RowPriorityForm
from needs.sections import sections_for
from needs.views.comment import row_page
from needs.views.need import need_page, need_within_reach
from needs.views.survey import survey_within_reach


@access(Permission.REVIEW_SURVEY)
@require_POST
def survey_prioritise(request: Request, pk: int) -> HttpResponse:
    sections = sections_for(request.user, Contents(survey_within_reach(request, pk)))
    form = RowPriorityForm(request.POST, sections=sections)
    form.is_valid()
    if form.row is None or (area := form.row[0].area) is None:
        raise Refusal(_("No row was chosen. Open the row whose priority you set, and set it there."))
    section, place = form.row
    if form.is_valid():
        try:
            prioritise_row(
                by=request.user,
                survey=section.contents.survey,
                place=place,
                area=area,
                priority=form.cleaned_data["priority"],
                reason=form.cleaned_data["reason"],
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The reviewer's priority stands beside the commune's own now."))
            return redirect(section.row_url(place))
    return row_page(request, sections, form.row, priority_form=form)


@access(Permission.REVIEW_SURVEY)
@require_POST
def need_prioritise(request: Request, pk: int) -> HttpResponse:
    need = need_within_reach(request, pk)
    form = PriorityFields(request.POST)
    if form.is_valid():
        try:
            prioritise_need(by=request.user, need=need, **form.cleaned_data)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The need has its new priority."))
            return redirect("need_detail", pk)
    return need_page(request, need, form)
