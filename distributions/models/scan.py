"""The scan of a signed handover record: its page without names, private."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from directory import clock
from directory.deeds import ActionOnly
from distributions.models.distribution import Distribution

if TYPE_CHECKING:
    from directory.models import User


class DeliveryScanQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> DeliveryScanQuerySet:
        return self.filter(distribution__in=Distribution.objects.visible_to(user))

    def kept(self) -> DeliveryScanQuerySet:
        """Those that were not removed."""
        return self.filter(removed_at__isnull=True)

    def of(self, distribution: Distribution) -> DeliveryScan | None:
        """The scan that a distribution has now, without its bytes."""
        return self.filter(distribution=distribution).kept().without_content().first()

    def without_content(self) -> DeliveryScanQuerySet:
        """For pages that only speak of it: the bytes stay in the database."""
        return self.defer("content").select_related("by__agency")


class DeliveryScan(ActionOnly):
    """The image, drawn anew (``documents/scan.py``), with its SHA-256. Never edited.

    A page with names that came here by mistake is removed: the bytes go, who removed it and why stays.
    """

    distribution = models.ForeignKey(
        Distribution, models.PROTECT, related_name="scans", verbose_name=_("distribution")
    )
    content = models.BinaryField()
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), default=clock.now)
    removed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    removed_at = models.DateTimeField(_("removed at"), null=True)

    objects = DeliveryScanQuerySet.as_manager()

    class Meta:
        verbose_name = _("scan of a handover record")
        verbose_name_plural = _("scans of handover records")
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["distribution"], condition=Q(removed_at__isnull=True), name="delivery_scan_one_kept"
            ),
            models.CheckConstraint(
                condition=Q(removed_by__isnull=True, removed_at__isnull=True)
                | Q(removed_by__isnull=False, removed_at__isnull=False),
                name="delivery_scan_removed_who_and_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.distribution.code} {self.sha256[:12]}"

    @property
    def is_intact(self) -> bool:
        """Whether the bytes are still those that were stored."""
        return hashlib.sha256(bytes(self.content)).hexdigest() == self.sha256
