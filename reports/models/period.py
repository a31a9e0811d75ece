"""Reporting periods: half a year, or a year [plan IV; windows are data, FIELD section 3]."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from directory.deeds import ActionOnly
from directory.models import Unit

if TYPE_CHECKING:
    from directory.models import User


class ReportingPeriodQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> ReportingPeriodQuerySet:
        return self.filter(scope_id__in=user.reach.scopes | user.reach.around)


class ReportingPeriod(ActionOnly):
    """What is reported together, e.g. 2025-H1: 15/12/2024 to 14/06/2025.

    ``cut_off``: what was confirmed by the end of that day counts; later confirmations go, marked
    “bổ sung”, into the cumulative figure of the next report. ``year_starts_on``: lũy kế runs from there.
    """

    class Kind(models.TextChoices):
        HALF_YEAR = "half_year", _("6 months")
        YEAR = "year", _("year")

    scope = models.ForeignKey(Unit, models.PROTECT, related_name="periods", verbose_name=_("within"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    year = models.PositiveSmallIntegerField(_("year"))
    code = models.CharField(_("code"), max_length=10, help_text=_("e.g. 2025-H1, 2025-Y"))
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    year_starts_on = models.DateField(_("start of the year's window"))
    cut_off = models.DateField(_("data cut-off"))
    units_due_on = models.DateField(_("communes and agencies report by"))
    district_due_on = models.DateField(_("the district reports by"))

    objects = ReportingPeriodQuerySet.as_manager()

    class Meta:
        verbose_name = _("reporting period")
        verbose_name_plural = _("reporting periods")
        ordering = ["-ends_on", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["scope", "code"], name="period_once"),
            models.CheckConstraint(
                condition=Q(
                    year_starts_on__lte=F("starts_on"), starts_on__lt=F("ends_on"), cut_off__gte=F("ends_on")
                ),
                name="period_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        """As a sentence names it; ``code`` is for commands and files."""
        year = {"year": str(self.year)}
        if self.kind == self.Kind.HALF_YEAR:
            return gettext("the first 6 months of %(year)s") % year
        return gettext("the year %(year)s") % year
