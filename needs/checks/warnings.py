"""What may well be so and is yet surprising: the commune says in a note why it is right."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from directory.models import Place
from needs.cells import StatedNeed, children_cell, count_cell, quantity_cell
from needs.checks.finding import CHILDREN, Check, Finding, Grade, shown
from needs.contents import Contents
from needs.models import AgeBand, SupportItem, SurveyRound

MOST_NAMES = 3


def children_compare(contents: Contents) -> Iterator[Finding]:
    """The children of a place in a band: far from last year's number, or gone."""
    if contents.earlier.year is None:
        return
    for place in contents.places:
        for band in contents.bands:
            now = contents.count_of(place, band)
            before = contents.earlier.counts.get((place.pk, band.pk, contents.total.pk))
            if now is None or before is None or not (code := _departs(now, before)):
                continue
            message = _(
                "%(place)s, aged %(band)s: %(now)s children, %(before)s in %(year)s. "
                "Check the number; if it is right, say in a note what changed."
            ) % ({"place": place.name, "band": band.short_name} | _then(contents, now, before))
            cell = count_cell(band.pk, contents.total.pk)
            figures = f"{before} → {now}"
            yield Finding(Grade.WARNING, f"children_{code}", CHILDREN, place, cell, message, figures=figures)


def quantities_compare(contents: Contents) -> Iterator[Finding]:
    """What a place needs of an item for a band: far from last year's quantity, or nothing any more.

    A supplementary round asks for what a disaster took: that is not compared with an ordinary year.
    """
    if contents.earlier.year is None or contents.survey.round.kind != SurveyRound.Kind.YEARLY:
        return
    for place in contents.places:
        for item, band in contents.item_bands:
            key = (place.pk, item.pk, band.pk)
            before = contents.earlier.statements.get(key)
            now = _quantity_now(contents, place, item, contents.statements.get(key))
            if now is None or before is None or before.quantity is None:
                continue
            if not (code := _departs(now, before.quantity)) or _left_out(contents, key, code):
                continue
            message = _(
                "%(place)s, %(item)s, aged %(band)s: %(now)s %(unit)s, %(before)s in %(year)s. "
                "Check the quantity; if it is right, say in a note what changed."
            ) % (_names(place, item, band) | _then(contents, now, before.quantity))
            cell = quantity_cell(item.pk, band.pk)
            figures = f"{before.quantity} → {now}"
            yield Finding(
                Grade.WARNING, f"quantity_{code}", item.area.code, place, cell, message, figures=figures
            )


def _departs(now: int, before: int) -> str:
    """“gone”: none where there were many; “changed”: further off than allowed; "" otherwise."""
    if now == 0 and before >= settings.SURVEY_MANY:
        return "gone"
    off = abs(now - before)
    if off >= settings.SURVEY_CHANGE_LEAST and off * 100 > settings.SURVEY_CHANGE_PERCENT * before:
        return "changed"
    return ""


def _quantity_now(contents: Contents, place: Place, item: SupportItem, need: StatedNeed | None) -> int | None:
    """What is asked for; 0 where the row was answered without it, None where there is no answer yet."""
    if need is not None:
        return need.quantity
    return 0 if contents.is_answered(place, item.area) else None


def _left_out(contents: Contents, key: tuple[int, int, int], code: str) -> bool:
    """A few that are not asked for any more: no numbers on both sides, and not many."""
    return code == "changed" and key not in contents.statements


def schools_beside_villages(contents: Contents) -> Iterator[Finding]:
    """The same item and band for a school and for its village: the same children may be counted twice."""
    villages = [place for place in contents.places if place.kind == Place.Kind.VILLAGE]
    by_id = {village.pk: village for village in villages}
    for place, item, band, need in contents.stated():
        if not place.is_school or not need.quantity:
            continue
        near = [by_id[place.lies_in_id]] if place.lies_in_id in by_id else villages
        if place.lies_in_id and place.lies_in_id not in by_id:
            continue  # its village is not surveyed in this round
        also = [village for village in near if _asks(contents, village, item, band)]
        if not also:
            continue
        message = _(
            "%(place)s, %(item)s, aged %(band)s: the same is asked for at %(villages)s. "
            "Count each child once; if these are other children, say so in a note."
        ) % (_names(place, item, band) | {"villages": _named(also)})
        children = sum(contents.statements[village.pk, item.pk, band.pk].children or 0 for village in also)
        figures = f"{need.children} + {children}"
        cell = children_cell(item.pk, band.pk)
        yield Finding(
            Grade.WARNING, "school_and_village", item.area.code, place, cell, message, figures=figures
        )


