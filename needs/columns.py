"""The columns of a tab: part A an age band × subgroup each, part B what is asked of an item and age band."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from needs.cells import children_cell, count_cell, girls_cell, quantity_cell
from needs.contents import Contents
from needs.models import AgeBand, SupportItem
from needs.sections import Section


@dataclass(frozen=True)
class Column:
    """``group`` (an age band, or an item), ``band`` (part B only) and ``label`` are its three headers."""

    name: str
    group: str
    band: str
    label: str

    @property
    def full_label(self) -> str:
        return ", ".join(part for part in (self.group, self.band, self.label) if part)


def columns_of(section: Section) -> list[Column]:
    contents = section.contents
    if section.area is None:
        return _count_columns(contents)
    return [
        column for item, band in contents.item_bands_of(section.area) for column in _need_columns(item, band)
    ]


def _count_columns(contents: Contents) -> list[Column]:
    return [
        Column(count_cell(band.pk, group.pk), str(band), "", str(group))
        for band in contents.bands
        for group in contents.subgroups
    ]


def _need_columns(item: SupportItem, band: AgeBand) -> Iterator[Column]:
    """Children, of them girls (items by sex only), quantity."""
    head = f"{item} ({item.unit})", band.heading
    yield Column(children_cell(item.pk, band.pk), *head, _("children"))
    if item.by_sex:
        yield Column(girls_cell(item.pk, band.pk), *head, _("of them girls"))
    yield Column(quantity_cell(item.pk, band.pk), *head, _("quantity"))
