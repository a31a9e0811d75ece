"""Donors and the other sources that support may come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from directory.models import Agency, Unit

if TYPE_CHECKING:
    from directory.models import User


class DonorQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> DonorQuerySet:
        """Donors of a coordinated scope, and those whom the own agency registered or moved to give."""
        reach = user.reach
        return self.filter(
            Q(scope_id__in=reach.scopes)
            | Q(registered_by_id__in=reach.agencies)
            | Q(pk__in=self.filter(pledges__mobilised_by_id__in=reach.agencies).values("pk"))
        )


class Donor(models.Model):
    """An organisation, enterprise or person that gives [plan II.2]."""

    class Kind(models.TextChoices):
        ORGANISATION = "organisation", _("Organisation")
        ENTERPRISE = "enterprise", _("Enterprise")
        INDIVIDUAL = "individual", _("Individual")

    class Origin(models.TextChoices):
        IN_DISTRICT = "in_district", _("in the district")
        IN_COUNTRY = "in_country", _("elsewhere in the country")
        FOREIGN = "foreign", _("foreign")

    scope = models.ForeignKey(Unit, models.PROTECT, related_name="donors", verbose_name=_("within"))
    registered_by = models.ForeignKey(
        Agency, models.PROTECT, related_name="donors", verbose_name=_("registered by")
    )
    kind = models.CharField(_("kind"), max_length=15, choices=Kind)
    origin = models.CharField(_("origin"), max_length=15, choices=Origin)
    name = models.CharField(_("name"), max_length=200)
    name_key = models.CharField(
        max_length=200, db_index=True, editable=False, help_text="without diacritics, for search"
    )
    tax_code = models.CharField(_("tax code"), max_length=20, blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    address = models.CharField(_("address"), max_length=300, blank=True)
    note = models.TextField(_("note"), blank=True)

    history = HistoricalRecords()
    objects = DonorQuerySet.as_manager()

    class Meta:
        verbose_name = _("donor")
        verbose_name_plural = _("donors")
        ordering = ["name_key"]

    def __str__(self) -> str:
        return self.name


class FundingSource(models.Model):
    """A fund or a budget. Gifts come from donors; budgets and funds are sources, not donors [plan III]."""

    class Kind(models.TextChoices):
        FUND = "fund", _("Fund")
        CENTRAL_BUDGET = "central_budget", _("Central budget")
        LOCAL_BUDGET = "local_budget", _("Local budget")

    scope = models.ForeignKey(Unit, models.PROTECT, related_name="funding_sources", verbose_name=_("within"))
    kind = models.CharField(_("kind"), max_length=15, choices=Kind)
    name = models.CharField(_("name"), max_length=200)
    agency = models.ForeignKey(
        Agency,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="funding_sources",
        verbose_name=_("kept by"),
    )

    class Meta:
        verbose_name = _("funding source")
        verbose_name_plural = _("funding sources")
        ordering = ["kind", "name"]
        constraints = [models.UniqueConstraint(fields=["scope", "name"], name="funding_source_once")]

    def __str__(self) -> str:
        return self.name
