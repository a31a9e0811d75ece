"""Deeds on many rows of a tab at once. What is typed on the page is saved first."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from directory.access import access
from directory.http import Request
from directory.models import Place
from directory.roles import Permission
from needs.actions import copy_earlier, state_nothing
from needs.cells import is_number
from needs.sections import Section
from needs.views.grid import grid_page, place_of, save_typed_rows, tab_of


@access(Permission.ENTER_SURVEY)
@require_POST
def survey_copy(request: Request, pk: int, section: str) -> HttpResponse:
    """``copy`` names the one row to fill with last year's figures; empty: all rows that hold nothing."""
    tab = tab_of(request, pk, section)
    place = _chosen(tab, request.POST.get("copy", ""))
    saved = save_typed_rows(request, tab)
    if saved.states:
        return grid_page(request, tab_of(request, pk, section, compared=True), saved)
    rows = copy_earlier(
        by=request.user,
        survey=tab.contents.survey,
        area=tab.area,
        places=None if place is None else [place],
    )
    if rows:
        text = ngettext(
            "%(count)s row was filled with the figures of %(year)s. These are old: check each of them.",
            "%(count)s rows were filled with the figures of %(year)s. These are old: check each of them.",
            len(rows),
        )
        messages.warning(request, text % {"count": len(rows), "year": tab.contents.earlier.year})
    else:
        messages.info(request, _("Nothing was copied: no row is empty that has figures of the year before."))
    at = redirect("survey_grid", pk, tab.code)
    if place is not None:
        at["Location"] += f"#p{place.pk}"
    return at


@access(Permission.ENTER_SURVEY)
@require_POST
def survey_nothing(request: Request, pk: int, section: str) -> HttpResponse:
    """Nothing is needed in all rows of the tab that are not answered yet."""
    tab = tab_of(request, pk, section)
    if tab.area is None:
        raise Http404
    saved = save_typed_rows(request, tab)
    if saved.states:
        return grid_page(request, tab_of(request, pk, section, compared=True), saved)
    rows = state_nothing(by=request.user, survey=tab.contents.survey, area=tab.area)
    if rows:
        text = ngettext(
            "“Nothing needed” was ticked in %(count)s row that was not answered yet.",
            "“Nothing needed” was ticked in %(count)s rows that were not answered yet.",
            len(rows),
        )
        messages.success(request, text % {"count": len(rows)})
    else:
        messages.info(request, _("Every row is answered already, so nothing was changed."))
    return redirect("survey_grid", pk, tab.code)


def _chosen(tab: Section, place: str) -> Place | None:
    if not place:
        return None
    if not is_number(place):
        raise Http404
    return place_of(tab, int(place))
