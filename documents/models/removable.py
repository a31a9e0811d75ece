"""A stored file that turns out to be wrong: set aside, or erased if it shows names of children."""

from __future__ import annotations

import hashlib
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from directory.deeds import ActionOnly
from directory.models import User


class Removal(models.TextChoices):
    """What became of a file that counts no more (decision 0013)."""

    ASIDE = "aside", _("not of this record: set aside")
    ERASED = "erased", _("shows names of children: erased")


class RemovableQuerySet(models.QuerySet):
    def removable(self) -> Self:
        """Those that may be taken away at all."""
        return self.all()

    def kept(self) -> Self:
        """Those that count."""
        return self.filter(removed_as="")

    def erased(self) -> Self:
        return self.filter(removed_as=Removal.ERASED)

    def with_bytes(self) -> Self:
        """Those that can still be looked at."""
        return self.exclude(removed_as=Removal.ERASED)

    def without_content(self) -> Self:
        """For pages that only speak of them: the bytes stay in the database."""
        return self.defer("content").select_related("by__agency", "removed_by__agency")


class Removable(ActionOnly):
    """Bytes with their SHA-256, which stays whatever becomes of them. ``by`` brought them here."""

    content = models.BinaryField()
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )
    removed_as = models.CharField(_("taken away as"), max_length=10, choices=Removal, blank=True, default="")
    removed_why = models.CharField(_("reason"), max_length=300, blank=True, default="")
    removed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    removed_at = models.DateTimeField(_("removed at"), null=True)

    class Meta:
        abstract = True

    @property
    def is_intact(self) -> bool:
        """Whether the bytes are still those that were stored."""
        return hashlib.sha256(bytes(self.content)).hexdigest() == self.sha256

    @property
    def is_kept(self) -> bool:
        return not self.removed_as

    def is_from(self, user: User) -> bool:
        """The user brought it here, or stands in for who did."""
        return self.by_id in {principal.pk for principal in user.principals}


def removal_constraint(table: str) -> models.CheckConstraint:
    """How, why, who and when, or nothing of it; what is erased has no bytes left."""
    kept = Q(removed_as="", removed_why="", removed_by__isnull=True, removed_at__isnull=True)
    taken = Q(removed_as__in=Removal.values, removed_by__isnull=False, removed_at__isnull=False)
    gone = ~Q(removed_as=Removal.ERASED) | Q(content=b"")
    return models.CheckConstraint(
        condition=kept | taken & ~Q(removed_why="") & gone, name=f"{table}_removed_how_and_why"
    )
