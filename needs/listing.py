"""The list of needs: what it is narrowed to, its totals by item, its pages.

A round of a province may hold 100,000 needs. Totals read the narrow table of balances alone; a page reads
only as far as it reaches, priority by priority.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, Q, Sum, TextChoices
from django.utils.translation import gettext_lazy as _

from directory.models import Place, User
from directory.models.place import rank_of_kind
from directory.text import unaccented
from needs.cells import PRIORITIES
from needs.models import AgeBand, Need, NeedBalance, ReferencePrice, SupportItem, SurveyRound
from needs.states import RoundState

if TYPE_CHECKING:
    from needs.models.need import NeedQuerySet

# So many keys are read and sorted at once.
SHORT = 2000


class Coverage(TextChoices):
    LACKING = "lacking", _("Still lacking")
    NONE = "none", _("Nothing covered")
    PART = "part", _("Covered in part")
    FULL = "full", _("Covered in full")
    DELIVERED = "delivered", _("Delivered in full")
    CLOSED = "closed", _("Closed unmet")


class Sort(TextChoices):
    PRIORITY = "priority", _("Priority")
    PLACE = "place", _("Place")
    ITEM = "item", _("Support item")
    UNCOVERED = "uncovered", _("Most uncovered first")


@dataclass(frozen=True)
class Sieve:
    """What the list is narrowed to. ``rounds``, ``places``, ``age_band``, ``priority`` None: all.

    ``communes``: the ids of those whose places count; ``places``: the ids of one place, as it was called
    before and after a merger; ``words``: each must occur in the item or in the place.
    """

    communes: frozenset[int]
    items: Sequence[SupportItem]
    rounds: Sequence[SurveyRound] | None = None
    places: frozenset[int] | None = None
    age_band: AgeBand | None = None
    priority: int | None = None
    coverage: str = ""
    words: Sequence[str] = ()
    sort: str = Sort.PRIORITY


@dataclass
class Total:
    """Of one item, in its unit; different units are never added. ``value``: of what is uncovered, đồng.

    ``value`` None: no year's price is known, which is not 0. ``unpriced``: the years without a price.
    """

    item: SupportItem
    needs: int = 0
    needed: int = 0
    covered: int = 0
    delivered: int = 0
    value: int | None = None
    unpriced: set[int] = field(default_factory=set)

    @property
    def uncovered(self) -> int:
        return self.needed - self.covered

    @property
    def unpriced_years(self) -> str:
        return ", ".join(str(year) for year in sorted(self.unpriced))

    def add(self, sums: Mapping[str, Any], year: int, price: int | None) -> None:
        self.needs += sums["needs"]
        self.needed += sums["needed"]
        self.covered += sums["covered"]
        self.delivered += sums["delivered"]
        uncovered = sums["needed"] - sums["covered"]
        if uncovered and price is None:
            self.unpriced.add(year)
        else:
            self.value = (self.value or 0) + uncovered * (price or 0)


class Listing:
    """Counts and slices like a list, for a ``Paginator``.

    Places, items, age bands and rounds are few and known, so what is sorted here are the keys of needs.
    The first pages of a long list read only the needs of the first priority at the first places.
    """

    def __init__(self, user: User, sieve: Sieve) -> None:
        self.user = user
        self.sieve = sieve

    # Totals

    @cached_property
    def totals(self) -> list[Total]:
        """By item, in the order of the catalogue. One grouped query over the balances."""
        found: dict[int, Total] = {}
        for sums in self._sums:
            item, year = self._items[sums["item_id"]], self._rounds[sums["round_id"]].year
            total = found.setdefault(item.pk, Total(item))
            total.add(sums, year, self._prices.get((item.pk, year)))
        return [found[pk] for pk in self._items if pk in found]

    @property
    def value(self) -> int | None:
        """Of all that is uncovered, whole đồng, as far as prices are known; None: none is."""
        values = [total.value for total in self.totals if total.value is not None]
        return sum(values) if values else None

    def value_of(self, need: Need) -> int | None:
        """Of what one need lacks, whole đồng; None: no price is known."""
        price = self._prices.get((need.item_id, self._rounds[need.round_id].year))
        return 0 if not need.balance.uncovered else None if price is None else need.balance.uncovered * price

    @property
    def has_closed_rounds(self) -> bool:
        return any(each.state == RoundState.CLOSED for each in self._rounds.values())

    @cached_property
    def _sums(self) -> list[dict[str, Any]]:
        rows = NeedBalance.objects.filter(self._conditions(self._places, need="need__", balance=""))
        groups = rows.order_by().values("item_id", "round_id")
        moved = {name: Sum(name) for name in ("covered", "delivered")}
        sums: Iterable[Any] = groups.annotate(needs=Count("pk"), needed=Sum("quantity"), **moved)
        return list(sums)

    @cached_property
    def _rounds(self) -> dict[int, SurveyRound]:
        return SurveyRound.objects.in_bulk({sums["round_id"] for sums in self._sums})

    @cached_property
    def _prices(self) -> dict[tuple[int, int], int]:
        years = {each.year for each in self._rounds.values()}
        prices = ReferencePrice.objects.filter(year__in=years, item__in=self._items)
        return {(item, year): amount for item, year, amount in prices.values_list("item", "year", "amount")}

    # Pages

    def count(self) -> int:
        return sum(total.needs for total in self.totals)

    def __len__(self) -> int:
        return self.count()

    def __getitem__(self, wanted: slice) -> list[Need]:
        if not isinstance(wanted, slice):
            raise TypeError("A list of needs is sliced.")  # a template tries listing["totals"] first
        keys: list[int] = []
        for part in self._parts():
            keys += part
            if len(keys) >= wanted.stop:
                break
        return self._read(keys[wanted])

    def in_portions(self, size: int = 1000) -> Iterator[Need]:
        """All needs in order; for files."""
        keys = [key for part in self._parts() for key in part]
        for start in range(0, len(keys), size):
            yield from self._read(keys[start : start + size])

    def _read(self, keys: Sequence[int]) -> list[Need]:
        needs = Need.objects.visible_to(self.user).select_related("place__unit", "balance").in_bulk(keys)
        found = [needs[key] for key in keys if key in needs]
        for need in found:
            need.item, need.age_band = self._items[need.item_id], self._bands[need.age_band_id]
            need.round = self._rounds[need.round_id]
        return found

    def _parts(self) -> Iterator[list[int]]:
        """The keys in order, part by part, so that one may stop."""
        sort, places = self.sieve.sort, list(self._places)
        if sort == Sort.UNCOVERED:
            most = (F("balance__covered") - F("balance__quantity"), "priority", "pk")
            yield list(self._needs(places).order_by(*most).values_list("pk", flat=True))
        elif self.count() <= SHORT:
            yield self._sorted(self._needs(places))
        elif sort == Sort.ITEM:
            yield from (self._sorted(self._needs(places).filter(item=item)) for item in self._items)
        else:
            for priority in PRIORITIES if sort == Sort.PRIORITY else [None]:
                for some in _ever_more(places):
                    needs = self._needs(some)
                    yield self._sorted(needs.filter(priority=priority) if priority else needs)

    def _needs(self, places: Iterable[int]) -> NeedQuerySet:
        return Need.objects.filter(self._conditions(places, need="", balance="balance__")).order_by()

    def _sorted(self, needs: NeedQuerySet) -> list[int]:
        columns = ("pk", "priority", "place_id", "item_id", "age_band_id", "round_id")
        return [row[0] for row in sorted(needs.values_list(*columns), key=self._rank)]

    def _rank(self, row: tuple[int, ...]) -> tuple[int, ...]:
        pk, priority, place, item, band, survey_round = row
        at, what = self._ranks["place"][place], (self._ranks["item"][item], self._ranks["band"][band])
        last = (-self._rounds[survey_round].year, pk)
        if self.sieve.sort == Sort.PLACE:
            return (at, priority, *what, *last)
        if self.sieve.sort == Sort.ITEM:
            return (*what, priority, at, *last)
        return (priority, at, *what, *last)

    @cached_property
    def _ranks(self) -> dict[str, dict[int, int]]:
        known: dict[str, Iterable[int]] = {"place": self._places, "item": self._items, "band": self._bands}
        return {name: {pk: rank for rank, pk in enumerate(found)} for name, found in known.items()}

    # What is asked for

    def _conditions(self, places: Iterable[int], *, need: str, balance: str) -> Q:
        """The sieve, asked of needs or of balances: both say round, place and item, as lists of ids, which
        cost the database less than joins. A correction may have taken a need back to nothing: not listed.
        """
        sieve = self.sieve
        q = Q(**{f"{balance}quantity__gt": 0}, place_id__in=list(places), item_id__in=list(self._items))
        if sieve.rounds is not None:
            q &= Q(round_id__in=[each.pk for each in sieve.rounds])
        if sieve.age_band:
            q &= Q(**{f"{need}age_band": sieve.age_band})
        if sieve.priority:
            q &= Q(**{f"{need}priority": sieve.priority})
        return q & self._with_words & _covered_as(sieve.coverage, need, balance)

    @cached_property
    def _items(self) -> dict[int, SupportItem]:
        return {item.pk: item for item in self.sieve.items}

    @cached_property
    def _bands(self) -> dict[int, AgeBand]:
        return {band.pk: band for band in AgeBand.objects.in_order()}

    @cached_property
    def _places(self) -> dict[int, str]:
        """The places that count, in their order, each with its name as a search compares it."""
        places = Place.objects.visible_to(self.user).filter(unit__in=self.sieve.communes)
        if self.sieve.places is not None:
            places = places.filter(pk__in=self.sieve.places)
        places = places.order_by("unit__name", rank_of_kind(), "order", "name", "pk")
        names = places.values_list("pk", "name", "unit__name")
        if not self.sieve.words:
            return {pk: "" for pk, *_names in names}
        return {pk: unaccented(f"{name}, {commune}") for pk, name, commune in names}

    @cached_property
    def _with_words(self) -> Q:
        """Each word occurs in the item's names or code, or in the name of the place or its commune."""
        items = {pk: unaccented(f"{i.name} {i.name_en} {i.code}") for pk, i in self._items.items()}
        q = Q()
        for word in self.sieve.words:
            q &= Q(item_id__in=_holding(items, word)) | Q(place_id__in=_holding(self._places, word))
        return q


