"""Names that hold for a time. Everything a reorganisation may touch is asked *as of a date*."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class DatedQuerySet(models.QuerySet):
    def on(self, day: date) -> Self:
        """The rows that are valid on ``day`` (both ends included; no end: still valid)."""
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day), valid_from__lte=day)

    def overlapping(self, valid_from: date, valid_to: date | None) -> Self:
        """The rows whose validity shares at least one day with the span."""
        rows = self.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=valid_from))
        return rows if valid_to is None else rows.filter(valid_from__lte=valid_to)


class Dated(models.Model):
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(
        _("valid to"), null=True, blank=True, help_text=_("last day; empty: still valid")
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="%(app_label)s_%(class)s_dates_in_order",
                violation_error_message=_(
                    "The last day lies before the first. Correct one of the two dates."
                ),
            )
        ]

    def is_valid_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)
