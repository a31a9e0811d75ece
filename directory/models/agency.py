"""Agencies and who signs for them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from directory.dated import Dated, DatedQuerySet
from directory.models.unit import SuccessionQuerySet, Unit
from directory.roles import Permission

if TYPE_CHECKING:
    from directory.models.user import User


class AgencyQuerySet(DatedQuerySet):
    def visible_to(self, user: User) -> AgencyQuerySet:
        """Agencies seated in a unit within reach; the directory of offices is no secret among officials."""
        if user.may(Permission.MANAGE_DIRECTORY):
            return self.all()
        reach = user.reach
        return self.filter(
            models.Q(unit_id__in=reach.communes | reach.scopes | reach.around)
            | models.Q(pk__in=reach.agencies)
        )


class Agency(Dated):
    """An office: people's committee, department, public centre, mass organisation, fund."""

    class Kind(models.TextChoices):
        COMMITTEE = "committee", _("People's committee")
        DEPARTMENT = "department", _("Department")
        CENTRE = "centre", _("Public service centre")
        MASS_ORGANISATION = "mass_organisation", _("Mass organisation")
        FUND = "fund", _("Fund")

    class ReportsEvery(models.TextChoices):
        HALF_YEAR = "half_year", _("every 6 months and every year")
        YEAR = "year", _("every year")
        NEVER = "never", _("does not report")

    IDENTITY = ("unit", "name")

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="agencies", verbose_name=_("unit"))
    name = models.CharField(_("name"), max_length=200)
    short_name = models.CharField(_("short name"), max_length=60)
    symbol = models.CharField(
        _("symbol in document numbers"), max_length=20, blank=True, help_text=_("e.g. “UBND” in 12/BC-UBND")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    superior = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="subordinates",
        verbose_name=_("superior agency"),
    )
    reports_every = models.CharField(_("reporting duty"), max_length=10, choices=ReportsEvery)

    objects = AgencyQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta(Dated.Meta):
        verbose_name = _("agency")
        verbose_name_plural = _("agencies")
        ordering = ["unit", "kind", "name"]
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(fields=["unit", "name", "valid_from"], name="agency_once_from_a_day"),
        ]

    def __str__(self) -> str:
        return self.name

    def superior_on(self, day: date) -> Agency | None:
        """The superior agency on ``day``, or what had taken its place by then."""
        if self.superior is None:
            return None
        return AgencySuccession.objects.heir_of(self.superior, day)


class AgencySuccession(models.Model):
    """``predecessor``'s duties and records went to ``successor`` on a day."""

    predecessor = models.ForeignKey(Agency, models.PROTECT, related_name="successions")
    successor = models.ForeignKey(Agency, models.PROTECT, related_name="predecessions")
    on = models.DateField(_("on"))

    objects = SuccessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("succession of agencies")
        verbose_name_plural = _("successions of agencies")
        constraints = [
            models.UniqueConstraint(fields=["predecessor", "successor"], name="agency_succession_once"),
            models.CheckConstraint(
                condition=~models.Q(predecessor=models.F("successor")), name="agency_succession_between_two"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor} → {self.successor}"


class SignerQuerySet(DatedQuerySet):
    def of(self, agency: Agency, day: date) -> SignerQuerySet:
        return self.on(day).filter(agency=agency).order_by("order", "pk")


class Signer(Dated):
    """Who signs an agency's papers, with power and office as the paper prints them [ND 30/2020, PL I]."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="signers", verbose_name=_("agency"))
    power = models.CharField(
        _("power"),
        max_length=120,
        blank=True,
        help_text=_("e.g. “TM. ỦY BAN NHÂN DÂN”; empty for a head of office"),
    )
    for_office = models.CharField(
        _("signs for"),
        max_length=120,
        blank=True,
        help_text=_("e.g. “KT. CHỦ TỊCH”; empty if in the own right"),
    )
    office = models.CharField(_("office"), max_length=120, help_text=_("e.g. “PHÓ CHỦ TỊCH”"))
    name = models.CharField(_("name"), max_length=120)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = SignerQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta(Dated.Meta):
        verbose_name = _("signer")
        verbose_name_plural = _("signers")
        ordering = ["agency", "order", "pk"]

    def __str__(self) -> str:
        return f"{self.office} {self.name}"
