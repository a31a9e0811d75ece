"""The lines of a pledge, and the parts in which they come."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from directory.deeds import ActionOnly
from directory.models import Place, SupportArea
from donors.instalments import Due, schedule
from donors.states import PledgeState
from needs.models import Need, SupportItem

if TYPE_CHECKING:
    from donors.models.cash import CashBalance
    from donors.models.pledge import PledgeQuerySet
    from donors.models.supply import SupplyBalance

# What it takes to name an earmark without a further query.
EARMARKS = (
    "earmark_area",
    "earmark_place__unit",
    "earmark_need__item",
    "earmark_need__age_band",
    "earmark_need__place__unit",
    "earmark_need__round",
)


# Pieces of the promised goods of a line that were withdrawn.
TAKEN_BACK = Coalesce(
    models.Sum("supply_lines__balance__withdrawn", filter=Q(supply_lines__origin__in=("pledge", "walk_in"))),
    0,
)


class PledgeLineQuerySet(models.QuerySet):
    def money_of(self, pledges: PledgeQuerySet) -> PledgeLineQuerySet:
        """The cash lines of ``pledges``, with all that the way of their đồng shows."""
        giver = ("pledge__donor", "pledge__source", "pledge__mobilised_by")
        lines = self.filter(kind=PledgeLine.Kind.CASH, pledge__in=pledges.order_by())
        return lines.select_related("cash", *giver, *EARMARKS)

    def with_money_left(self) -> PledgeLineQuerySet:
        """Something that came is neither reserved nor spent."""
        return self.filter(cash__received__gt=F("cash__reserved") + F("cash__spent"))

    def money(self) -> dict[str, int]:
        """The sums over cash lines, whole đồng: what came, is reserved, was spent."""
        return self.order_by().aggregate(
            received=models.Sum("cash__received", default=0),
            reserved=models.Sum("cash__reserved", default=0),
            spent=models.Sum("cash__spent", default=0),
        )

    def totals(self) -> dict[str, int]:
        """What still stands, whole đồng: ``goods`` at their value, ``cash``; ``unvalued``: lines without.

        What was withdrawn, or let go when the pledge expired or was not kept, stands no more.
        """
        kept = self.exclude(pledge__state=PledgeState.WITHDRAWN).annotate(gone=TAKEN_BACK)
        goods = (F("quantity") - F("gone")) * F("unit_value")
        return kept.aggregate(
            goods=models.Sum(goods, default=0, output_field=models.BigIntegerField()),
            cash=models.Sum(F("amount") - F("cash__withdrawn"), default=0),
            unvalued=models.Count("pk", filter=Q(kind="goods", unit_value=0, quantity__gt=F("gone"))),
        )

    def late(self, day: date) -> PledgeLineQuerySet:
        """Lines of which less came than their instalments before ``day`` make, and some is still to come.

        What was received for a later instalment fills none of them.
        """
        due = Instalment.objects.filter(line=OuterRef("pk")).order_by().values("line")
        by_then = models.Case(
            models.When(due_on__lt=day, then=SIZE),
            default=F("chosen"),
            output_field=models.BigIntegerField(),
        )
        settled = F("supply_lines__balance__received") + F("supply_lines__balance__refused")
        return self.annotate(
            due_by_then=Subquery(due.annotate(whole=models.Sum(by_then)).values("whole"))
        ).filter(
            Q(
                due_by_then__gt=F("cash__received"),
                cash__amount__gt=F("cash__received") + F("cash__withdrawn"),
            )
            | Q(
                supply_lines__origin="pledge",
                due_by_then__gt=settled,
                supply_lines__balance__quantity__gt=settled + F("supply_lines__balance__withdrawn"),
            )
        )

    def in_areas(self, areas: Iterable[int]) -> PledgeLineQuerySet:
        """Lines of an item of the support areas, or earmarked for them."""
        return self.filter(
            Q(item__area_id__in=areas)
            | Q(earmark_area_id__in=areas)
            | Q(earmark_need__item__area_id__in=areas)
        )

    def kept_by(self, agencies: Iterable[int]) -> PledgeLineQuerySet:
        """Lines of which one of the agencies keeps goods, or took money in."""
        return self.filter(
            Q(supply_lines__custodian_id__in=agencies) | Q(receipt_lines__receipt__custodian_id__in=agencies)
        )

    def listed(self, pledges: PledgeQuerySet) -> PledgeLineQuerySet:
        """The lines of ``pledges`` in the order of the list, with all that a row of a file shows."""
        giver = ("pledge__donor", "pledge__source", "pledge__mobilised_by")
        lines = self.filter(pledge__in=pledges.order_by()).select_related("item", *giver, *EARMARKS)
        late = pledges.model._default_manager.overdue().filter(pk=OuterRef("pledge_id"))
        return lines.annotate(overdue=Exists(late)).order_by("-pledge__pledged_on", "-pledge_id", "pk")

    def with_progress(self) -> PledgeLineQuerySet:
        """With item, earmark, balances and instalments."""
        return self.select_related("item", "cash", *EARMARKS).prefetch_related(
            "supply_lines__balance", "supply_lines__custodian", "instalments"
        )


class PledgeLine(ActionOnly):
    """One thing promised: ``quantity`` of an item, or ``amount`` đồng in cash."""

    class Kind(models.TextChoices):
        GOODS = "goods", _("Goods or services")
        CASH = "cash", _("Cash")

    class Earmark(models.TextChoices):
        NONE = "none", _("not earmarked")
        AREA = "area", _("for a support area")
        PLACE = "place", _("for a place")
        NEED = "need", _("for a need")

    pledge = models.ForeignKey(
        "donors.Pledge", models.PROTECT, related_name="lines", verbose_name=_("pledge")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    item = models.ForeignKey(
        SupportItem, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("support item")
    )
    quantity = models.PositiveIntegerField(_("quantity"), null=True, blank=True)
    unit_value = models.PositiveBigIntegerField(_("value of one unit (đồng)"), null=True, blank=True)
    amount = models.PositiveBigIntegerField(_("amount (đồng)"), null=True, blank=True)
    purpose = models.CharField(_("purpose"), max_length=200, blank=True)
    earmark = models.CharField(_("earmark"), max_length=10, choices=Earmark, default=Earmark.NONE)
    earmark_hard = models.BooleanField(_("binding"), default=False)
    earmark_area = models.ForeignKey(SupportArea, models.PROTECT, null=True, blank=True, related_name="+")
    earmark_place = models.ForeignKey(Place, models.PROTECT, null=True, blank=True, related_name="+")
    earmark_need = models.ForeignKey(Need, models.PROTECT, null=True, blank=True, related_name="+")

    objects = PledgeLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("pledge line")
        verbose_name_plural = _("pledge lines")
        ordering = ["pledge", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    kind="goods",
                    item__isnull=False,
                    quantity__isnull=False,
                    quantity__gt=0,
                    amount__isnull=True,
                )
                | Q(
                    kind="cash", item__isnull=True, quantity__isnull=True, amount__isnull=False, amount__gt=0
                ),
                name="pledge_line_goods_or_cash",
            ),
            models.CheckConstraint(
                condition=Q(
                    earmark="none",
                    earmark_area__isnull=True,
                    earmark_place__isnull=True,
                    earmark_need__isnull=True,
                )
                | Q(
                    earmark="area",
                    earmark_area__isnull=False,
                    earmark_place__isnull=True,
                    earmark_need__isnull=True,
                )
                | Q(
                    earmark="place",
                    earmark_area__isnull=True,
                    earmark_place__isnull=False,
                    earmark_need__isnull=True,
                )
                | Q(
                    earmark="need",
                    earmark_area__isnull=True,
                    earmark_place__isnull=True,
                    earmark_need__isnull=False,
                ),
                name="pledge_line_earmark_names_one",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pledge.code}: {self.what}"

    @property
    def is_goods(self) -> bool:
        return self.kind == self.Kind.GOODS

    @property
    def what(self) -> SupportItem | str:
        return self.item or self.purpose or str(_("cash"))

    @property
    def unit(self) -> str:
        """The unit of measure of the line's numbers."""
        return self.item.unit if self.item else str(_("đồng"))

    @property
    def value(self) -> int:
        """Whole đồng: the cash, or the goods at their value; 0 if they are not valued."""
        return self.amount or (self.quantity or 0) * (self.unit_value or 0)

    @property
    def promise(self) -> SupplyBalance | CashBalance:
        """The balance of what was promised (not of a surplus, or of what was bought)."""
        if not self.is_goods:
            return self.cash
        supply = min(self.supply_lines.all(), key=lambda line: line.pk)
        return supply.balance

    @property
    def size(self) -> int:
        """Pieces or đồng promised, what was withdrawn included."""
        return self.amount or self.quantity or 0

    @property
    def to_come(self) -> int:
        return self.promise.to_come

    @property
    def schedule(self) -> list[Due]:
        """The instalments and how far each is filled."""
        balance = self.promise
        stands = self.size - balance.withdrawn
        return schedule(list(self.instalments.all()), stands, stands - balance.to_come)

    @property
    def due_day(self) -> date | None:
        """The first day on which something of it is to come; None if nothing is, or no day was named."""
        if not self.to_come:
            return None
        return next((due.day for due in self.schedule if due.left), self.pledge.due_on)

    @property
    def earmarked_for(self) -> str:
        """The area, place or need that the line is meant for; empty if for none."""
        if self.earmark_place:
            return self.earmark_place.full_name
        return str(self.earmark_area or self.earmark_need or "")


