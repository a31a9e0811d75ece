"""The buying list: what is still uncovered of approved needs, item by item, down to the sizes.

Quantities are whole numbers in the item's unit and always add up to what is uncovered; values are whole
đồng at the reference price of the round's year. No price is not 0: such lines have no value and are named.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.db.models import Count, F
from django.utils.translation import gettext as _

from needs.models import AgeBand, ItemSize, ReferencePrice, SupportItem
from needs.models.need import NeedQuerySet

Sex = ItemSize.Sex
SEXES = (Sex.GIRLS, Sex.BOYS, Sex.ALL)
SizeTables = dict[tuple[int, int, str], list[tuple[str, int]]]


def split(whole: int, shares: Sequence[int]) -> list[int]:
    """``whole`` by ``shares`` in whole numbers that add up to it: the largest remainders get what is left."""
    total = sum(shares)
    parts = [whole * share // total for share in shares]
    by_remainder = sorted(range(len(shares)), key=lambda n: (-(whole * shares[n] % total), n))
    for number in by_remainder[: whole - sum(parts)]:
        parts[number] += 1
    return parts


@dataclass(frozen=True)
class BuyingLine:
    """``size`` empty: the item has no size table for these children. ``by_sex``: the item is asked by sex."""

    band: AgeBand
    sex: str
    size: str
    quantity: int
    value: int | None
    by_sex: bool = False

    @property
    def sex_in_words(self) -> str:
        """Girls or boys; of an item by sex also “not reported”; of others nothing."""
        if not self.by_sex:
            return ""
        return str(Sex(self.sex).label) if self.sex else _("not reported")


@dataclass
class BuyingGroup:
    """All that is to be bought of one item for the needs of one year. ``price``: đồng per unit, or None."""

    item: SupportItem
    year: int
    price: int | None
    lines: list[BuyingLine] = field(default_factory=list)

    @property
    def quantity(self) -> int:
        return sum(line.quantity for line in self.lines)

    @property
    def value(self) -> int | None:
        return None if self.price is None else self.price * self.quantity


@dataclass(frozen=True)
class BuyingList:
    groups: list[BuyingGroup]

    @property
    def value(self) -> int | None:
        """Đồng of all that has a price; None if nothing has."""
        values = [group.value for group in self.groups if group.value is not None]
        return sum(values) if values else None

    @property
    def unpriced(self) -> list[BuyingGroup]:
        return [group for group in self.groups if group.price is None]

    @property
    def has_sexes(self) -> bool:
        return any(group.item.by_sex for group in self.groups)

    @property
    def years(self) -> list[int]:
        return sorted({group.year for group in self.groups})


def buying_list(needs: NeedQuerySet) -> BuyingList:
    """What is uncovered of open needs of goods; ``needs`` are those ``visible_to`` a reader."""
    uncovered = _uncovered(needs)
    items = SupportItem.objects.catalogue().in_bulk({item for _year, item in uncovered})
    bands = AgeBand.objects.in_bulk()
    prices = {
        (price.year, price.item_id): price.amount
        for price in ReferencePrice.objects.filter(item__in=items, year__in={year for year, _ in uncovered})
    }
    tables = _size_tables(items)
    groups = []
    for (year, item_id), amounts in uncovered.items():
        group = BuyingGroup(items[item_id], year, prices.get((year, item_id)))
        group.lines += _lines(group, amounts, bands, tables)
        groups.append(group)
    return BuyingList(sorted(groups, key=_in_order))


def _in_order(group: BuyingGroup) -> tuple[int, int, str, int]:
    return group.item.area.order, group.item.order, group.item.code, group.year


def _uncovered(needs: NeedQuerySet) -> dict[tuple[int, int], Counter[tuple[int, str]]]:
    """By (year, item): the quantity still to be bought by (age band, sex)."""
    rows = (
        needs.open_needs()
        .filter(item__kind=SupportItem.Kind.GOODS)
        .order_by()
        .values("item__by_sex", "children", "girls", year=F("round__year"), of=F("item"), band=F("age_band"))
        .annotate(left=F("balance__quantity") - F("balance__covered"), times=Count("pk"))
    )
    found: dict[tuple[int, int], Counter[tuple[int, str]]] = {}
    for row in rows:
        amounts = found.setdefault((row["year"], row["of"]), Counter())
        girls = row["girls"] if row["item__by_sex"] else None
        for sex, quantity in _by_sex(row["left"], row["children"], girls):
            amounts[row["band"], sex] += quantity * row["times"]
    return found


def _by_sex(quantity: int, children: int, girls: int | None) -> Iterator[tuple[str, int]]:
    """A need's quantity for girls and for boys, in the ratio of its children, where that is reported."""
    if girls is None or not children > 0 or girls > children:
        yield Sex.ALL, quantity
    else:
        yield from zip((Sex.GIRLS, Sex.BOYS), split(quantity, [girls, children - girls]), strict=True)


def _size_tables(items: dict[int, SupportItem]) -> SizeTables:
    tables: SizeTables = {}
    for size in ItemSize.objects.filter(item__in=items).order_by("order", "pk"):
        tables.setdefault((size.item_id, size.age_band_id, size.sex), []).append((size.label, size.percent))
    return tables


def _lines(
    group: BuyingGroup, amounts: Counter[tuple[int, str]], bands: dict[int, AgeBand], tables: SizeTables
) -> Iterator[BuyingLine]:
    def in_order(key: tuple[int, str]) -> tuple[bool, int, int]:
        band = bands[key[0]]
        return band.is_all, band.from_year, SEXES.index(Sex(key[1]))

    for band, sex in sorted(amounts, key=in_order):
        for size, quantity in _by_size(amounts[band, sex], _table_of(group.item, band, sex, tables)):
            if quantity:
                value = None if group.price is None else group.price * quantity
                yield BuyingLine(bands[band], sex, size, quantity, value, group.item.by_sex)


def _table_of(item: SupportItem, band: int, sex: str, tables: SizeTables) -> list[tuple[str, int]]:
    """The table of this sex, or else the one that does not tell them apart."""
    return tables.get((item.pk, band, sex)) or tables.get((item.pk, band, Sex.ALL), [])


def _by_size(quantity: int, table: list[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    if not table:
        yield "", quantity
    else:
        sizes, shares = zip(*table, strict=True)
        yield from zip(sizes, split(quantity, shares), strict=True)
