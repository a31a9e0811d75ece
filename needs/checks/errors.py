"""What cannot be so: numbers that contradict each other."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from directory.models import Place
from needs.cells import StatedNeed, children_cell, count_cell, girls_cell, quantity_cell
from needs.checks.finding import CHILDREN, Check, Finding, Grade, shown
from needs.contents import Contents
from needs.models import AgeBand, SupportItem


def parts_within_total(contents: Contents) -> Iterator[Finding]:
    """No subgroup is larger than the whole."""
    for place in contents.places:
        for band in contents.bands:
            total = contents.count_of(place, band)
            for group in contents.subgroups:
                part = contents.count_of(place, band, group)
                if group.is_total or part is None or total is None or part <= total:
                    continue
                message = _(
                    "%(place)s, aged %(band)s: %(part)s in “%(group)s” but only %(total)s children in all. "
                    "Correct one of the two."
                )
                figures = {"part": shown(part), "group": group, "total": shown(total)}
                names = {"place": place.name, "band": band.short_name}
                cell, text = count_cell(band.pk, group.pk), message % (figures | names)
                yield Finding(Grade.ERROR, "part_over_total", CHILDREN, place, cell, text)


def needs_within_children(contents: Contents) -> Iterator[Finding]:
    """Not more children in need of one item than the place has in that band, where they are counted."""
    for place, item, band, need in contents.stated():
        total = contents.count_of(place, band)
        if total is None or need.children is None or need.children <= total:
            continue
        message = _(
            "%(place)s, %(item)s, aged %(band)s: %(children)s children in need but the place has only "
            "%(total)s. Correct the need or the child count."
        )
        figures = {"children": shown(need.children), "total": shown(total)}
        cell, text = children_cell(item.pk, band.pk), message % (_names(place, item, band) | figures)
        yield Finding(Grade.ERROR, "needs_over_children", item.area.code, place, cell, text)


def quantity_has_children(contents: Contents) -> Iterator[Finding]:
    """A quantity is for somebody. The grid refuses it cell by cell; imports meet it here."""
    for place, item, band, need in contents.stated():
        if need.quantity and not need.children:
            wrong = {"wrong": what_is_wrong(need.children, need.quantity)}
            message = _("%(place)s, %(item)s, aged %(band)s: %(wrong)s") % (_names(place, item, band) | wrong)
            cell = quantity_cell(item.pk, band.pk)
            yield Finding(Grade.ERROR, "quantity_without_children", item.area.code, place, cell, message)


def girls_within_children(contents: Contents) -> Iterator[Finding]:
    """Girls in need are part of the children in need, and of the place's girls where those are counted.

    So are the boys: the children in need that are no girls, of those of the place.
    """
    for place, item, band, need in contents.stated():
        if message := _girls_wrong(contents, place, band, need):
            text = f"{place.name}, {item}, {band.short_name}: {message}"
            cell = girls_cell(item.pk, band.pk)
            yield Finding(Grade.ERROR, "girls_over_children", item.area.code, place, cell, text)


def _girls_wrong(contents: Contents, place: Place, band: AgeBand, need: StatedNeed) -> str:
    if need.girls is None or need.children is None:
        return ""
    if need.girls > need.children:
        message = _("%(girls)s girls among %(children)s children in need. Correct one of the two.")
        return message % {"girls": shown(need.girls), "children": shown(need.children)}
    total = contents.count_of(place, band)
    counted = contents.count_of(place, band, contents.girls) if contents.girls else None
    if counted is not None and need.girls > counted:
        message = _("%(girls)s girls in need but the place has only %(counted)s. Correct one of the two.")
        return message % {"girls": shown(need.girls), "counted": shown(counted)}
    boys = need.children - need.girls
    if counted is not None and total is not None and boys > total - counted >= 0:
        message = _("%(boys)s boys in need but the place has only %(counted)s. Correct one of the two.")
        return message % {"boys": shown(boys), "counted": shown(total - counted)}
    return ""


def what_is_wrong(children: int | None, quantity: int | None) -> str:
    """Why the two numbers of one stated need do not belong together; empty if they do."""
    if children is None and quantity is not None:
        return _("a quantity without children. Enter how many children it is for, or clear the quantity.")
    if children is not None and quantity is None:
        return _("children without a quantity. Enter the quantity they need, or clear the children.")
    if quantity and not children:
        return _("a quantity for 0 children. Correct one of the two.")
    return ""


def _names(place: Place, item: SupportItem, band: AgeBand) -> dict[str, object]:
    return {"place": place.name, "item": item, "band": band.short_name}


ERRORS: list[Check] = [
    parts_within_total,
    needs_within_children,
    quantity_has_children,
    girls_within_children,
]