# What a part is, and what of its line came or was refused at the door.
SIZE = Coalesce(F("amount"), F("quantity"), output_field=models.BigIntegerField())
SETTLED = Coalesce(
    F("line__cash__received"),
    F("line__supply_lines__balance__received") + F("line__supply_lines__balance__refused"),
    output_field=models.BigIntegerField(),
)


class InstalmentQuerySet(models.QuerySet):
    def unfilled(self) -> InstalmentQuerySet:
        """Those that what came of their line does not fill: the earliest are filled first, but for what was
        received for a later one."""
        by_then = models.Case(
            models.When(due_on__lte=OuterRef("due_on"), then=SIZE),
            default=F("chosen"),
            output_field=models.BigIntegerField(),
        )
        parts = Instalment.objects.filter(line=OuterRef("line")).order_by().values("line")
        sums = parts.annotate(whole=models.Sum(by_then)).values("whole")
        promised = Q(line__kind="cash") | Q(line__supply_lines__origin="pledge")
        return self.annotate(due_by_then=Subquery(sums)).filter(
            promised, due_by_then__gt=SETTLED, chosen__lt=SIZE
        )


class Instalment(ActionOnly):
    """A part of a pledge line by its own day: ``quantity`` in the item's unit, or ``amount`` đồng.

    ``chosen``: what receipts said came for just this part, at most all of it; counted anew from them.
    """

    line = models.ForeignKey(
        PledgeLine, models.PROTECT, related_name="instalments", verbose_name=_("pledge line")
    )
    due_on = models.DateField(_("due on"))
    quantity = models.PositiveIntegerField(_("quantity"), null=True, blank=True)
    amount = models.PositiveBigIntegerField(_("amount (đồng)"), null=True, blank=True)
    chosen = models.PositiveBigIntegerField(_("received for it"), default=0)

    objects = InstalmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("instalment")
        verbose_name_plural = _("instalments")
        ordering = ["line", "due_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["line", "due_on"], name="instalment_once_a_day"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, amount__isnull=True) | Q(quantity__isnull=True, amount__gt=0),
                name="instalment_goods_or_cash",
            ),
            models.CheckConstraint(
                condition=Q(quantity__gte=F("chosen")) | Q(amount__gte=F("chosen")),
                name="instalment_chosen_within",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line} {self.due_on:%d/%m/%Y}"

    @property
    def size(self) -> int:
        """Pieces or đồng."""
        return self.amount or self.quantity or 0
