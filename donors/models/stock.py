"""Goods that go from one custodian to another [plan II.4]."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from directory import clock
from directory.deeds import ActionOnly
from donors.models.supply import SupplyLine

if TYPE_CHECKING:
    from directory.models import User


class StockMovementQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> StockMovementQuerySet:
        """Movements of which the user sees either line."""
        seen = SupplyLine.objects.visible_to(user)
        return self.filter(Q(source__in=seen) | Q(target__in=seen))

    def of(self, line: SupplyLine) -> StockMovementQuerySet:
        """How the goods of a line came there, and where they went."""
        return self.filter(Q(source=line) | Q(target=line)).order_by("pk")

    def for_list(self) -> StockMovementQuerySet:
        return self.select_related(
            "source__item", "source__custodian", "target__custodian", "source__pledge_line__pledge", "by"
        )


class StockMovement(ActionOnly):
    """``quantity`` (item's unit) that went from the line of one custodian to another's, e.g. DC-2025-003.

    ``moved_back`` of it returned to the first one since, by counter-rows of the ledger; it moves only by a
    guarded update.
    """

    code = models.CharField(_("code"), max_length=20, unique=True)
    source = models.ForeignKey(
        SupplyLine, models.PROTECT, related_name="movements_out", verbose_name=_("from")
    )
    target = models.OneToOneField(
        SupplyLine, models.PROTECT, related_name="movement_in", verbose_name=_("to")
    )
    quantity = models.PositiveIntegerField(_("quantity"))
    moved_back = models.PositiveIntegerField(_("moved back"), default=0)
    occurred_on = models.DateField(_("moved on"))
    reason = models.CharField(_("reason"), max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    objects = StockMovementQuerySet.as_manager()

    class Meta:
        verbose_name = _("movement of stock")
        verbose_name_plural = _("movements of stock")
        ordering = ["-occurred_on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="stock_movement_moves"),
            models.CheckConstraint(
                condition=Q(moved_back__lte=F("quantity")), name="stock_movement_back_within_moved"
            ),
            models.CheckConstraint(condition=~Q(source=F("target")), name="stock_movement_between_lines"),
        ]

    def __str__(self) -> str:
        return self.code
