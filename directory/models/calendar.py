"""Days off: a deadline on one moves to the next working day."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

SATURDAY = 5


class HolidayQuerySet(models.QuerySet):
    def in_order(self) -> HolidayQuerySet:
        return self.order_by("day")

    def next_working_day(self, day: date) -> date:
        """``day`` itself, or the first day after it that is neither a weekend nor a holiday."""
        while day.weekday() >= SATURDAY or self.filter(day=day).exists():
            day += timedelta(days=1)
        return day


class Holiday(models.Model):
    day = models.DateField(_("day"), unique=True)
    name = models.CharField(_("name"), max_length=120)

    objects = HolidayQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("holiday")
        verbose_name_plural = _("holidays")
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day:%d/%m/%Y} {self.name}"
