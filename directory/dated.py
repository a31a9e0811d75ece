"""Names that hold for a time. Everything a reorganisation may touch is asked *as of a date*."""

from __future__ import annotations

from datetime import date, timedelta
from typing import ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Expression, F, Q
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

DATES_IN_ORDER = _("The last day lies before the first. Correct one of the two dates.")


class DatedQuerySet(models.QuerySet):
    def on(self, day: date | Expression) -> Self:
        """The rows that are valid on ``day`` (both ends included; no end: still valid)."""
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day), valid_from__lte=day)

    def overlapping(self, valid_from: date, valid_to: date | None) -> Self:
        """The rows whose validity shares at least one day with the span."""
        rows = self.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=valid_from))
        return rows if valid_to is None else rows.filter(valid_from__lte=valid_to)


class Dated(models.Model):
    """A row that holds from ``valid_from`` to ``valid_to``, both days included.

    ``IDENTITY`` names the fields that say what it is about: two rows with the same identity may not hold
    on the same day. ``clean`` refuses it (so do actions, the back office and imports, which all ask it),
    and PostgreSQL by an exclusion constraint.
    """

    IDENTITY: ClassVar[tuple[str, ...]] = ()

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
                violation_error_message=DATES_IN_ORDER,
            )
        ]

    def is_valid_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def clean(self) -> None:
        super().clean()
        dates_in_order = self.valid_from and (self.valid_to is None or self.valid_from <= self.valid_to)
        other = self._overlapping() if self.IDENTITY and dates_in_order else None
        if other is not None:
            raise self.overlap_with(other)

    def clean_alone(self) -> None:
        """What ``clean`` asks of the row without looking at the others of its register."""
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValidationError({"valid_to": DATES_IN_ORDER})

    def meets(self, other: Dated) -> bool:
        """Whether both hold on one day at least."""
        ends_first = self.valid_to is not None and self.valid_to < other.valid_from
        return not ends_first and (other.valid_to is None or self.valid_from <= other.valid_to)

    def overlap_with(self, other: Dated) -> ValidationError:
        """That it may not hold beside the other, which is about the same."""
        return ValidationError({"valid_from": ValidationError(self._says_overlap(other), code="overlap")})

    def _overlapping(self) -> Dated | None:
        same = {name: self.serializable_value(name) for name in self.IDENTITY}
        if None in same.values():
            return None  # a missing field is named by itself
        rows: DatedQuerySet = type(self)._default_manager.filter(**same).exclude(pk=self.pk)  # type: ignore[assignment]
        return rows.overlapping(self.valid_from, self.valid_to).first()

    @staticmethod
    def _says_overlap(other: Dated) -> str:
        until = date_format(other.valid_to, "SHORT_DATE_FORMAT") if other.valid_to else gettext("without end")
        return gettext(
            "“%(other)s” already holds for the same from %(from)s to %(to)s, and two cannot hold on one day. "
            "End that one first, or choose days outside it."
        ) % {"other": other, "from": date_format(other.valid_from, "SHORT_DATE_FORMAT"), "to": until}


def day_before(day: date) -> date:
    return day - timedelta(days=1)
