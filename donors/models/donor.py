"""Donors and the other sources that support may come from."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from directory.models import Agency, SupportArea, Unit
from directory.text import unaccented
from donors.numbers import grouped
from needs.models import SupportItem

if TYPE_CHECKING:
    from datetime import date

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

    def standing(self) -> DonorQuerySet:
        """Without the entries that were merged into another."""
        return self.filter(merged_into__isnull=True)

    def apart_from(self, donor: Donor | None) -> DonorQuerySet:
        return self.exclude(pk=donor.pk) if donor else self

    def for_page(self) -> DonorQuerySet:
        return self.select_related("registered_by", "scope", "merged_into")

    def search(self, text: str) -> DonorQuerySet:
        """By part of the name (without diacritics), of the tax code or of the telephone number.

        An entry is also found by what was typed into one that was merged into it.
        """
        found = Q(name_key__contains=unaccented(text)) | Q(tax_code__contains=text.strip())
        if PHONE.fullmatch(text.strip()):
            found |= Q(phone__contains=phone_key(text))
        return self._or_merged(found)

    def registered_in(self, scopes: Iterable[Unit]) -> DonorQuerySet:
        """Whoever stands in the registry of one of the units, once: those merged into another do not."""
        return self.filter(scope__in=scopes, merged_into__isnull=True).order_by("name_key", "pk")

    def with_pledge_count(self, user: User) -> DonorQuerySet:
        """``pledge_count``: the pledges that the user sees."""
        from donors.models.pledge import Pledge

        seen = Pledge.objects.visible_to(user).filter(donor=models.OuterRef("pk")).order_by()
        counted = seen.values("donor").annotate(counted=models.Count("pk")).values("counted")
        return self.annotate(pledge_count=Coalesce(models.Subquery(counted), 0))

    def like(self, scope: Unit, *, name: str, tax_code: str = "", phone: str = "") -> DonorQuerySet:
        """Likely the same giver: the same name without diacritics, tax code or telephone number."""
        same = _same(name, tax_code, phone)
        return self._or_merged(same).standing().filter(scope=scope).select_related("registered_by")

    def resembling(self, scope: Unit, *, name: str, tax_code: str = "", phone: str = "") -> DonorQuerySet:
        """Those that are ``like``, and those whose name holds the same words but for the legal form."""
        found = _same(name, tax_code, phone) | _holds_the_words(core_of(name))
        donors = self._or_merged(found).standing().filter(scope=scope)
        return donors.select_related("registered_by").order_by("name_key", "pk")

    def alike(self, donor: Donor) -> DonorQuerySet:
        """Others that may be the same as ``donor``."""
        found = self.resembling(donor.scope, name=donor.name, tax_code=donor.tax_code, phone=donor.phone)
        return found.apart_from(donor)

    def _or_merged(self, found: Q) -> DonorQuerySet:
        """Of which ``found`` is true, or is true of an entry that was merged into them."""
        merged = self.model._default_manager.filter(found, merged_into__isnull=False)
        return self.filter(found | Q(pk__in=merged.values("merged_into")))


# What the name of an enterprise says of its legal form, as people do and do not type it.
LEGAL_FORMS = re.compile(
    r"\b(cong ty|cty|tnhh|co phan|cp|mtv|mot thanh vien|doanh nghiep tu nhan|dntn|hop tac xa|htx)\b"
)
SHORTEST_CORE = 5


def core_of(name: str) -> str:
    """“Công ty TNHH MTV Đại Phát” → “dai phat”; empty if too little is left to tell anyone by."""
    core = " ".join(LEGAL_FORMS.sub(" ", unaccented(name)).split())
    return core if len(core) >= SHORTEST_CORE else ""


def _same(name: str, tax_code: str, phone: str) -> Q:
    same = Q(name_key=unaccented(name))
    if code := tax_key(tax_code):
        same |= Q(tax_code=code)
    if number := phone_key(phone):
        same |= Q(phone=number)
    return same


def _holds_the_words(core: str) -> Q:
    """Whole words only: “nguyen van an” is not “nguyen van anh”."""
    if not core:
        return Q(pk__in=[])
    ends = Q(name_key__startswith=f"{core} ") | Q(name_key__endswith=f" {core}")
    return Q(name_key=core) | ends | Q(name_key__contains=f" {core} ")


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
        indexes = [models.Index(fields=["name_key", "id"], name="donor_by_name")]
        constraints = [
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=models.F("id")),
                name="donor_not_merged_into_itself",
            )
        ]

    def __str__(self) -> str:
        return self.name


class DonorContactQuerySet(models.QuerySet):
    def for_page(self) -> DonorContactQuerySet:
        return self.order_by("order", "pk")


class DonorContact(models.Model):
    """Whom to ask at a donor: an office and how to reach it, with a name if the donor gave one."""

    donor = models.ForeignKey(Donor, models.CASCADE, related_name="contacts", verbose_name=_("donor"))
    name = models.CharField(_("name"), max_length=120, blank=True)
    office = models.CharField(_("office"), max_length=120, blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    order = models.PositiveSmallIntegerField(default=0)

    history = HistoricalRecords()
    objects = DonorContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact of a donor")
        verbose_name_plural = _("contacts of donors")
        ordering = ["donor", "order", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(name="", office=""), name="donor_contact_is_somebody")
        ]

    def __str__(self) -> str:
        return self.name or self.office

    @property
    def in_words(self) -> str:
        return ", ".join(filter(None, (self.office, self.name, self.phone, self.email)))


class DonorCapacityQuerySet(models.QuerySet):
    def for_page(self) -> DonorCapacityQuerySet:
        """In the order of the catalogue, an area as a whole before its items."""
        rows = self.select_related("area", "item__area")
        return rows.order_by("area__order", models.F("item__order").asc(nulls_first=True), "pk")


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
    objects = DonorCapacityQuerySet.as_manager()

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

    @property
    def in_words(self) -> str:
        """“Áo ấm: 500 chiếc, 75.000.000 đồng”."""
        said = []
        if self.quantity is not None and self.item:
            said.append(f"{grouped(self.quantity)} {self.item.unit}")
        if self.amount is not None:
            said.append(gettext("%(amount)s đồng") % {"amount": grouped(self.amount)})
        return f"{self.item or self.area}: {', '.join(filter(None, (*said, self.note)))}"


class FundingSourceQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> FundingSourceQuerySet:
        """Funds and budgets of a coordinated scope, and those that the own agency keeps."""
        return self.filter(Q(scope_id__in=user.reach.scopes) | Q(agency_id__in=user.reach.agencies))

    def open_on(self, day: date) -> FundingSourceQuerySet:
        """Those of which something new may be recorded."""
        return self.filter(Q(closed_on__isnull=True) | Q(closed_on__gt=day))

    def for_support(self) -> FundingSourceQuerySet:
        """Without management cost, which helps no child directly and is reported apart [plan III]."""
        return self.exclude(kind=FundingSource.Kind.MANAGEMENT)

    def for_list(self, user: User) -> FundingSourceQuerySet:
        """``pledge_count``: the pledges that the user sees."""
        from donors.models.pledge import Pledge

        seen = Q(pledges__in=Pledge.objects.visible_to(user))
        rows = self.select_related("agency", "scope").annotate(
            pledge_count=models.Count("pledges", filter=seen)
        )
        return rows.order_by("kind", "name")


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

    @property
    def is_management(self) -> bool:
        return self.kind == self.Kind.MANAGEMENT

    def is_closed_on(self, day: date) -> bool:
        return self.closed_on is not None and self.closed_on <= day
