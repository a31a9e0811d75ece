"""The grid: a tab of a survey, saved whole (without JavaScript) or row by row (``static/js/grid.js``)."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from directory.access import access
from directory.errors import Refusal
from directory.http import Request
from directory.models import Place
from directory.roles import Permission
from needs import permissions
from needs.actions import save_row
from needs.actions.row import stored_values
from needs.cells import is_number
from needs.contents import Contents
from needs.forms.row import TypedRow, read_row
from needs.grid import Grid, RowState, errors_by_place, refused_state, stored_state
from needs.models import Survey
from needs.sections import Section, section_or_404, sections_for
from needs.views.survey import survey_within_reach


@access(Permission.VIEW_SURVEYS)
@require_http_methods(["GET", "HEAD", "POST"])
def survey_grid(request: Request, pk: int, section: str) -> HttpResponse:
    tab = _tab(request, pk, section)
    if request.method != "POST":
        return _page(request, tab, {}, {})
    data = request.POST.dict()
    states: dict[int, RowState] = {}
    typed: dict[int, Mapping[str, str]] = {}
    saved = 0
    for row in _changed_rows(tab, data):
        state = _save(request, tab, row)
        if state.status == 200:
            saved += 1
        else:
            states[row.place.pk], typed[row.place.pk] = state, row.raw
    if saved:
        text = ngettext("%(count)s row was saved.", "%(count)s rows were saved.", saved)
        messages.success(request, text % {"count": saved})
    elif not states:
        messages.info(request, _("Nothing was changed, so nothing was saved."))
    if not states:
        return redirect("survey_grid", pk, tab.code)
    return _page(request, _tab(request, pk, section), typed, states)


@access(Permission.ENTER_SURVEY)
@require_POST
def survey_row_save(request: Request, pk: int, section: str, place: int) -> HttpResponse:
    """One row; the answer is its state and what to say about it, as a fragment."""
    tab = _tab(request, pk, section)
    row = read_row(tab, _place(tab, place), request.POST.dict())
    state = _save(request, tab, row)
    if state.status == 200:
        fresh = _fresh(tab)
        state = stored_state(fresh, row.place, errors_by_place(fresh))
        return _fragment(request, row.place, state)
    return _fragment(request, row.place, state)


def _fragment(request: Request, place: Place, state: RowState) -> HttpResponse:
    context = {"place": place, "key": str(place.pk), "state": state}
    return render(request, "needs/grid_row_state.html", context, status=state.status)


def _tab(request: Request, pk: int, code: str) -> Section:
    compared = request.method != "POST"
    return section_or_404(request.user, Contents(survey_within_reach(request, pk), compared), code)


def _fresh(tab: Section) -> Section:
    """The same tab, read again after a save."""
    return Section(Contents(tab.contents.survey), tab.area)


def _place(tab: Section, pk: int) -> Place:
    for place in tab.contents.places:
        if place.pk == pk:
            return place
    raise Http404


def _changed_rows(tab: Section, data: Mapping[str, str]) -> list[TypedRow]:
    """The posted rows that differ from what is stored, with the answers to conflicts applied."""
    taken = data.get("take", "")
    kept_place, _colon, kept_version = data.get("keep", "").partition(":")
    rows = [read_row(tab, place, data) for place in tab.contents.places if str(place.pk) != taken]
    for row in rows:
        if str(row.place.pk) == kept_place and is_number(kept_version):
            row.version = int(kept_version)
    contents = tab.contents
    return [row for row in rows if row.differs_from(stored_values(contents, row.place, tab.area))]


def _save(request: Request, tab: Section, row: TypedRow) -> RowState:
    """Save the row; a refusal becomes the state that shows it, and what was typed stays."""
    try:
        if row.problems:
            raise Refusal(row.problems, code="invalid_cells")
        saved = save_row(
            by=request.user,
            survey=tab.contents.survey,
            place=row.place,
            area=tab.area,
            version=row.version,
            cells=row.cells,
        )
    except Refusal as refusal:
        return refused_state(tab, refusal, row.version)
    return RowState("saved", saved.saved_at, saved.saved_by, saved.version)


def _page(
    request: Request, tab: Section, typed: Mapping[int, Mapping[str, str]], states: Mapping[int, RowState]
) -> HttpResponse:
    survey: Survey = tab.contents.survey
    editable = survey.is_editable and permissions.may_fill_in(request.user, survey)
    # What was typed into a survey that was submitted meanwhile still stands on the page.
    grid = Grid(tab, editable or bool(states), typed, states)
    context = {
        "survey": survey,
        "section": tab,
        "sections": sections_for(request.user, tab.contents),
        "grid": grid,
        "priorities": range(1, 5),
    }
    status = max((state.status for state in states.values()), default=200)
    if any(state.kind == "conflict" for state in states.values()):
        status = 409
    return render(request, "needs/survey_grid.html", context, status=status)