def _ever_more(places: Sequence[int], first: int = 4) -> Iterator[Sequence[int]]:
    """Parts of the places, each twice as long as the one before: few steps, be needs many or rare."""
    start, size = 0, first
    while start < len(places):
        yield places[start : start + size]
        start, size = start + size, size * 2


def words_of(text: str) -> tuple[str, ...]:
    """What is searched for: “Áo ấm” → ao, am."""
    return tuple(dict.fromkeys(unaccented(text).split()))


def running(rounds: Iterable[SurveyRound]) -> list[SurveyRound]:
    """The newest open yearly rounds and all open supplementary ones; with none open, the newest yearly.

    Needs of several years are not mixed unless somebody asks for it.
    """
    kinds = SurveyRound.Kind
    yearly = [each for each in rounds if each.kind == kinds.YEARLY]
    newest = [each for each in yearly if each.is_open] or yearly
    year = max((each.year for each in newest), default=None)
    return [each for each in newest if each.year == year] + [
        each for each in rounds if each.kind == kinds.SUPPLEMENTARY and each.is_open
    ]


def _holding(names: dict[int, str], word: str) -> list[int]:
    return sorted(pk for pk, name in names.items() if word in name)


def _covered_as(coverage: str, need: str, balance: str) -> Q:
    whole, covered, delivered = F(f"{balance}quantity"), f"{balance}covered", f"{balance}delivered"
    return {
        "": Q(),
        Coverage.LACKING: Q(**{f"{need}closed_at__isnull": True, f"{covered}__lt": whole}),
        Coverage.NONE: Q(**{covered: 0}),
        Coverage.PART: Q(**{f"{covered}__gt": 0, f"{covered}__lt": whole}),
        Coverage.FULL: Q(**{covered: whole}),
        Coverage.DELIVERED: Q(**{delivered: whole}),
        Coverage.CLOSED: Q(**{f"{need}closed_at__isnull": False}),
    }[coverage]
