"""Indicators of annex I and the district's own yearly targets (the plan sets none)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from directory.models import SupportArea, Unit


class IndicatorQuerySet(models.QuerySet):
    def in_order(self) -> IndicatorQuerySet:
        """As annex I lists them."""
        return self.select_related("area").order_by("order")


class Indicator(models.Model):
    """A line of annex I. ``code`` names the function in ``reports/figures.py`` that counts it."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=200)
    name_en = models.CharField(_("name in English"), max_length=200)
    unit = models.CharField(_("unit of measure"), max_length=30)
    area = models.ForeignKey(
        SupportArea, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("support area")
    )
    order = models.PositiveSmallIntegerField(_("order"), unique=True)

    objects = IndicatorQuerySet.as_manager()

    class Meta:
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")
        ordering = ["order"]

    def __str__(self) -> str:
        return self.name_en if get_language() == "en" else self.name


class IndicatorTarget(models.Model):
    """What the district set itself for a year."""

    scope = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="targets")
    year = models.PositiveSmallIntegerField(_("year"))
    value = models.PositiveBigIntegerField(_("target"))

    class Meta:
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        constraints = [
            models.UniqueConstraint(fields=["scope", "indicator", "year"], name="target_once_a_year")
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.year}: {self.value}"
