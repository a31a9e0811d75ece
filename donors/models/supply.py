"""Supply lines: all goods that may be allocated, promised or in stock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Count, F, Q, Sum
from django.utils.translation import gettext_lazy as _

from directory import clock
from directory.deeds import ActionOnly
from directory.models import Agency
from donors.models.pledge_line import EARMARKS, PledgeLine
from needs.models import SupportItem

if TYPE_CHECKING:
    from directory.models import User


class SupplyLineQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> SupplyLineQuerySet:
        """Supply of a coordinated scope, of pledges that the own agency mobilised or gives, in its custody,
        and of the areas that it leads."""
        reach = user.reach
        return self.filter(
            Q(pledge_line__pledge__scope_id__in=reach.scopes)
            | Q(pledge_line__pledge__mobilised_by_id__in=reach.agencies)
            | Q(pledge_line__pledge__source__agency_id__in=reach.agencies)
            | Q(custodian_id__in=reach.agencies)
            | Q(pledge_line__pledge__scope_id__in=reach.led, item__area_id__in=reach.areas)
        )

    def standing(self) -> SupplyLineQuerySet:
        """All but what was withdrawn, refused or moved on to the last piece."""
        gone = F("balance__withdrawn") + F("balance__refused") + F("balance__moved")
        return self.filter(balance__quantity__gt=gone)

    def in_stock(self) -> SupplyLineQuerySet:
        """Lines with something that came and is still there."""
        away = F("balance__sent") + F("balance__written_off") + F("balance__moved")
        return self.filter(balance__received__gt=away)

    def to_come(self) -> SupplyLineQuerySet:
        """Lines of which something has not come."""
        settled = F("balance__received") + F("balance__refused") + F("balance__withdrawn")
        return self.filter(balance__quantity__gt=settled)

    def sums_by_keeper(self) -> models.QuerySet[Any, dict[str, int]]:
        """A row for each item and custodian. What was moved on counts with its new custodian only."""
        gone = F("balance__refused") + F("balance__withdrawn") + F("balance__moved")
        return (
            self.order_by()
            .values("item", "custodian")
            .annotate(
                promised=Sum(F("balance__quantity") - gone),
                received=Sum(F("balance__received") - F("balance__moved")),
                allocated=Sum("balance__allocated"),
                sent=Sum("balance__sent"),
                written_off=Sum("balance__written_off"),
                lines=Count("pk"),
            )
        )

    def for_list(self) -> SupplyLineQuerySet:
        return self.select_related(
            "balance",
            "custodian",
            "item__area",
            "pledge_line__pledge__donor",
            "pledge_line__pledge__source",
            *(f"pledge_line__{name}" for name in EARMARKS),
        )

    def available(self) -> SupplyLineQuerySet:
        """Lines with something left to allocate."""
        return self.annotate(
            left=F("balance__quantity")
            - F("balance__allocated")
            - F("balance__refused")
            - F("balance__withdrawn")
            - F("balance__written_off")
            - F("balance__moved")
        ).filter(left__gt=0)


class SupplyLine(ActionOnly):
    """Goods of one item from one source. Quantities: ``balance``, in the item's unit."""

    class Origin(models.TextChoices):
        PLEDGE = "pledge", _("as pledged")
        SURPLUS = "surplus", _("more than pledged")
        WALK_IN = "walk_in", _("brought without a pledge")
        PURCHASE = "purchase", _("bought with cash given")
        MOVED = "moved", _("moved here from another custodian")

    pledge_line = models.ForeignKey(
        PledgeLine, models.PROTECT, related_name="supply_lines", verbose_name=_("pledge line")
    )
    origin = models.CharField(_("origin"), max_length=10, choices=Origin, default=Origin.PLEDGE)
    item = models.ForeignKey(
        SupportItem, models.PROTECT, related_name="supply_lines", verbose_name=_("support item")
    )
    custodian = models.ForeignKey(
        Agency, models.PROTECT, related_name="supply_lines", verbose_name=_("custodian")
    )
    unit_value = models.PositiveBigIntegerField(_("value of one unit (đồng)"), default=0)
    opened_at = models.DateTimeField(default=clock.now)
    moved_from = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="moved_to",
        verbose_name=_("moved from"),
        help_text=_("the line of the custodian who held the goods before"),
    )

    objects = SupplyLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("supply line")
        verbose_name_plural = _("supply lines")
        ordering = ["opened_at", "pk"]
        indexes = [models.Index(fields=["-opened_at", "-id"], name="supply_newest")]

    def __str__(self) -> str:
        return f"{self.item} – {self.pledge_line.pledge.code}"


