"""Pledges: what a donor or fund has promised."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from directory import clock
from directory.deeds import ActionOnly
from directory.models import Agency, Place, SupportArea, Unit
from directory.text import unaccented
from donors.instalments import Due, schedule
from donors.models.donor import Donor, FundingSource
from donors.states import PledgeState
from needs.models import Need, SupportItem

if TYPE_CHECKING:
    from directory.models import User
    from donors.models.supply import SupplyBalance


class PledgeQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> PledgeQuerySet:
        """Pledges of a coordinated scope, those that the own agency is a party to, and those in a led area.

        A party mobilised it, gives it from its own fund, or keeps what came of it.
        """
        reach = user.reach
        return self.filter(
            Q(scope_id__in=reach.scopes)
            | Q(mobilised_by_id__in=reach.agencies)
            | Q(source__agency_id__in=reach.agencies)
            | Q(pk__in=PledgeLine.objects.kept_by(reach.agencies).values("pledge_id"))
            | Q(scope_id__in=reach.led, pk__in=PledgeLine.objects.in_areas(reach.areas).values("pledge_id"))
        )

    def handled_by(self, user: User) -> PledgeQuerySet:
        """Those that the user may receive or withdraw: of the own scope, or mobilised by the own agency."""
        reach = user.reach
        return self.filter(Q(scope_id__in=reach.scopes) | Q(mobilised_by_id__in=reach.agencies))

    def search(self, text: str) -> PledgeQuerySet:
        """By part of the code, or of the giver's name without diacritics."""
        return self.filter(
            Q(code__icontains=text.strip())
            | Q(donor__name_key__contains=unaccented(text))
            | Q(source__name__icontains=text.strip())
        )

    def overdue(self) -> PledgeQuerySet:
        """Open ones of which a due day, the last or that of an instalment, has passed without all that was
        due."""
        return self.due_before(clock.today())

    def due_before(self, day: date) -> PledgeQuerySet:
        """Open ones of which something is to have come before ``day`` and has not."""
        late = PledgeLine.objects.late(day).filter(pledge__state=PledgeState.OPEN)
        return self.filter(
            Q(due_on__lt=day) | Q(pk__in=late.values("pledge_id").order_by()), state=PledgeState.OPEN
        )

    def totals(self) -> dict[str, int]:
        """See ``PledgeLineQuerySet.totals``."""
        return PledgeLine.objects.filter(pledge__in=self).totals()

    def for_list(self) -> PledgeQuerySet:
        """With all that a row of a list shows, in a fixed number of queries."""
        return self.select_related("donor", "source", "mobilised_by").prefetch_related(
            models.Prefetch("lines", PledgeLine.objects.with_progress())
        )

    def in_order_of_due_day(self) -> PledgeQuerySet:
        """The first day on which something is to come that has not. Of open pledges that name a day."""
        first = Instalment.objects.unfilled().filter(line__pledge=OuterRef("pk")).order_by("due_on")
        return self.order_by(Coalesce(Subquery(first.values("due_on")[:1]), F("due_on")), "pk")


