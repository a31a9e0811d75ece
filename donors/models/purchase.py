"""Purchases: cash that was given becomes goods; every đồng's way stays visible [plan II.4]."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from directory import clock
from directory.deeds import ActionOnly
from directory.models import Agency, Place
from donors.models.pledge import Pledge
from donors.models.pledge_line import PledgeLine
from donors.models.supply import SupplyLine
from donors.states import PurchaseState
from needs.models import AgeBand, SupportItem

if TYPE_CHECKING:
    from directory.models import User


class PurchaseQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> PurchaseQuerySet:
        """Purchases from pledges that the user sees, and those that the own agency keeps."""
        return self.filter(
            Q(cash_line__pledge__in=Pledge.objects.visible_to(user)) | Q(custodian_id__in=user.reach.agencies)
        )

    def holding_money(self) -> PurchaseQuerySet:
        """Planned ones reserve đồng, done ones spent them."""
        return self.exclude(state=PurchaseState.CANCELLED)

    def search(self, text: str) -> PurchaseQuerySet:
        """By part of the code, the pledge's code, the supplier or the invoice."""
        text = text.strip()
        return self.filter(
            Q(code__icontains=text)
            | Q(cash_line__pledge__code__icontains=text)
            | Q(supplier__icontains=text)
            | Q(invoice__icontains=text)
        )

    def overdue(self) -> PurchaseQuerySet:
        """Planned ones that were to be bought by a day that has passed."""
        return self.filter(state=PurchaseState.PLANNED, due_on__lt=clock.today())

    def for_list(self) -> PurchaseQuerySet:
        return self.select_related(
            "cash_line__pledge__donor",
            "cash_line__pledge__source",
            "item",
            "custodian",
            "place__unit",
            "age_band",
            "supply_line__balance",
        )


class Purchase(ActionOnly):
    """``quantity`` of an item bought, or to be bought, with the đồng of one cash line, e.g. MS-2025-004.

    Planned: ``reserved`` đồng are set aside and the goods may be allocated as promised. Done: ``spent``
    đồng by the invoice, the goods are received and what is left of the reservation is free again.
    """

    code = models.CharField(_("code"), max_length=20, unique=True)
    cash_line = models.ForeignKey(
        PledgeLine, models.PROTECT, related_name="purchases", verbose_name=_("paid from")
    )
    item = models.ForeignKey(SupportItem, models.PROTECT, related_name="+", verbose_name=_("support item"))
    quantity = models.PositiveIntegerField(_("quantity"))
    unit_price = models.PositiveBigIntegerField(_("price of one unit (đồng)"))
    reserved = models.PositiveBigIntegerField(_("reserved (đồng)"))
    custodian = models.ForeignKey(
        Agency, models.PROTECT, related_name="purchases", verbose_name=_("custodian")
    )
    place = models.ForeignKey(
        Place, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("for the place")
    )
    age_band = models.ForeignKey(
        AgeBand, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("for the age band")
    )
    supplier = models.CharField(_("supplier"), max_length=200, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=PurchaseState, default=PurchaseState.PLANNED)
    due_on = models.DateField(_("to be bought by"), null=True, blank=True)
    supply_line = models.OneToOneField(
        SupplyLine, models.PROTECT, related_name="purchase", verbose_name=_("supply line")
    )
    invoice = models.CharField(_("invoice"), max_length=60, blank=True, help_text=_("number and symbol"))
    invoiced_on = models.DateField(_("date of the invoice"), null=True, blank=True)
    received = models.PositiveIntegerField(_("received"), null=True, blank=True)
    spent = models.PositiveBigIntegerField(_("spent (đồng)"), null=True, blank=True)
    note = models.TextField(_("note"), blank=True)
    planned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    planned_at = models.DateTimeField(default=clock.now)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(_("done or cancelled at"), null=True)

    objects = PurchaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("purchase")
        verbose_name_plural = _("purchases")
        ordering = ["-planned_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0, reserved__gt=0), name="purchase_of_something"),
            models.CheckConstraint(
                condition=Q(closed_by__isnull=True, closed_at__isnull=True)
                | Q(closed_by__isnull=False, closed_at__isnull=False),
                name="purchase_closed_who_and_when",
            ),
            models.CheckConstraint(
                condition=Q(
                    state="done", spent__isnull=False, received__isnull=False, invoiced_on__isnull=False
                )
                & ~Q(invoice="")
                | ~Q(state="done") & Q(spent__isnull=True, received__isnull=True),
                name="purchase_done_by_invoice",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.item}"

    @property
    def is_planned(self) -> bool:
        return self.state == PurchaseState.PLANNED

    @property
    def is_overdue(self) -> bool:
        return self.is_planned and self.due_on is not None and self.due_on < clock.today()

    @property
    def used(self) -> int:
        """Đồng of the cash line that it holds: reserved while planned, spent once done."""
        return self.reserved if self.is_planned else self.spent or 0
