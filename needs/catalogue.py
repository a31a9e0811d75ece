"""The catalogue as its screens show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from directory.models import SupportArea
from needs.models import AgeBand, ItemSize, ReferencePrice, SupportItem

Sex = ItemSize.Sex


@dataclass(frozen=True)
class CatalogueLine:
    """``price``: the newest reference price; None: there is none, which is not 0."""

    item: SupportItem
    bands: str
    price: ReferencePrice | None
    has_sizes: bool


@dataclass(frozen=True)
class SizeGroup:
    """The sizes of one band (and sex), which make a whole."""

    band: AgeBand
    sex: str
    sizes: list[ItemSize]


def lines_by_area(year: int, *, retired: bool) -> dict[SupportArea, list[CatalogueLine]]:
    """The items in use, or those that are retired, by support area, with their prices up to ``year``.

    Four queries, however many items there are.
    """
    prices = {
        price.item_id: price for price in ReferencePrice.objects.filter(year__lte=year).order_by("year")
    }
    sized = set(ItemSize.objects.values_list("item_id", flat=True))
    lines: dict[SupportArea, list[CatalogueLine]] = {}
    for item in SupportItem.objects.catalogue():
        if item.is_retired == retired:
            line = CatalogueLine(item, bands_of(item), prices.get(item.pk), item.pk in sized)
            lines.setdefault(item.area, []).append(line)
    return lines


def bands_of(item: SupportItem) -> str:
    """“3-5, 6-10”; prefetch ``age_bands``."""
    return ", ".join(band.short_name for band in item.age_bands.all())


def size_groups(item: SupportItem) -> list[SizeGroup]:
    """The size table, band by band as it was entered, girls and boys apart."""
    groups: dict[tuple[int, str], SizeGroup] = {}
    for size in _sizes(item):
        group = groups.setdefault((size.age_band_id, size.sex), SizeGroup(size.age_band, size.sex, []))
        group.sizes.append(size)
    return sorted(groups.values(), key=lambda group: (group.band.is_all, group.band.from_year, group.sex))


def _sizes(item: SupportItem) -> Sequence[ItemSize]:
    return list(item.sizes.select_related("age_band").order_by("order", "pk"))
