"""What is not there: empty is not zero, and a row without a need says that it has none."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from needs.cells import NOTHING, count_cell, girls_cell
from needs.checks.finding import CHILDREN, Check, Finding, Grade
from needs.contents import Contents


def totals_are_counted(contents: Contents) -> Iterator[Finding]:
    """Each place needs its number of children in each band; none is 0, empty is not reported."""
    for place in contents.places:
        for band in contents.bands:
            if contents.count_of(place, band) is not None:
                continue
            message = _(
                "%(place)s: the number of children aged %(band)s is not given. Enter it; 0 if there are none."
            ) % {"place": place.name, "band": band.short_name}
            cell = count_cell(band.pk, contents.total.pk)
            yield Finding(Grade.MISSING, "total_missing", CHILDREN, place, cell, message, band.short_name)


def rows_are_answered(contents: Contents) -> Iterator[Finding]:
    """Each place states a need in each area, or says that it has none."""
    for place in contents.places:
        for area in contents.areas:
            if contents.is_answered(place, area):
                continue
            message = _(
                "%(place)s, %(area)s: no need is stated. Enter the needs, or tick “nothing needed”."
            ) % {"place": place.name, "area": area}
            label = _("needs, or “nothing needed”")
            yield Finding(Grade.MISSING, "row_missing", area.code, place, NOTHING, message, label)


def girls_are_counted(contents: Contents) -> Iterator[Finding]:
    """An item that differs by sex is asked for with the number of girls among the children; none is 0."""
    for place, item, band, need in contents.stated():
        if not item.by_sex or not need.children or need.girls is not None:
            continue
        message = _(
            "%(place)s, %(item)s, aged %(band)s: how many of the %(children)s children are girls is not "
            "given. Enter it; 0 if there are none."
        ) % {"place": place.name, "item": item, "band": band.short_name, "children": need.children}
        label = _("%(item)s %(band)s: girls") % {"item": item, "band": band.heading}
        cell = girls_cell(item.pk, band.pk)
        yield Finding(Grade.MISSING, "girls_missing", item.area.code, place, cell, message, label)


MISSING: list[Check] = [totals_are_counted, rows_are_answered, girls_are_counted]
