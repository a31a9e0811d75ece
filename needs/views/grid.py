"""The grid: a tab of a survey, saved whole (without JavaScript) or row by row (``static/js/grid.js``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
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
from needs.cells import PRIORITIES, is_number
from needs.contents import Contents
from needs.forms.row import TypedRow, read_row
from needs.grid import Grid, RowState, findings_by_place, refused_state, stored_state
from needs.models import Survey
from needs.sections import Section, section_or_404, sections_for
from needs.views.survey import survey_within_reach


@dataclass
class Saved:
    """What became of the rows of a whole page: how many were saved, and the refused ones as typed."""

    count: int = 0
    states: dict[int, RowState] = field(default_factory=dict)
    typed: dict[int, Mapping[str, str]] = field(default_factory=dict)


@access(Permission.VIEW_SURVEYS)
@require_http_methods(["GET", "HEAD", "POST"])
def survey_grid(request: Request, pk: int, section: str) -> HttpResponse:
    tab = tab_of(request, pk, section, compared=request.method != "POST")
    if request.method != "POST":
        return grid_page(request, tab, Saved())
    saved = save_typed_rows(request, tab)
    if saved.states:
        return grid_page(request, tab_of(request, pk, section, compared=True), saved)
    if not saved.count:
        messages.info(request, _("Nothing was changed, so nothing was saved."))
    return redirect("survey_grid", pk, tab.code)


def save_typed_rows(request: Request, tab: Section) -> Saved:
    """Save each row of the posted page that was changed, and say how many."""
    saved = Saved()
    for row in _changed_rows(tab, request.POST.dict()):
        state = _save(request, tab, row)
        if state.status == 200:
            saved.count += 1
        else:
            saved.states[row.place.pk], saved.typed[row.place.pk] = state, row.raw
    if saved.count:
        text = ngettext("%(count)s row was saved.", "%(count)s rows were saved.", saved.count)
        messages.success(request, text % {"count": saved.count})
    return saved


@access(Permission.ENTER_SURVEY)
@require_POST
def survey_row_save(request: Request, pk: int, section: str, place: int) -> HttpResponse:
    """One row; the answer is its state and what to say about it, as a fragment."""
    tab = tab_of(request, pk, section)
    row = read_row(tab, place_of(tab, place), request.POST.dict())
    state = _save(request, tab, row)
    if state.status == 200:
        fresh = _fresh(tab)
        state = stored_state(fresh, row.place, findings_by_place(fresh))
        return _fragment(request, row.place, state)
    return _fragment(request, row.place, state)


def _fragment(request: Request, place: Place, state: RowState) -> HttpResponse:
    context = {"place": place, "key": str(place.pk), "state": state}
    return render(request, "needs/grid_row_state.html", context, status=state.status)


def tab_of(request: Request, pk: int, code: str, compared: bool = False) -> Section:
    """``compared``: last year's values stand beside the cells."""
    contents = Contents(survey_within_reach(request, pk), compared)
    return section_or_404(request.user, contents, code)


def _fresh(tab: Section) -> Section:
    """The same tab, read again after a save."""
    return Section(tab.contents.again(), tab.area)


def place_of(tab: Section, pk: int) -> Place:
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
    return [row for row in rows if row.differs_from(tab.contents.values_at(row.place, tab.area))]


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
            nothing=row.nothing,
        )
    except Refusal as refusal:
        return refused_state(tab, refusal, row.version, request.user)
    return RowState("saved", saved.saved_at, saved.saved_by, saved.version)


def grid_page(request: Request, tab: Section, saved: Saved) -> HttpResponse:
    survey: Survey = tab.contents.survey
    states = saved.states
    editable = survey.is_editable and permissions.may_fill_in(request.user, survey)
    # What was typed into a survey that was submitted meanwhile still stands on the page.
    grid = Grid(tab, editable or bool(states), saved.typed, states)
    context = {
        "survey": survey,
        "section": tab,
        "sections": sections_for(request.user, tab.contents),
        "grid": grid,
        "refused_rows": [row for row in grid.rows if row.place.pk in states],
        "copy_url": reverse("survey_copy", args=[survey.pk, tab.code]),
        "nothing_url": reverse("survey_nothing", args=[survey.pk, tab.code]),
        "priorities": PRIORITIES,
    }
    status = max((state.status for state in states.values()), default=200)
    if any(state.kind == "conflict" for state in states.values()):
        status = 409
    return render(request, "needs/survey_grid.html", context, status=status)
