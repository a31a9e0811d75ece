"""Receipts: what really arrived [plan II.4]."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from directory import clock
from directory.deeds import ActionOnly
from directory.models import Agency
from documents.models import Paper
from donors.models.pledge import Pledge, PledgeQuerySet, seen_by
from donors.models.pledge_line import PledgeLine
from donors.models.supply import SupplyLine

if TYPE_CHECKING:
    from directory.models import User


class ReceiptQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> ReceiptQuerySet:
        """Receipts of the pledges that the user sees; who keeps what came sees the pledge too."""
        return self.filter(seen_by(user, "pledge__"))

    def standing(self) -> ReceiptQuerySet:
        """Neither taken back nor the counter-row that takes one back."""
        return self.filter(reverses__isnull=True, reversal__isnull=True)

    def search(self, text: str) -> ReceiptQuerySet:
        """By part of the code, of the pledge's code, or of the giver's name without diacritics."""
        return self.filter(Q(code__icontains=text.strip()) | Q(pledge__in=Pledge.objects.search(text)))

    def with_giver(self) -> ReceiptQuerySet:
        return self.select_related("pledge__donor", "pledge__source")

    def of(self, pledges: PledgeQuerySet) -> ReceiptQuerySet:
        return self.filter(pledge__in=pledges.order_by())

    def totals(self) -> dict[str, int]:
        """See ``ReceiptLineQuerySet.totals``."""
        return ReceiptLine.objects.filter(receipt__in=self).totals()

    def for_list(self) -> ReceiptQuerySet:
        return self.select_related("custodian", "pledge", "reverses", "reversal").prefetch_related(
            models.Prefetch("lines", ReceiptLine.objects.for_page())
        )


class Receipt(ActionOnly):
    """Goods or money of one pledge that came in on a day, e.g. TN-2025-012."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    pledge = models.ForeignKey(Pledge, models.PROTECT, related_name="receipts", verbose_name=_("pledge"))
    custodian = models.ForeignKey(
        Agency, models.PROTECT, related_name="receipts", verbose_name=_("custodian")
    )
    occurred_on = models.DateField(_("received on"))
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(_("confirmed at"), default=clock.now)
    note = models.TextField(_("note"), blank=True)
    handed_over_by = models.CharField(
        _("handed over by"),
        max_length=200,
        blank=True,
        help_text=_("who signs for the giver, with the office"),
    )
    received_by = models.CharField(
        _("received by"),
        max_length=200,
        blank=True,
        help_text=_("who signs for the custodian, with the office"),
    )
    paper = models.OneToOneField(
        Paper,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="receipt",
        verbose_name=_("receipt record"),
    )

    reverses = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reversal",
        verbose_name=_("takes back"),
        help_text=_("this row takes the other one back: its numbers are below 0, its note is the reason"),
    )

    objects = ReceiptQuerySet.as_manager()

    class Meta:
        verbose_name = _("receipt")
        verbose_name_plural = _("receipts")
        ordering = ["-occurred_on", "-pk"]
        indexes = [models.Index(fields=["-occurred_on", "-id"], name="receipt_newest")]

    def __str__(self) -> str:
        return f"{self.code} – {self.pledge.giver}"

    @property
    def is_taken_back(self) -> bool:
        return hasattr(self, "reversal")

    @property
    def stands(self) -> bool:
        return self.reverses_id is None and not self.is_taken_back

    @property
    def value(self) -> int:
        """Whole đồng of all that was accepted; what is not valued counts 0."""
        return sum(line.value for line in self.lines.all())


class ReceiptLineQuerySet(models.QuerySet):
    def totals(self) -> dict[str, int]:
        """What came, whole đồng: ``goods`` at their value, ``cash``; ``unvalued``: lines without."""
        goods = F("accepted") * F("unit_value")
        return self.aggregate(
            goods=models.Sum(goods, default=0, output_field=models.BigIntegerField()),
            cash=models.Sum("amount", default=0),
            unvalued=models.Count(
                "pk", filter=Q(accepted__gt=0, unit_value=0, receipt__reversal__isnull=True)
            ),
        )

    def by_instalment(self) -> dict[date, int]:
        """Pieces (what was refused too) or đồng by the day of the instalment that they came for."""
        came = self.filter(due_on__isnull=False).order_by().values_list("due_on")
        return dict(came.annotate(size=models.Sum(F("accepted") + F("refused") + F("amount"))))

    def listed(self, receipts: ReceiptQuerySet) -> ReceiptLineQuerySet:
        """The lines of ``receipts``, newest first, with all that a row of a file shows."""
        giver = ("receipt__pledge__donor", "receipt__pledge__source", "receipt__custodian")
        lines = self.filter(receipt__in=receipts.order_by()).select_related("pledge_line__item", *giver)
        return lines.order_by("-receipt__occurred_on", "-receipt_id", "pk")

    def for_page(self) -> ReceiptLineQuerySet:
        return self.select_related("pledge_line__item", "supply_line")


class ReceiptLine(ActionOnly):
    """One supply line (or cash line) of a receipt: what was accepted, and what was refused and why.

    In a receipt that takes another one back the numbers are below 0, so that sums need not know of it.
    """

    class Quality(models.TextChoices):
        UNSAID = "", _("not said")
        NEW = "new", _("new")
        GOOD = "good", _("used, in good order")
        FAIR = "fair", _("used, still usable")

    receipt = models.ForeignKey(Receipt, models.PROTECT, related_name="lines", verbose_name=_("receipt"))
    pledge_line = models.ForeignKey(
        PledgeLine, models.PROTECT, related_name="receipt_lines", verbose_name=_("pledge line")
    )
    supply_line = models.ForeignKey(
        SupplyLine, models.PROTECT, null=True, related_name="receipt_lines", verbose_name=_("supply line")
    )
    accepted = models.IntegerField(_("accepted"), default=0)
    refused = models.IntegerField(_("refused"), default=0)
    quality = models.CharField(
        _("quality"), max_length=10, choices=Quality, default=Quality.UNSAID, blank=True
    )
    refuse_reason = models.CharField(_("reason of the refusal"), max_length=300, blank=True)
    amount = models.BigIntegerField(_("amount (đồng)"), default=0)
    unit_value = models.PositiveBigIntegerField(_("value of one unit (đồng)"), default=0)
    due_on = models.DateField(
        _("for the instalment of"), null=True, blank=True, help_text=_("empty: for the earliest that is open")
    )

    objects = ReceiptLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("receipt line")
        verbose_name_plural = _("receipt lines")
        ordering = ["receipt", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(supply_line__isnull=False, amount=0)
                & (Q(accepted__gte=0, refused__gte=0) | Q(accepted__lte=0, refused__lte=0))
                & ~Q(accepted=0, refused=0)
                | Q(supply_line__isnull=True, accepted=0, refused=0) & ~Q(amount=0),
                name="receipt_line_goods_or_cash",
            ),
            models.CheckConstraint(
                condition=Q(refused=0) | ~Q(refuse_reason=""), name="receipt_line_refusal_has_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.receipt.code}: {self.accepted or self.amount}"

    @property
    def value(self) -> int:
        """Whole đồng: the cash, or the accepted goods at their value."""
        return self.amount or self.accepted * self.unit_value
