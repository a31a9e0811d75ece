"""Donors and the other sources that support may come from."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from directory.models import Agency, SupportArea, Unit
from directory.text import unaccented
from needs.models import SupportItem

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

    def registered_in(self, scopes: Iterable[Unit]) -> DonorQuerySet:
        """Whoever stands in the registry of one of the units, once: those merged into another do not."""
        return self.filter(scope__in=scopes, merged_into__isnull=True).order_by("name_key", "pk")

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
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="merged",
        verbose_name=_("merged into"),
        help_text=_("the same giver, registered twice; what hung on this entry hangs there now"),
    )

    history = HistoricalRecords()
    objects = DonorQuerySet.as_manager()

    class Meta:
        verbose_name = _("donor")
        verbose_name_plural = _("donors")
        ordering = ["name_key"]
        constraints = [
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=models.F("id")),
                name="donor_not_merged_into_itself",
            )
        ]

    def __str__(self) -> str:
        return self.name


class DonorContact(models.Model):
    """Whom to ask at a donor: an office and how to reach it, with a name if the donor gave one."""

    donor = models.ForeignKey(Donor, models.CASCADE, related_name="contacts", verbose_name=_("donor"))
    name = models.CharField(_("name"), max_length=120, blank=True)
    office = models.CharField(_("office"), max_length=120, blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    order = models.PositiveSmallIntegerField(default=0)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("contact of a donor")
        verbose_name_plural = _("contacts of donors")
        ordering = ["donor", "order", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(name="", office=""), name="donor_contact_is_somebody")
        ]

    def __str__(self) -> str:
        return self.name or self.office


class DonorCapacity(models.Model):
    """What a donor can give in a year in an area (``amount``, đồng) or of an item (``quantity``)."""

    donor = models.ForeignKey(Donor, models.CASCADE, related_name="capacities", verbose_name=_("donor"))
    area = models.ForeignKey(SupportArea, models.PROTECT, related_name="+", verbose_name=_("support area"))
    item = models.ForeignKey(
        SupportItem, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("support item")
    )
    quantity = models.PositiveIntegerField(_("quantity a year"), null=True, blank=True)
    amount = models.PositiveBigIntegerField(_("amount a year (đồng)"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("capacity of a donor")
        verbose_name_plural = _("capacities of donors")
        ordering = ["donor", "area", "item", "pk"]
        constraints = [
            models.UniqueConstraint("donor", "area", Coalesce("item", 0), name="donor_capacity_once"),
            models.CheckConstraint(
                condition=Q(quantity__isnull=True) | Q(item__isnull=False),
                name="donor_capacity_quantity_of_an_item",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.donor}: {self.item or self.area}"


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
        # Inside the units' existing budgets; reported apart, never in donors' totals [plan III].
        MANAGEMENT = "management", _("Management cost")

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
    closed_on = models.DateField(
        _("closed on"), null=True, blank=True, help_text=_("from this day on nothing new is recorded of it")
    )

    history = HistoricalRecords()
    objects = FundingSourceQuerySet.as_manager()

    class Meta:
        verbose_name = _("funding source")
        verbose_name_plural = _("funding sources")
        ordering = ["kind", "name"]
        constraints = [models.UniqueConstraint(fields=["scope", "name"], name="funding_source_once")]

    def __str__(self) -> str:
        return self.name
