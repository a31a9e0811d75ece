"""The way of a cash line's đồng."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from directory import clock
from directory.deeds import ActionOnly
from donors.models.pledge_line import PledgeLine


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