class SupplyBalance(models.Model):
    """How much of a supply line is where, in the item's unit. Moved only by guarded updates.

    ``allocated`` is net of what was reversed or came back; ``sent`` is what left the stock and did not
    come back (in transit, delivered or lost). In stock: received - sent - written off - moved, where
    ``moved`` stands in the line of another custodian since.
    """

    line = models.OneToOneField(SupplyLine, models.PROTECT, related_name="balance", primary_key=True)
    quantity = models.PositiveIntegerField(_("promised in all"), default=0)
    received = models.PositiveIntegerField(_("received"), default=0)
    refused = models.PositiveIntegerField(_("refused"), default=0)
    withdrawn = models.PositiveIntegerField(_("withdrawn"), default=0)
    written_off = models.PositiveIntegerField(_("written off"), default=0)
    moved = models.PositiveIntegerField(_("moved to another custodian"), default=0)
    allocated = models.PositiveIntegerField(_("allocated"), default=0)
    sent = models.PositiveIntegerField(_("sent"), default=0)

    class Meta:
        verbose_name = _("balance of a supply line")
        verbose_name_plural = _("balances of supply lines")
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gte=F("received") + F("refused") + F("withdrawn")),
                name="supply_come_within_promised",
            ),
            models.CheckConstraint(
                condition=Q(
                    quantity__gte=F("allocated")
                    + F("refused")
                    + F("withdrawn")
                    + F("written_off")
                    + F("moved")
                ),
                name="supply_allocated_within_supply",
                violation_error_message=_("More would be allocated than there is."),
            ),
            models.CheckConstraint(
                condition=Q(received__gte=F("sent") + F("written_off") + F("moved")),
                name="supply_sent_within_received",
            ),
            models.CheckConstraint(
                condition=Q(sent__lte=F("allocated")), name="supply_sent_within_allocated"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.allocated}/{self.quantity}"

    @property
    def unallocated(self) -> int:
        gone = self.refused + self.withdrawn + self.written_off + self.moved
        return self.quantity - self.allocated - gone

    @property
    def to_come(self) -> int:
        return self.quantity - self.received - self.refused - self.withdrawn

    @property
    def in_stock(self) -> int:
        return self.received - self.sent - self.written_off - self.moved

    @property
    def movable(self) -> int:
        """What may leave the stock by a movement or a write-off: it came, and no allocation counts on it."""
        return max(self.received - self.allocated - self.written_off - self.moved, 0)


class SupplyMove(ActionOnly):
    """A ledger row of a supply line, in the item's unit. Never edited or deleted."""

    class Kind(models.TextChoices):
        OPEN = "open", _("Opened")
        RECEIVE = "receive", _("Received")
        REFUSE = "refuse", _("Refused")
        WITHDRAW = "withdraw", _("Withdrawn")
        WRITE_OFF = "write_off", _("Written off")
        MOVE_OUT = "move_out", _("Moved to another custodian")
        MOVE_IN = "move_in", _("Moved here")

    line = models.ForeignKey(SupplyLine, models.PROTECT, related_name="moves")
    kind = models.CharField(max_length=10, choices=Kind)
    quantity = models.IntegerField()
    receipt_line = models.ForeignKey(
        "donors.ReceiptLine", models.PROTECT, null=True, related_name="supply_moves"
    )
    purchase = models.ForeignKey("donors.Purchase", models.PROTECT, null=True, related_name="supply_moves")
    movement = models.ForeignKey(
        "donors.StockMovement", models.PROTECT, null=True, related_name="supply_moves"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    occurred_on = models.DateField()
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("move of supply")
        verbose_name_plural = _("moves of supply")
        constraints = [models.CheckConstraint(condition=~Q(quantity=0), name="supply_move_moves")]

    def __str__(self) -> str:
        return f"{self.kind} {self.quantity}"
