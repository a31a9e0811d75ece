"""The scan of a signed handover record: its page without names, private."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from directory import clock
from distributions.models.distribution import Distribution
from documents.models import Removable, RemovableQuerySet, removal_constraint

if TYPE_CHECKING:
    from directory.models import User


class DeliveryScanQuerySet(RemovableQuerySet):
    def visible_to(self, user: User) -> DeliveryScanQuerySet:
        return self.filter(distribution__in=Distribution.objects.visible_to(user))

    def of(self, distribution: Distribution) -> DeliveryScanQuerySet:
        """All that a distribution ever had, without their bytes: the one that counts, then the newest."""
        return self.filter(distribution=distribution).without_content().order_by("removed_as", "-at", "-pk")


class DeliveryScan(Removable):
    """The image, drawn anew (``documents/scan.py``), with its SHA-256. Never edited.

    A wrong one is taken away: set aside, or erased if it shows names of children (decision 0013); a trigger
    lets nothing else through.
    """

    distribution = models.ForeignKey(
        Distribution, models.PROTECT, related_name="scans", verbose_name=_("distribution")
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), default=clock.now)

    objects = DeliveryScanQuerySet.as_manager()

    class Meta:
        verbose_name = _("scan of a handover record")
        verbose_name_plural = _("scans of handover records")
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["distribution"], condition=Q(removed_at__isnull=True), name="delivery_scan_one_kept"
            ),
            removal_constraint("delivery_scan"),
        ]

    def __str__(self) -> str:
        return f"{self.distribution.code} {self.sha256[:12]}"
