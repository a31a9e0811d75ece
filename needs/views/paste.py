"""Paste a block from Excel into a tab: choose where, see what changes, confirm."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from directory.access import access
from directory.errors import Refusal, WrongState
from directory.http import Request
from directory.roles import Permission
from directory.screens import client_key_of, show_refusal, status_of
from needs.actions import paste_block
from needs.actions.row import refuse_unless_open_to
from needs.cells import in_row, is_number
from needs.contents import Contents
from needs.forms.paste import PasteForm
from needs.paste import labels_of, lay_out
from needs.preview import Preview, seal_of, version_of
from needs.sections import Section, section_or_404
from needs.views.survey import survey_within_reach


@access(Permission.ENTER_SURVEY)
@require_http_methods(["GET", "HEAD", "POST"])
def survey_paste(request: Request, pk: int, section: str) -> HttpResponse:
    tab = section_or_404(request.user, Contents(survey_within_reach(request, pk)), section)
    if request.method != "POST":
        refuse_unless_open_to(request.user, tab.contents.survey)
        return _page(request, tab, PasteForm(initial=request.GET.dict(), section=tab))
    form = PasteForm(request.POST, section=tab)
    readable = form.is_valid()
    try:
        refuse_unless_open_to(request.user, tab.contents.survey)
    except WrongState as refusal:
        # The survey was handed in meanwhile; what was copied is not lost with it.
        show_refusal(form, refusal)
        return _page(request, tab, form)
    if not readable:
        return _page(request, tab, form)
    if request.POST.get("deed") == "confirm":
        return _confirm(request, tab, form)
    return _page(request, tab, form, _preview(tab, form))


def _confirm(request: Request, tab: Section, form: PasteForm) -> HttpResponse:
    preview = _preview(tab, form, _versions_in(request.POST, tab))
    if request.POST.get("seal") != _seal(tab, form):
        message = _("The block or the table was changed after the preview. See below what it would do now.")
        form.add_error(None, ValidationError(message, code="not_previewed"))
        return _page(request, tab, form, _preview(tab, form))
    if preview.refused:
        return _page(request, tab, form, preview)
    survey, area = tab.contents.survey, tab.area
    try:
        paste_block(
            by=request.user, survey=survey, area=area, rows=preview.pasted, key=client_key_of(request)
        )
    except Refusal as refusal:
        show_refusal(form, refusal)
        today = _again(tab)
        return _page(request, today, form, _preview(today, form))
    _say_saved(request, _again(tab), preview)
    return redirect("survey_grid", survey.pk, tab.code)


def _say_saved(request: Request, today: Section, preview: Preview) -> None:
    """How many rows are newer than the preview; the same if the form came twice."""
    saved = sum(row.version != version_of(today, row.place) for row in preview.pasted)
    if saved:
        text = ngettext("%(count)s row was saved.", "%(count)s rows were saved.", saved)
        messages.success(request, text % {"count": saved})
    else:
        messages.info(request, _("Nothing was changed, so nothing was saved."))


def _again(tab: Section) -> Section:
    """The same tab, read again."""
    return Section(Contents(tab.contents.survey), tab.area)


def _preview(tab: Section, form: PasteForm, versions: Mapping[int, int] | None = None) -> Preview:
    layout = lay_out(tab, form.lines, form.cleaned_data["place"], form.cleaned_data["column"])
    return Preview(tab, layout, versions)


def _versions_in(posted: Mapping[str, str], tab: Section) -> dict[int, int]:
    """The versions of the rows that the preview has read."""
    texts = {place.pk: posted.get(in_row(place.pk, "v"), "") for place in tab.contents.places}
    return {pk: int(text) for pk, text in texts.items() if is_number(text)}


def _seal(tab: Section, form: PasteForm) -> str:
    said = form.cleaned_data
    return seal_of(tab, form.lines, said["place"], said["column"])


def _page(request: Request, tab: Section, form: PasteForm, preview: Preview | None = None) -> HttpResponse:
    status = status_of(form)
    if preview and preview.refused and status == HTTPStatus.OK:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    context = {
        "survey": tab.contents.survey,
        "section": tab,
        "form": form,
        "columns": labels_of(tab).values(),
        "preview": preview,
        "seal": _seal(tab, form) if preview else "",
    }
    return render(request, "needs/paste_block.html", context, status=status)
