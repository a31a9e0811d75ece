"""The chain from any of its links, both ways:
need, pledge, receipt, purchase, allocation, distribution, report.

Everything is asked of what the user may see; links out of reach are not there. Lists are cut off at
``AT_MOST``, which is said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Model, Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directory.models import User
from directory.templatetags.portal import signed
from directory.ways import Way
from distributions.models import Allocation, DeliveryCorrection, Distribution, DistributionLine
from distributions.wording import listed
from donors.models import Pledge, PledgeLine, Purchase, Receipt, ReceiptLine, SupplyLine
from donors.numbers import grouped
from donors.stock import with_moved
from needs.fill import Fill, fill_of_each
from needs.models import Need
from reports.models import ReportingPeriod

AT_MOST = 50


@dataclass(frozen=True)
class Link:
    """One row of a step: the object's page, what it says of itself, and the chain that begins at it."""

    name: str
    url: str
    facts: str
    chain: str = ""
    fill: Fill | None = None
    here: bool = False


@dataclass(frozen=True)
class Step:
    title: str | Promise
    links: list[Link] = field(default_factory=list)
    more: int = 0


SELECT: dict[str, Callable[[User], QuerySet[Any]]] = {
    "need": lambda user: Need.objects.visible_to(user),
    "pledge": lambda user: Pledge.objects.visible_to(user),
    "receipt": lambda user: Receipt.objects.visible_to(user),
    "purchase": lambda user: Purchase.objects.visible_to(user),
    "allocation": lambda user: Allocation.objects.visible_to(user),
    "distribution": lambda user: Distribution.objects.visible_to(user),
}
# How the allocations behind an object are found.
PATHS = {
    "need": "need",
    "pledge": "supply_line__pledge_line__pledge",
    "receipt": "supply_line__pledge_line__receipt_lines__receipt",
    "allocation": "pk",
    "distribution": "distribution_lines__distribution",
}


def way_to_chain(user: User, subject: Model) -> Way | None:
    """The button on the pages of the rooms below."""
    noun = subject._meta.model_name or ""
    return Way(_("The chain from need to report"), address(noun, subject.pk)) if noun in SELECT else None


def address(noun: str, pk: int) -> str:
    return reverse("chain_view", args=[noun, pk])


