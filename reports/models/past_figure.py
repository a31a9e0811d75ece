"""Figures of periods before the portal counted, as older reports gave them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from directory.deeds import ActionOnly
from directory.models import Unit
from reports.models.indicator import Indicator
from reports.models.period import ReportingPeriod

if TYPE_CHECKING:
    from directory.models import User


class PastFigureQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> PastFigureQuerySet:
        """Those of a coordinated scope."""
        return self.filter(scope_id__in=user.reach.scopes)

    def in_order(self) -> PastFigureQuerySet:
        """The newest period first, its lines as annex I lists them."""
        listed = self.select_related("scope", "indicator__area")
        return listed.order_by("scope__code", "-year", "kind", "indicator__order")

    def of_period(self, scopes: Iterable[int], kind: str, year: int) -> PastFigureQuerySet:
        """What older reports of the units said of a period: what they did not report is left out."""
        said = self.filter(scope_id__in=scopes, kind=kind, year=year, value__isnull=False)
        return said.select_related("indicator")


class PastFigure(ActionOnly):
    """One indicator of one past period, from a report made without the portal: historical, never counted.

    It serves “same period last year” until the portal has counted that period itself, and is added to nothing
    that the portal counts. ``value`` None: the old report does not say, which is not 0.
    """

    scope = models.ForeignKey(Unit, models.PROTECT, related_name="past_figures", verbose_name=_("within"))
    indicator = models.ForeignKey(
        Indicator, models.CASCADE, related_name="past_figures", verbose_name=_("indicator")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=ReportingPeriod.Kind)
    year = models.PositiveSmallIntegerField(_("year"))
    value = models.PositiveBigIntegerField(_("value"), null=True)
    source = models.CharField(
        _("source"), max_length=200, blank=True, help_text=_("number and day of the report that gives it")
    )

    objects = PastFigureQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("figure of a past year")
        verbose_name_plural = _("figures of past years")
        ordering = ["-year", "kind", "indicator__order"]
        constraints = [
            models.UniqueConstraint(
                fields=["scope", "indicator", "kind", "year"], name="past_figure_once_a_period"
            )
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.year}: {self.value}"
