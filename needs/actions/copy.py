"""Fill many rows of a tab at once: with what the review before said, or with “nothing is needed”."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db.models import F
from django.utils.translation import gettext as _

from directory import clock, history
from directory.deeds import action
from directory.errors import Refusal
from directory.models import Place, SupportArea, User
from needs.actions.row import refuse_unless_open_to, reviewed_before
from needs.actions.survey import locked
from needs.contents import Contents
from needs.models import ChildCount, NeedStatement, Survey, SurveyRow


@action
def copy_earlier(
    *, by: User, survey: Survey, area: SupportArea | None, places: Collection[Place] | None = None
) -> list[SurveyRow]:
    """Fill the rows that hold nothing yet with what the review before said; returns the rows filled.

    Child counts (``area`` None) or the stated needs of an area, with girls, priority and reason, and
    “nothing needed” too; only what this round asks. Of all places, or of ``places``. A row that holds
    anything is never overwritten. A filled row counts as saved by the user, as its next version.
    Raises ``Refusal`` if there is no review before or its needs stand already, ``WrongState``,
    ``Forbidden`` as ``save_row`` does.
    """
    survey = locked(survey)
    refuse_unless_open_to(by, survey)
    if area and survey.round.adds_to_the_year:
        message = _(
            "This round asks only for what the event took. Needs of the yearly review stand already and are "
            "not copied."
        )
        raise Refusal(message, code="stands_already")
    contents = Contents(survey, compared=True)
    if contents.earlier.year is None:
        message = _("No earlier review of these places is approved, so there is nothing to copy. Type it.")
        raise Refusal(message, code="nothing_earlier")
    empty = [place for place in contents.places if _is_empty(contents, place, area)]
    chosen = empty if places is None else [place for place in empty if place in places]
    counts = [] if area else _counts(contents, chosen)
    needs = _needs(contents, chosen, area) if area else []
    stated = {count.place_id for count in counts} | {need.place_id for need in needs}
    unneeding = {place for place, of_area in contents.earlier.nothing if area and of_area == area.pk} - stated
    filled = [place for place in chosen if place.pk in stated | unneeding]
    if not filled:
        return []
    ChildCount.objects.bulk_create(counts)
    NeedStatement.objects.bulk_create(needs)
    rows = _mark(by, survey, area, filled, [place for place in filled if place.pk in unneeding])
    code = area.code if area else ""
    history.record(survey, "copy_earlier", by=by, area=code, rows=len(rows), year=contents.earlier.year)
    return rows


@action
def state_nothing(*, by: User, survey: Survey, area: SupportArea) -> list[SurveyRow]:
    """Say “nothing is needed” of each place that says nothing about the area yet; returns these rows.

    Rows with a need, and those that say it already, stay as they are. Raises what ``save_row`` raises.
    """
    survey = locked(survey)
    refuse_unless_open_to(by, survey)
    contents = Contents(survey)
    silent = [place for place in contents.places if not contents.is_answered(place, area)]
    if not silent:
        return []
    rows = _mark(by, survey, area, silent, nothing=silent)
    history.record(survey, "state_nothing", by=by, area=area.code, rows=len(rows))
    return rows


def _is_empty(contents: Contents, place: Place, area: SupportArea | None) -> bool:
    return all(value is None for value in contents.values_at(place, area).values())


def _counts(contents: Contents, places: Iterable[Place]) -> list[ChildCount]:
    """The counts of the review before, of the bands and subgroups that are counted now."""
    asked = {(band.pk, group.pk) for band in contents.bands for group in contents.subgroups}
    return [
        ChildCount(survey=contents.survey, place=place, age_band_id=band, subgroup_id=group, value=value)
        for place in places
        for (band, group), value in contents.earlier.counts_at(place).items()
        if (band, group) in asked
    ]


def _needs(contents: Contents, places: Iterable[Place], area: SupportArea) -> list[NeedStatement]:
    """The needs of the review before, of the items and age bands that are asked for now."""
    asked = {(item.pk, band.pk): item for item, band in contents.item_bands_of(area)}
    reviewed = reviewed_before(contents.survey, area)
    return [
        NeedStatement(
            survey=contents.survey,
            place=place,
            item_id=item,
            age_band_id=band,
            children=need.children or 0,
            girls=need.girls if asked[item, band].by_sex else None,
            quantity=need.quantity or 0,
            priority=need.priority,
            reviewed_priority=reviewed.get(place.pk),
            reason=need.reason,
        )
        for place in places
        for (item, band), need in contents.earlier.needs_at(place).items()
        if (item, band) in asked
    ]


def _mark(
    by: User,
    survey: Survey,
    area: SupportArea | None,
    places: Collection[Place],
    nothing: Collection[Place],
) -> list[SurveyRow]:
    """Each row's next version, saved by ``by``: whoever had read the former one is told so when saving."""
    SurveyRow.objects.bulk_create(
        [SurveyRow(survey=survey, place=place, area=area) for place in places], ignore_conflicts=True
    )
    rows = SurveyRow.objects.filter(survey=survey, area=area, place__in=list(places))
    rows.filter(place__in=list(nothing)).update(nothing=True)
    rows.update(version=F("version") + 1, saved_by=by, saved_at=clock.now())
    return list(rows.select_related("place").order_by("pk"))
