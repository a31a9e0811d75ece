"""The catalogue of support items as a workbook: taken out, filled in, brought back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.db.models import Max
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directory import clock
from directory.errors import Stale
from directory.models import SupportArea
from directory.roles import Permission
from directory.text import unaccented
from documents.imports.columns import Column, Type
from documents.imports.importer import Progress
from documents.imports.plan import Fate, Plan, PlannedRow
from documents.imports.register import (
    RegisterImporter,
    Values,
    heard,
    refuse_all,
    refuse_repeated,
    stamp_of,
)
from documents.imports.table import TypedRow
from needs.actions import change_item, create_item, set_prices
from needs.actions.item_price import YearPrice, problems_of_price
from needs.item_rules import (
    CODE_LENGTH,
    GUARDED,
    ItemFacts,
    completed,
    facts_of,
    problems_of_change,
    problems_of_facts,
)
from needs.models import AgeBand, ReferencePrice, SupportItem
from needs.workbooks.bands import read_bands, written_bands

YES_OR_NO = (("yes", gettext_lazy("yes")), ("no", gettext_lazy("no")))
FIRST_PRICE_YEAR = 2019  # the plan's first year


@dataclass
class Known:
    """The catalogue as it stands, and as the rows read so far would make it."""

    items: list[SupportItem]
    prices: dict[int, dict[int, int]]
    versions: dict[int, int]
    names: list[SupportItem]
    last_order: dict[int, int]

    @classmethod
    def read(cls) -> Known:
        items = list(SupportItem.objects.catalogue().prefetch_related("prices"))
        last: dict[int, int] = defaultdict(int)
        for item in items:
            last[item.area_id] = max(last[item.area_id], item.order)
        prices = {item.pk: {price.year: price.amount for price in item.prices.all()} for item in items}
        versions = dict(SupportItem.history.values_list("id").annotate(Max("history_id")))
        return cls(items, prices, versions, list(items), last)

    def find(self, row: TypedRow) -> SupportItem | None:
        """By its code; without one by its name within its area."""
        if code := row.get("code"):
            return next((item for item in self.items if item.code == code), None)
        name, area = unaccented(str(row.get("name"))), row.get("area")
        found = [i for i in self.items if unaccented(i.name) == name and area in (None, i.area.code)]
        return found[0] if len(found) == 1 else None


class ItemImporter(RegisterImporter):
    kind = "items"
    title = gettext_lazy("Support items")
    purpose = gettext_lazy(
        "What may be asked for and given, with its age bands and reference prices by year."
    )
    permission = Permission.MANAGE_CATALOGUE
    order = 10

    @cached_property
    def areas(self) -> dict[str, SupportArea]:
        return {area.code: area for area in SupportArea.objects.visible_to(self.user)}

    @cached_property
    def bands(self) -> list[AgeBand]:
        return list(AgeBand.objects.in_order())

    @cached_property
    def columns(self) -> Sequence[Column]:
        names = [
            (area.code, name) for area in self.areas.values() for name in (str(area), area.name, area.name_en)
        ]
        area = Column("area", gettext_lazy("Support area"), Type.CHOICE, choices=names, width=26)
        years = range(FIRST_PRICE_YEAR, clock.today().year + 2)
        return [ITEM_COLUMNS[0], area, *ITEM_COLUMNS[1:], *(_price_column(year) for year in years)]

    @cached_property
    def shown_columns(self) -> Sequence[Column]:
        """Prices of last year, this and the next, and of the years that have any."""
        today = clock.today().year
        priced = {year for prices in Known.read().prices.values() for year in prices}
        wanted = {f"price_{year}" for year in priced | {today - 1, today, today + 1}}
        return [
            column for column in self.columns if column.name in wanted or not column.name.startswith("price_")
        ]

    def offered(self, column: Column) -> Sequence[str]:
        if column.name == "area":
            return [str(area) for area in self.areas.values()]
        return super().offered(column)

    # What is stored ----------------------------------------------------------------------------
    def listed(self) -> Iterator[Values]:
        known = Known.read()
        return (
            _described(item, known.prices[item.pk]) for item in known.items if item.area.code in self.areas
        )

    def stamp(self) -> str:
        newest = [model.history.aggregate(Max("history_id")) for model in (SupportItem, ReferencePrice)]
        return stamp_of(newest, sorted(self.areas), clock.today())

    # What the rows would do --------------------------------------------------------------------
    def plan_rows(self, rows: Sequence[TypedRow], progress: Progress) -> list[PlannedRow]:
        known = Known.read()
        taken: dict[int, int] = {}
        return [self._planned(row, known, taken) for row in heard(rows, progress)]

    def _planned(self, row: TypedRow, known: Known, taken: dict[int, int]) -> PlannedRow:
        label = str(row.get("name") or row.get("code") or "")
        item = known.find(row)
        self._read_bands(row)
        if item is None:
            self._refuse_missing(row)
        else:
            refuse_repeated(row, item.pk, taken)
        if row.problems:
            return self.decide(row, label, None)
        facts = self._facts(row.values, item)
        if item is None and facts.order is None:
            known.last_order[facts.area.pk] += 1
            facts = replace(facts, order=known.last_order[facts.area.pk])
        facts = completed(facts, item)
        self._complete(row, facts)
        stored = None if item is None else _described(item, known.prices[item.pk])
        self._check(row, item, facts, known)
        key = None if item is None else {"item": item.pk, "version": known.versions.get(item.pk, 0)}
        return self.decide(row, label, stored, key)

    def _read_bands(self, row: TypedRow) -> None:
        bands, unknown = read_bands(str(row.get("age_bands") or ""), self.bands)
        if unknown:
            message = _("“%(text)s” is no age band. Write them as in “3-5, 6-10”, or “all ages”.")
            row.refuse(message % {"text": unknown}, "age_bands")
        elif "age_bands" in row.values:
            row.values["age_bands"] = written_bands(bands)

    @staticmethod
    def _refuse_missing(row: TypedRow) -> None:
        """What no new item can do without and what has no usual value."""
        for name in ("area", "kind"):
            if row.get(name) is None:
                row.refuse(_("It is not in the catalogue yet, and this is empty. Choose one."), name)

    def _facts(self, values: Values, item: SupportItem | None) -> ItemFacts:
        """What a row says over what is stored; a column that the file lacks leaves it."""
        said: dict[str, Any] = {name: values.get(name) or "" for name in TEXTS if name in values}
        if area := values.get("area"):
            said["area"] = self.areas[str(area)]
        if "age_bands" in values:
            said["age_bands"] = read_bands(str(values["age_bands"] or ""), self.bands)[0]
        if "by_sex" in values:
            said["by_sex"] = values["by_sex"] == "yes"
        if values.get("order") is not None:
            said["order"] = values["order"]
        if item is None:
            return ItemFacts(**{"name_en": "", "unit": "", "age_bands": [], **said})
        return replace(facts_of(item), **said)

    @staticmethod
    def _complete(row: TypedRow, facts: ItemFacts) -> None:
        """The row as the catalogue would say it."""
        row.values.update({name: said for name, said in _of_facts(facts).items() if name in row.values})

    def _check(self, row: TypedRow, item: SupportItem | None, facts: ItemFacts, known: Known) -> None:
        refuse_all(row, problems_of_facts(facts, item, known.names))
        for price in _prices_in(row.values, {}):
            refuse_all(row, (replace(p, place=f"price_{price.year}") for p in problems_of_price(price)))
        if item is None:
            if not row.problems:
                known.names.append(SupportItem(code=facts.code, name=facts.name, area=facts.area))
            return
        before = facts_of(item)
        if any(getattr(before, name) != getattr(facts, name) for name in GUARDED):
            refuse_all(row, problems_of_change(item, facts, self.user))
        if "retired_on" in row.values and row.get("retired_on") != item.retired_on:
            row.refuse(_("An item is retired and restored on its page, with a reason."), "retired_on")

    # Saving ------------------------------------------------------------------------------------
    def save(self, plan: Plan) -> dict[str, object]:
        """One by one: other rooms follow each item, and a catalogue has some tens."""
        known = Known.read()
        items = {item.pk: item for item in known.items}
        for row in plan.to_save:
            values = self.values_of(row)
            if row.fate is Fate.ADDED:
                item, prices = create_item(by=self.user, facts=self._facts(values, None)), {}
            else:
                item = _still_there(items, row)
                prices = known.prices[item.pk]
                self.refuse_moved(row, _described(item, prices))
                facts, version = self._facts(values, item), row.data["key"]["version"]
                item = change_item(by=self.user, item=item, version=version, facts=facts)
            if wanted := _prices_in(values, prices):
                set_prices(by=self.user, item=item, prices=wanted)
        return {}

    def done_url(self) -> str:
        return reverse("item_list")


TEXTS = ("code", "name", "name_en", "unit", "kind")
ITEM_COLUMNS = [
    Column(
        "code",
        gettext_lazy("Code"),
        most=CODE_LENGTH,
        width=18,
        help=gettext_lazy("Empty: made from the name."),
    ),
    Column("name", gettext_lazy("Name"), required=True, most=120, width=30),
    Column("name_en", gettext_lazy("Name in English"), most=120, width=30),
    Column(
        "unit",
        gettext_lazy("Unit of measure"),
        most=30,
        width=12,
        help=gettext_lazy("For example chiếc, suất, bộ."),
    ),
    Column("kind", gettext_lazy("Kind"), Type.CHOICE, choices=SupportItem.Kind.choices, width=12),
    Column(
        "age_bands",
        gettext_lazy("Age bands"),
        most=120,
        width=20,
        help=gettext_lazy("for example “3-5, 6-10”, or “all ages”"),
    ),
    Column("by_sex", gettext_lazy("By sex"), Type.CHOICE, choices=YES_OR_NO, width=10),
    Column("order", gettext_lazy("Order within the area"), Type.WHOLE, most=4, width=10),
    Column(
        "retired_on",
        gettext_lazy("Retired on"),
        Type.DAY,
        width=12,
        help=gettext_lazy("to read only: an item is retired on its page"),
    ),
]
PRICE = "price_"


def _price_column(year: int) -> Column:
    heading = format_lazy(gettext_lazy("Reference price {year}"), year=year)
    return Column(f"{PRICE}{year}", heading, Type.DONG, width=16, help=gettext_lazy("đồng for one unit"))


def _prices_in(values: Mapping[str, Any], known: dict[int, int]) -> list[YearPrice]:
    """The prices that a row says; an empty cell clears one. ``known``: those that stand."""
    said = {
        int(name.removeprefix(PRICE)): amount for name, amount in values.items() if name.startswith(PRICE)
    }
    return [YearPrice(year, amount, known.get(year)) for year, amount in said.items()]


def _described(item: SupportItem, prices: dict[int, int]) -> Values:
    priced = {f"{PRICE}{year}": amount for year, amount in prices.items()}
    return {**_of_facts(facts_of(item)), "retired_on": item.retired_on, **priced}


def _of_facts(facts: ItemFacts) -> dict[str, Any]:
    return {
        **{name: getattr(facts, name) for name in (*TEXTS, "order")},
        "area": facts.area.code,
        "age_bands": written_bands(facts.age_bands),
        "by_sex": "yes" if facts.by_sex else "no",
    }


def _still_there(items: dict[int, SupportItem], row: PlannedRow) -> SupportItem:
    item = items.get(row.data["key"]["item"])
    if item is None:
        message = _("“%(row)s” was deleted meanwhile, so nothing was saved. Upload the file again.")
        raise Stale(message % {"row": row.label})
    return item
