"""The plan's three support areas, who leads them, and which communes are specially difficult."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from directory.dated import Dated, DatedQuerySet
from directory.models.unit import Unit

if TYPE_CHECKING:
    from directory.models.user import User


class SupportAreaQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> SupportAreaQuerySet:
        """The areas in which the user sees needs."""
        return self.filter(pk__in=user.reach.areas)

    def in_order(self) -> SupportAreaQuerySet:
        """All of them, as the plan names them."""
        return self.order_by("order")


class SupportArea(models.Model):
    """One of the plan's three: health and nutrition, play, warm clothing [plan I]."""

    code = models.SlugField(_("code"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=120)
    order = models.PositiveSmallIntegerField(_("order"), unique=True)

    objects = SupportAreaQuerySet.as_manager()

    class Meta:
        verbose_name = _("support area")
        verbose_name_plural = _("support areas")
        ordering = ["order"]

    def __str__(self) -> str:
        from django.utils.translation import get_language

        return self.name_en if get_language() == "en" else self.name


class LeadArea(Dated):
    """``agency`` leads ``area`` within ``scope`` [plan II.3]."""

    IDENTITY = ("area", "scope")

    area = models.ForeignKey(
        SupportArea, models.PROTECT, related_name="leads", verbose_name=_("support area")
    )
    agency = models.ForeignKey(
        "directory.Agency", models.PROTECT, related_name="led_areas", verbose_name=_("lead agency")
    )
    scope = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("within"))

    objects = DatedQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta(Dated.Meta):
        verbose_name = _("lead area")
        verbose_name_plural = _("lead areas")
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(fields=["area", "scope", "valid_from"], name="lead_area_once_from_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.area}: {self.agency}"

    def clean(self) -> None:
        """Reach is areas × communes: leading one area here and another there would open both in both."""
        super().clean()
        if not (self.valid_from and self.agency_id and self.area_id and self.scope_id):
            return
        elsewhere = LeadArea.objects.filter(agency_id=self.agency_id).exclude(pk=self.pk)
        elsewhere = elsewhere.exclude(scope_id=self.scope_id).exclude(area_id=self.area_id)
        other = elsewhere.overlapping(self.valid_from, self.valid_to).select_related("scope").first()
        if other is not None:
            raise ValidationError(
                gettext("%(agency)s already leads another area (%(area)s) within %(scope)s. Choose another.")
                % {"agency": self.agency, "area": other.area, "scope": other.scope},
                code="two_scopes",
            )


class AreaStatus(Dated):
    """The commune is specially difficult (xã đặc biệt khó khăn) for a time, on a legal basis."""

    IDENTITY = ("unit",)

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="statuses", verbose_name=_("commune"))
    legal_basis = models.CharField(_("legal basis"), max_length=200)

    objects = DatedQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta(Dated.Meta):
        verbose_name = _("difficult-commune status")
        verbose_name_plural = _("difficult-commune statuses")
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(fields=["unit", "valid_from"], name="area_status_once_from_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.unit}: {self.legal_basis}"