class Chain:
    """What hangs together with one object, as far as ``user`` may see it."""

    def __init__(self, user: User, noun: str, subject: Any) -> None:
        self.user, self.noun, self.subject = user, noun, subject

    @cached_property
    def allocations(self) -> QuerySet[Allocation]:
        if self.noun == "purchase":
            paid = _lines_paid([self.subject.cash_line_id])
            goods = [line.pk for line in with_moved(self.subject.supply_line_id, paid)]
            found = Allocation.objects.filter(supply_line__in=goods)
        else:
            found = Allocation.objects.filter(**{PATHS[self.noun]: self.subject.pk})
        return SELECT["allocation"](self.user).filter(pk__in=found.values("pk")).order_by("pk")

    def steps(self) -> list[Step]:
        """In the order of the chain."""
        return [
            self._needs(),
            self._pledges(),
            self._receipts(),
            *self._purchases(),
            self._allocations(),
            self._distributions(),
            self._reports(),
        ]

    def _chosen(self, noun: str, hanging: Q) -> QuerySet[Any]:
        """The objects of a kind that hang on the chain; of the kind that it begins with just the one."""
        rows = SELECT[noun](self.user)
        return rows.filter(pk=self.subject.pk) if noun == self.noun else rows.filter(hanging).distinct()

    def _step(self, title: str | Promise, rows: QuerySet[Any], said: Callable[[Any], Link]) -> Step:
        found, more = _cut_off(rows)
        return Step(title, [said(row) for row in found], more)

    def _link(self, noun: str, row: Model, name: str, facts: str, fill: Fill | None = None) -> Link:
        here = noun == self.noun
        page = reverse(f"{noun}_detail", args=[row.pk])
        return Link(name, page, facts, "" if here else address(noun, row.pk), fill, here)

    def _needs(self) -> Step:
        rows = self._chosen("need", Q(pk__in=self.allocations.values("need_id")))
        rows = rows.select_related("item", "age_band", "place__unit", "round", "balance").order_by("pk")
        found, more = _cut_off(rows)
        fills = fill_of_each(found)

        def said(need: Need) -> Link:
            facts = f"{need.place.full_name}, {need.round}"
            return self._link("need", need, f"{need.item}, {need.age_band}", facts, fills[need.pk])

        return Step(gettext_lazy("Need"), [said(need) for need in found], more)

    def _pledges(self) -> Step:
        hanging = Q(lines__supply_lines__allocations__in=self.allocations)
        if self.noun == "receipt":
            hanging |= Q(receipts=self.subject)
        if self.noun == "purchase":
            hanging |= Q(lines__purchases=self.subject)
        if self.noun == "need":
            hanging |= Q(lines__earmark_need=self.subject)
        rows = self._chosen("pledge", hanging).select_related("donor", "source").order_by("pk")
        rows = rows.prefetch_related(Prefetch("lines", PledgeLine.objects.select_related("item")))

        def said(pledge: Pledge) -> Link:
            of = listed(_sized(line.size, line) for line in pledge.lines.all())
            return self._link("pledge", pledge, pledge.code, f"{pledge.giver}: {of}")

        return self._step(gettext_lazy("Pledge"), rows, said)

    def _receipts(self) -> Step:
        hanging = Q(lines__pledge_line__supply_lines__allocations__in=self.allocations)
        if self.noun == "pledge":
            hanging |= Q(pledge=self.subject)
        if self.noun == "purchase":
            hanging |= Q(lines__pledge_line__purchases=self.subject)
        rows = self._chosen("receipt", hanging).select_related("custodian").order_by("occurred_on", "pk")
        rows = rows.prefetch_related(Prefetch("lines", ReceiptLine.objects.for_page()))

        def said(receipt: Receipt) -> Link:
            of = listed(
                _sized(line.accepted or line.amount, line.pledge_line) for line in receipt.lines.all()
            )
            facts = f"{_day(receipt.occurred_on)}, {receipt.custodian.short_name}: {of}"
            return self._link("receipt", receipt, receipt.code, facts)

        return self._step(gettext_lazy("Receipt"), rows, said)

    def _purchases(self) -> list[Step]:
        """A step of its own only where money became goods."""
        hanging = Q(pk__in=self._bought())
        if self.noun == "pledge":
            hanging |= Q(cash_line__pledge=self.subject)
        if self.noun == "receipt":
            hanging |= Q(cash_line__receipt_lines__receipt=self.subject)
        rows = self._chosen("purchase", hanging).select_related("item").order_by("pk")

        def said(row: Purchase) -> Link:
            facts = f"{grouped(row.quantity)} {row.item.unit} {row.item}, {row.get_state_display()}"
            return self._link("purchase", row, row.code, facts)

        step = self._step(gettext_lazy("Purchase"), rows, said)
        return [step] if step.links else []

    def _bought(self) -> list[int]:
        """Whose goods the allocations hand on, wherever they were moved since."""
        given = set(self.allocations.values_list("supply_line", flat=True))
        bought = list(Purchase.objects.filter(cash_line__supply_lines__in=given).distinct())
        lines = _lines_paid(purchase.cash_line_id for purchase in bought)
        return [
            purchase.pk
            for purchase in bought
            if given & {line.pk for line in with_moved(purchase.supply_line_id, lines)}
        ]

    def _allocations(self) -> Step:
        rows = self.allocations.select_related("need__item", "need__place__unit", "balance")

        def said(row: Allocation) -> Link:
            item = row.need.item
            facts = ", ".join(f"{where} {grouped(q)}" for where, q in row.balance.whereabouts)
            name = f"{grouped(row.quantity)} {item.unit} {item} → {row.need.place.full_name}"
            return self._link("allocation", row, name, facts)

        return self._step(gettext_lazy("Allocation"), rows, said)

    def _distributions(self) -> Step:
        rows = self._chosen("distribution", Q(lines__allocation__in=self.allocations))
        rows = rows.select_related("place__unit")
        rows = rows.prefetch_related(Prefetch("lines", self._lines()), "lines__corrections__turns")
        rows = rows.order_by("planned_on", "pk")

        def said(row: Distribution) -> Link:
            state, day = row.get_state_display(), _day(row.occurred_on or row.planned_on)
            facts = "; ".join([f"{row.place.full_name}, {state}, {day}", *_corrected(row)])
            return self._link("distribution", row, row.code, facts)

        return self._step(gettext_lazy("Distribution"), rows, said)

    def _lines(self) -> QuerySet[DistributionLine]:
        """Of a distribution what of it belongs to the chain: it may carry other goods to others besides."""
        lines = DistributionLine.objects.order_by("pk")
        return lines if self.noun == "distribution" else lines.filter(allocation__in=self.allocations)

    def _reports(self) -> Step:
        """The periods in whose figures confirmed distributions or their corrections count, with the rows."""
        hanging = Q(lines__allocation__in=self.allocations)
        confirmed = self._chosen("distribution", hanging).filter(occurred_on__isnull=False)
        days = confirmed.values_list("occurred_on", "area_id", "place__unit_id").distinct()
        seen = ReportingPeriod.objects.visible_to(self.user).order_by("starts_on", "kind")
        made = (
            DeliveryCorrection.objects.filter(line__distribution__in=confirmed, line__in=self._lines())
            .order_by()
            .select_related("line__distribution__place")
        )
        of = [(row, row.line.distribution) for row in made]
        found = [*days, *((localdate(row.at), d.area_id, d.place.unit_id) for row, d in of)]
        links = [
            Link(str(period), _rows_behind(period, here), _("the rows behind its figures"))
            for period in seen
            if (here := [row for row in found if period.starts_on <= row[0] <= period.ends_on])
        ]
        return Step(gettext_lazy("Report"), links)