def _asks(contents: Contents, place: Place, item: SupportItem, band: AgeBand) -> bool:
    need = contents.statements.get((place.pk, item.pk, band.pk))
    return bool(need and need.quantity)


def _named(places: list[Place]) -> str:
    names = ", ".join(place.name for place in places[:MOST_NAMES])
    more = len(places) - MOST_NAMES
    if more <= 0:
        return names
    text = ngettext("%(names)s and %(more)s other", "%(names)s and %(more)s others", more)
    return text % {"names": names, "more": more}


def commune_is_its_villages(contents: Contents) -> Iterator[Finding]:
    """The whole commune's children are those of its villages, where a round takes in all of them."""
    if contents.survey.round.kind != SurveyRound.Kind.YEARLY:
        return
    for commune in _communes(contents):
        for band in contents.bands:
            whole, parts = contents.count_of(commune, band), _in_villages(contents, band)
            if whole is None or parts is None or whole == parts:
                continue
            message = _(
                "%(place)s, aged %(band)s: %(whole)s children in the whole commune, but %(parts)s in its "
                "villages together. Correct one of the two, or say in a note where the others live."
            )
            figures = {"whole": shown(whole), "parts": shown(parts)}
            text = message % ({"place": commune.name, "band": band.short_name} | figures)
            cell = count_cell(band.pk, contents.total.pk)
            yield Finding(
                Grade.WARNING,
                "commune_not_villages",
                CHILDREN,
                commune,
                cell,
                text,
                figures=f"{whole} / {parts}",
            )


def _in_villages(contents: Contents, band: AgeBand) -> int | None:
    """None: there are no villages, or one has not counted yet."""
    villages = [place for place in contents.places if place.kind == Place.Kind.VILLAGE]
    counts = [contents.count_of(village, band) for village in villages]
    if not counts or None in counts:
        return None
    return sum(count for count in counts if count is not None)


def needs_within_commune(contents: Contents) -> Iterator[Finding]:
    """The villages and the commune's own row do not name more children than the commune has."""
    for commune in _communes(contents):
        for item, band in contents.item_bands:
            total, children = contents.count_of(commune, band), _children_in_need(contents, item, band)
            if total is None or children <= total:
                continue
            message = _(
                "%(item)s, aged %(band)s: the villages and the whole commune name %(children)s children in "
                "need together, but %(place)s has only %(total)s. Name each child once, or say in a note "
                "why it is right."
            ) % (_names(commune, item, band) | {"children": shown(children), "total": shown(total)})
            cell, figures = children_cell(item.pk, band.pk), f"{children} / {total}"
            yield Finding(
                Grade.WARNING, "commune_exceeded", item.area.code, commune, cell, message, figures=figures
            )


def _children_in_need(contents: Contents, item: SupportItem, band: AgeBand) -> int:
    stated = (
        contents.statements.get((place.pk, item.pk, band.pk))
        for place in contents.places
        if not place.is_school
    )
    return sum(need.children or 0 for need in stated if need)


def _communes(contents: Contents) -> list[Place]:
    return [place for place in contents.places if place.kind == Place.Kind.COMMUNE]


def _names(place: Place, item: SupportItem, band: AgeBand) -> dict[str, object]:
    return {"place": place.name, "item": item, "unit": item.unit, "band": band.short_name}


def _then(contents: Contents, now: int, before: int) -> dict[str, object]:
    return {"now": shown(now), "before": shown(before), "year": str(contents.earlier.year)}


WARNINGS: list[Check] = [
    children_compare,
    quantities_compare,
    schools_beside_villages,
    commune_is_its_villages,
    needs_within_commune,
]
