"""Donors and the other sources that support may come from."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from directory.models import Agency, Unit
from directory.text import unaccented

if TYPE_CHECKING:
    from directory.models import User


PHONE = re.compile(r"\+?[0-9][0-9 .()-]{2,}")


class DonorQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> DonorQuerySet:
        """Donors of a coordinated scope, whom the own agency registered, and the givers of pledges seen."""
        from donors.models.pledge import Pledge

        return self.filter(
            Q(scope_id__in=user.reach.scopes)
            | Q(registered_by_id__in=user.reach.agencies)
            | Q(pk__in=Pledge.objects.visible_to(user).values("donor_id"))
        )

    def search(self, text: str) -> DonorQuerySet:
        """By part of the name (without diacritics), of the tax code or of the telephone number."""
        found = Q(name_key__contains=unaccented(text)) | Q(tax_code__contains=text.strip())
        if PHONE.fullmatch(text.strip()):
            found |= Q(phone__contains=phone_key(text))
        return self.filter(found)

    def with_pledge_count(self, user: User) -> DonorQuerySet:
        """``pledge_count``: the pledges that the user sees."""
        from donors.models.pledge import Pledge

        seen = Q(pledges__in=Pledge.objects.visible_to(user))
        return self.annotate(pledge_count=models.Count("pledges", filter=seen))

    def like(self, scope: Unit, *, name: str, tax_code: str = "", phone: str = "") -> DonorQuerySet:
        """Likely the same giver: the same name without diacritics, tax code or telephone number."""
        same = Q(name_key=unaccented(name))
        if code := tax_key(tax_code):
            same |= Q(tax_code=code)
        if number := phone_key(phone):
            same |= Q(phone=number)
        return self.filter(same, scope=scope).select_related("registered_by")


def tax_key(text: str) -> str:
    """A tax code as it is kept: without spaces."""
    return "".join(text.split())


def phone_key(text: str) -> str:
    """A telephone number as it is kept: digits only, +84 as 0, another country's with its +."""
    digits = re.sub(r"[^0-9+]", "", text)
    return "0" + digits[3:] if digits.startswith("+84") else digits


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


class FundingSourceQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> FundingSourceQuerySet:
        """Funds and budgets of a coordinated scope, and those that the own agency keeps."""
        return self.filter(Q(scope_id__in=user.reach.scopes) | Q(agency_id__in=user.reach.agencies))


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

    objects = FundingSourceQuerySet.as_manager()

    class Meta:
        verbose_name = _("funding source")
        verbose_name_plural = _("funding sources")
        ordering = ["kind", "name"]
        constraints = [models.UniqueConstraint(fields=["scope", "name"], name="funding_source_once")]

    def __str__(self) -> str:
        return self.name
