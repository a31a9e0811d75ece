"""What is wrong or missing in a survey: each check is a function from its contents to graded findings.

Errors and gaps block the submission; warnings will ask for a note. A new check joins ``CHECKS``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum

from django.utils.translation import gettext as _

from directory.errors import Problem
from directory.models import Place
from needs.cells import children_cell, count_cell, in_row, quantity_cell
from needs.contents import Contents
from needs.models import AgeBand, SupportItem

CHILDREN = "children"


class Grade(Enum):
    MISSING = "missing"
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Finding:
    """``message`` about a cell: ``section`` is "children" or an area's code, ``cell`` its name in the row.

    ``label`` is the cell in a word, for lists that name the place once.
    """

    grade: Grade
    section: str
    place: Place
    cell: str
    message: str
    label: str = ""

    @property
    def name(self) -> str:
        """The cell's name (and id) on the page of its section."""
        return in_row(self.place.pk, self.cell)

    @property
    def blocks(self) -> bool:
        return self.grade is not Grade.WARNING

    def as_problem(self) -> Problem:
        return Problem(self.message, f"{self.section}/{self.name}")


Check = Callable[[Contents], Iterator[Finding]]


def totals_are_counted(contents: Contents) -> Iterator[Finding]:
    """Each place needs its number of children in each band; none is 0, empty is not reported."""
    for place in contents.places:
        for band in contents.bands:
            if contents.count_of(place, band) is None:
                message = _(
                    "%(place)s: the number of children aged %(band)s is not given. "
                    "Enter it; 0 if there are none."
                ) % {"place": place.name, "band": band.short_name}
                cell = count_cell(band.pk, contents.total.pk)
                yield Finding(Grade.MISSING, CHILDREN, place, cell, message, band.short_name)


def parts_within_total(contents: Contents) -> Iterator[Finding]:
    """No subgroup is larger than the whole."""
    for place in contents.places:
        for band in contents.bands:
            total = contents.count_of(place, band)
            for group in contents.subgroups:
                part = contents.counts.get((place.pk, band.pk, group.pk))
                if group.is_total or part is None or total is None or part <= total:
                    continue
                message = _(
                    "%(place)s, aged %(band)s: %(part)s in “%(group)s” but only %(total)s children in all. "
                    "Correct one of the two."
                )
                figures = {"part": part, "group": group, "total": total}
                names = {"place": place.name, "band": band.short_name}
                yield Finding(
                    Grade.ERROR, CHILDREN, place, count_cell(band.pk, group.pk), message % (figures | names)
                )


def needs_within_children(contents: Contents) -> Iterator[Finding]:
    """Not more children in need of one item than the place has in that band, where they are counted."""
    for place, item, band in _stated(contents):
        need = contents.statements[place.pk, item.pk, band.pk]
        total = contents.count_of(place, band)
        if total is None or need.children is None or need.children <= total:
            continue
        message = _(
            "%(place)s, %(item)s, aged %(band)s: %(children)s children in need but the place has only "
            "%(total)s. Correct the need or the child count."
        ) % {
            "place": place.name,
            "item": item,
            "band": band.short_name,
            "children": need.children,
            "total": total,
        }
        yield Finding(Grade.ERROR, item.area.code, place, children_cell(item.pk, band.pk), message)


def quantity_has_children(contents: Contents) -> Iterator[Finding]:
    """A quantity is for somebody. The grid refuses it cell by cell; imports meet it here."""
    for place, item, band in _stated(contents):
        need = contents.statements[place.pk, item.pk, band.pk]
        if need.quantity and not need.children:
            message = _("%(place)s, %(item)s, aged %(band)s: %(wrong)s") % {
                "place": place.name,
                "item": item,
                "band": band.short_name,
                "wrong": what_is_wrong(need.children, need.quantity),
            }
            yield Finding(Grade.ERROR, item.area.code, place, quantity_cell(item.pk, band.pk), message)


CHECKS: list[Check] = [totals_are_counted, parts_within_total, needs_within_children, quantity_has_children]


def findings_in(contents: Contents) -> list[Finding]:
    return [finding for check in CHECKS for finding in check(contents)]


def what_is_wrong(children: int | None, quantity: int | None) -> str:
    """Why the two numbers of one stated need do not belong together; empty if they do."""
    if children is None and quantity is not None:
        return _("a quantity without children. Enter how many children it is for, or clear the quantity.")
    if children is not None and quantity is None:
        return _("children without a quantity. Enter the quantity they need, or clear the children.")
    if quantity and not children:
        return _("a quantity for 0 children. Correct one of the two.")
    return ""


def _stated(contents: Contents) -> Iterator[tuple[Place, SupportItem, AgeBand]]:
    for place in contents.places:
        for item, band in contents.item_bands:
            if (place.pk, item.pk, band.pk) in contents.statements:
                yield place, item, band