def _sized(size: int, line: PledgeLine) -> str:
    """“480 suất Bữa ăn dinh dưỡng”, “5.000.000 đồng tiền mặt”."""
    return f"{grouped(size)} {line.unit} {line.what}"


def _corrected(row: Distribution) -> list[str]:
    """What was corrected of it and when: “corrected by −18 on 02/06/2025”."""
    return [
        _words_of(each)
        % {"difference": signed(each.received or each.child_turns), "day": _day(localdate(each.at))}
        for line in row.lines.all()
        for each in line.corrections.all()
    ]


def _words_of(each: DeliveryCorrection) -> str:
    """Neither pieces nor child-turns: what did not arrive, or between age bands."""
    if each.received:
        return _("corrected by %(difference)s on %(day)s")
    if each.child_turns:
        return _("child-turns corrected by %(difference)s on %(day)s")
    return _("corrected on %(day)s")


def _lines_paid(cash_lines: Iterable[int]) -> list[SupplyLine]:
    """All goods bought with them, in the first custodian's hands and in others'."""
    return list(SupplyLine.objects.filter(pledge_line__in=set(cash_lines)).order_by("pk"))


def _cut_off(rows: QuerySet[Any]) -> tuple[list[Any], int]:
    """The first rows, and how many more there are."""
    found = list(rows[: AT_MOST + 1])
    return found[:AT_MOST], rows.count() - AT_MOST if len(found) > AT_MOST else 0


def _rows_behind(period: ReportingPeriod, rows: Iterable[tuple[Any, int, int]]) -> str:
    """The page of the figure, narrowed to the area and the commune if there is just one of each."""
    areas, communes = {row[1] for row in rows}, {row[2] for row in rows}
    where = {"area": areas, "commune": communes}
    query = urlencode({name: ids.pop() for name, ids in where.items() if len(ids) == 1})
    url = reverse("period_rows", args=[period.pk])
    return f"{url}?{query}" if query else url


def _day(day: date) -> str:
    return date_format(day, "SHORT_DATE_FORMAT")
