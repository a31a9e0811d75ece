"""What happened, who did it, and that it was done once."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _

from directory import clock


class HistoryEntryQuerySet(models.QuerySet):
    def of(self, obj: models.Model) -> HistoryEntryQuerySet:
        """The history of one object, newest first. Whoever may see the object may see it."""
        return (
            self.filter(content_type=ContentType.objects.get_for_model(obj), object_id=obj.pk)
            .select_related("by", "by__agency", "on_behalf_of")
            .order_by("-at", "-pk")
        )


class HistoryEntry(models.Model):
    """One deed on one object, written in the deed's own transaction; never edited, never deleted."""

    content_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
    object_id = models.BigIntegerField()
    subject = GenericForeignKey()
    verb = models.CharField(_("deed"), max_length=60)
    from_state = models.CharField(_("from"), max_length=30, blank=True)
    to_state = models.CharField(_("to"), max_length=30, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    on_behalf_of = models.ForeignKey(
        "directory.Agency", models.PROTECT, null=True, related_name="+", verbose_name=_("on behalf of")
    )
    at = models.DateTimeField(_("at"), default=clock.now)
    reason = models.TextField(_("reason"), blank=True)
    details = models.JSONField(_("details"), default=dict)

    objects = HistoryEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("history entry")
        verbose_name_plural = _("history entries")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["content_type", "object_id", "-at"], name="history_of_object")]

    def __str__(self) -> str:
        return f"{self.verb} {self.at:%d/%m/%Y %H:%M}"


class RequestKey(models.Model):
    """A client key that was used: the same request sent twice changes things once."""

    key = models.UUIDField(unique=True)
    action = models.CharField(max_length=120)
    arguments = models.CharField(max_length=64, blank=True, help_text="SHA-256 of what was sent")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    result_model = models.CharField(max_length=100, blank=True)
    result_id = models.BigIntegerField(null=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("used request key")
        verbose_name_plural = _("used request keys")

    def __str__(self) -> str:
        return f"{self.action} {self.key}"

    def result(self) -> Any:
        """What the first request returned (a row), or None."""
        from directory.deeds import model_of

        return model_of(self.result_model)._base_manager.get(pk=self.result_id) if self.result_model else None


class Counter(models.Model):
    """The last number given in a series, e.g. (“CK”, 2025) → 7 for pledge CK-2025-007."""

    series = models.CharField(max_length=20)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("counter")
        verbose_name_plural = _("counters")
        constraints = [models.UniqueConstraint(fields=["series", "year"], name="counter_once_a_year")]

    def __str__(self) -> str:
        return f"{self.series}-{self.year}-{self.last:03d}"


class SampleData(models.Model):
    """A row here says that this database holds made-up figures: every page is then marked so."""

    loaded_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("sample data")
        verbose_name_plural = _("sample data")

    def __str__(self) -> str:
        return f"{self.loaded_at:%d/%m/%Y}"