class Pledge(ActionOnly):
    """A promise of goods or cash, e.g. CK-2025-007. From a donor, or from a fund or budget."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    scope = models.ForeignKey(Unit, models.PROTECT, related_name="pledges", verbose_name=_("within"))
    donor = models.ForeignKey(
        Donor, models.PROTECT, null=True, blank=True, related_name="pledges", verbose_name=_("donor")
    )
    source = models.ForeignKey(
        FundingSource,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="pledges",
        verbose_name=_("fund or budget"),
    )
    mobilised_by = models.ForeignKey(
        Agency, models.PROTECT, related_name="mobilised_pledges", verbose_name=_("mobilised by")
    )
    pledged_on = models.DateField(_("pledged on"))
    due_on = models.DateField(_("due on"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=PledgeState, default=PledgeState.OPEN)
    anonymous = models.BooleanField(_("the donor asked not to be named in public"), default=False)
    note = models.TextField(_("note"), blank=True)
    walk_in = models.BooleanField(
        _("brought without a pledge"), default=False, help_text=_("recorded together with its receipt")
    )
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=clock.now)

    objects = PledgeQuerySet.as_manager()

    class Meta:
        verbose_name = _("pledge")
        verbose_name_plural = _("pledges")
        ordering = ["-pledged_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(donor__isnull=False, source__isnull=True)
                | Q(donor__isnull=True, source__isnull=False),
                name="pledge_from_donor_or_source",
                violation_error_message=_(
                    "A pledge comes from a donor, or from a fund or budget: choose one."
                ),
            ),
            models.CheckConstraint(
                condition=Q(due_on__isnull=True) | Q(due_on__gte=F("pledged_on")),
                name="pledge_dates_in_order",
                violation_error_message=_("The due date lies before the day of the pledge."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} – {self.giver}"

    @cached_property
    def due_day(self) -> date | None:
        """The first day on which something is to come that has not; None once nothing is, or of no day.

        Reads the lines as ``for_list`` loads them.
        """
        if self.state != PledgeState.OPEN:
            return None
        days = [day for line in self.lines.all() if (day := line.due_day)]
        return min(days, default=None)

    @property
    def is_overdue(self) -> bool:
        return self.due_day is not None and self.due_day < clock.today()

    @property
    def days_late(self) -> int:
        return (clock.today() - self.due_day).days if self.due_day else 0

    @property
    def giver(self) -> Donor | FundingSource:
        return self.donor or self.source  # type: ignore[return-value]


# What it takes to name an earmark without a further query.
EARMARKS = (
    "earmark_area",
    "earmark_place__unit",
    "earmark_need__item",
    "earmark_need__age_band",
    "earmark_need__place__unit",
)


# Pieces of the promised goods of a line that were withdrawn.
TAKEN_BACK = Coalesce(
    models.Sum("supply_lines__balance__withdrawn", filter=Q(supply_lines__origin__in=("pledge", "walk_in"))),
    0,
)


class PledgeLineQuerySet(models.QuerySet):
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
        """Lines of which less came than their instalments before ``day`` make, and some is still to come."""
        due = Instalment.objects.filter(line=OuterRef("pk"), due_on__lt=day).order_by().values("line")
        settled = F("supply_lines__balance__received") + F("supply_lines__balance__refused")
        return self.annotate(
            due_by_then=Subquery(due.annotate(whole=models.Sum(SIZE)).values("whole"))
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
        late = Pledge.objects.overdue().filter(pk=OuterRef("pledge_id"))
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

    pledge = models.ForeignKey(Pledge, models.PROTECT, related_name="lines", verbose_name=_("pledge"))
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
        """The instalments and how far each is filled: what comes fills the earliest first."""
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
        """Those that what came of their line does not fill: the earliest are filled first."""
        earlier = Instalment.objects.filter(line=OuterRef("line"), due_on__lte=OuterRef("due_on"))
        sums = earlier.order_by().values("line").annotate(whole=models.Sum(SIZE)).values("whole")
        promised = Q(line__kind="cash") | Q(line__supply_lines__origin="pledge")
        return self.annotate(due_by_then=Subquery(sums)).filter(promised, due_by_then__gt=SETTLED)


class Instalment(ActionOnly):
    """A part of a pledge line by its own day: ``quantity`` in the item's unit, or ``amount`` đồng."""

    line = models.ForeignKey(
        PledgeLine, models.PROTECT, related_name="instalments", verbose_name=_("pledge line")
    )
    due_on = models.DateField(_("due on"))
    quantity = models.PositiveIntegerField(_("quantity"), null=True, blank=True)
    amount = models.PositiveBigIntegerField(_("amount (đồng)"), null=True, blank=True)

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
        ]

    def __str__(self) -> str:
        return f"{self.line} {self.due_on:%d/%m/%Y}"

    @property
    def size(self) -> int:
        """Pieces or đồng."""
        return self.amount or self.quantity or 0


class CashBalance(models.Model):
    """The way of a cash line's đồng. A table of its own, moved only by guarded updates."""

    line = models.OneToOneField(PledgeLine, models.PROTECT, related_name="cash", primary_key=True)
    amount = models.PositiveBigIntegerField(_("pledged"), default=0)
    received = models.PositiveBigIntegerField(_("received"), default=0)
    withdrawn = models.PositiveBigIntegerField(_("withdrawn"), default=0)
    reserved = models.PositiveBigIntegerField(_("reserved for purchases"), default=0)
    spent = models.PositiveBigIntegerField(_("spent"), default=0)

    class Meta:
        verbose_name = _("balance of a cash line")
        verbose_name_plural = _("balances of cash lines")
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gte=F("received") + F("withdrawn")), name="cash_within_pledge"
            ),
            models.CheckConstraint(
                condition=Q(received__gte=F("reserved") + F("spent")), name="cash_within_received"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.received}/{self.amount}"

    @property
    def to_come(self) -> int:
        return self.amount - self.received - self.withdrawn

    @property
    def free(self) -> int:
        """What came and is neither reserved nor spent."""
        return self.received - self.reserved - self.spent


class CashMove(ActionOnly):
    """A ledger row of a cash line, whole đồng. Never edited or deleted."""

    class Kind(models.TextChoices):
        PLEDGE = "pledge", _("Pledged")
        RECEIVE = "receive", _("Received")
        WITHDRAW = "withdraw", _("Withdrawn")
        RESERVE = "reserve", _("Reserved for a purchase")
        RELEASE = "release", _("Reservation given up")
        SPEND = "spend", _("Spent")

    line = models.ForeignKey(PledgeLine, models.PROTECT, related_name="cash_moves")
    kind = models.CharField(max_length=10, choices=Kind)
    amount = models.BigIntegerField()
    receipt_line = models.ForeignKey(
        "donors.ReceiptLine", models.PROTECT, null=True, related_name="cash_moves"
    )
    purchase = models.ForeignKey("donors.Purchase", models.PROTECT, null=True, related_name="cash_moves")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    occurred_on = models.DateField()
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("move of cash")
        verbose_name_plural = _("moves of cash")
        constraints = [models.CheckConstraint(condition=~Q(amount=0), name="cash_move_moves")]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount}"
