"""Mobilisation plans: what a unit sets out to find in a year [plan II.4, IV.1, IV.9]."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from directory import clock
from directory.deeds import ActionOnly
from directory.models import Agency, Place, SupportArea, Unit
from donors.states import PlanState
from needs.models import AgeBand, SupportItem

if TYPE_CHECKING:
    from directory.models import User


class MobilisationPlanQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> MobilisationPlanQuerySet:
        """Plans of a coordinated scope and of the own agency; approved ones of the units around and below."""
        reach = user.reach
        return self.filter(
            Q(scope_id__in=reach.scopes)
            | Q(agency_id__in=reach.agencies)
            | Q(scope_id__in=reach.around, state=PlanState.APPROVED)
        )

    def newest(self) -> MobilisationPlanQuerySet:
        """Of each agency and year the newest version among these."""
        newer = self.order_by().filter(
            agency=models.OuterRef("agency"),
            year=models.OuterRef("year"),
            version__gt=models.OuterRef("version"),
        )
        return self.exclude(models.Exists(newer))

    def versions_of(self, plan: MobilisationPlan) -> MobilisationPlanQuerySet:
        """The newest first."""
        return self.filter(agency=plan.agency_id, year=plan.year).order_by("-version")

    def waiting_for(self, user: User) -> MobilisationPlanQuerySet:
        """Those that the user may approve or return."""
        decided = Q(scope_id__in=user.reach.scopes) | Q(agency_id__in=user.reach.agencies)
        return self.filter(decided, state=PlanState.SUBMITTED).exclude(submitted_by=user)

    def returned_to(self, user: User) -> MobilisationPlanQuerySet:
        """Those that were given back to the user's own office, or that the user wrote for another."""
        own = Q(agency_id__in=user.reach.agencies) | Q(created_by=user)
        return self.filter(own, state=PlanState.DRAFT).exclude(return_reason="")

    def for_page(self) -> MobilisationPlanQuerySet:
        return self.select_related("agency__unit", "scope", "submitted_by", "approved_by")

    def for_list(self) -> MobilisationPlanQuerySet:
        """``target_count``, and ``amount``: đồng of the targets that say one, None if none does."""
        counted = self.annotate(target_count=models.Count("targets"), amount=models.Sum("targets__amount"))
        return counted.select_related("agency").order_by("-year", "agency__unit__level", "agency__name", "pk")

    def reckoned(self) -> MobilisationPlanQuerySet:
        """Of each agency and year the newest version that was handed in: what others have to reckon with."""
        newer = self.model._default_manager.filter(
            agency=models.OuterRef("agency"),
            year=models.OuterRef("year"),
            version__gt=models.OuterRef("version"),
        ).exclude(state=PlanState.DRAFT)
        return self.exclude(state=PlanState.DRAFT).exclude(models.Exists(newer))

    def in_force(self) -> MobilisationPlanQuerySet:
        """Of each agency and year the newest approved version."""
        newer = self.model._default_manager.filter(
            agency=models.OuterRef("agency"),
            year=models.OuterRef("year"),
            state=PlanState.APPROVED,
            version__gt=models.OuterRef("version"),
        )
        return self.filter(state=PlanState.APPROVED).exclude(models.Exists(newer))


class MobilisationPlan(ActionOnly):
    """What an agency (a commune, a fund, a union) plans to mobilise in a year.

    A change after the approval is the next ``version``.
    """

    scope = models.ForeignKey(
        Unit, models.PROTECT, related_name="mobilisation_plans", verbose_name=_("within")
    )
    agency = models.ForeignKey(
        Agency, models.PROTECT, related_name="mobilisation_plans", verbose_name=_("agency")
    )
    year = models.PositiveSmallIntegerField(_("year"))
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    state = models.CharField(_("state"), max_length=10, choices=PlanState, default=PlanState.DRAFT)
    note = models.TextField(_("note"), blank=True)
    edits = models.PositiveIntegerField(default=0, help_text="goes up with each save of its targets")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField(_("submitted at"), null=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(_("approved at"), null=True)
    return_reason = models.TextField(_("reason of the return"), blank=True)

    objects = MobilisationPlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("mobilisation plan")
        verbose_name_plural = _("mobilisation plans")
        ordering = ["-year", "agency", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["agency", "year", "version"], name="plan_version_once"),
            models.UniqueConstraint(
                fields=["agency", "year"], condition=~Q(state="approved"), name="plan_one_open_version"
            ),
            models.CheckConstraint(
                condition=Q(submitted_by__isnull=True, submitted_at__isnull=True)
                | Q(submitted_by__isnull=False, submitted_at__isnull=False),
                name="plan_submitted_who_and_when",
            ),
            models.CheckConstraint(
                condition=Q(state="approved", approved_by__isnull=False, approved_at__isnull=False)
                | ~Q(state="approved") & Q(approved_by__isnull=True, approved_at__isnull=True),
                name="plan_approved_who_and_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency} {self.year}"


class MobilisationTargetQuerySet(models.QuerySet):
    def for_page(self) -> MobilisationTargetQuerySet:
        """In the order of the catalogue, an area as a whole before its items."""
        rows = self.select_related("area", "item__area", "place__unit", "age_band")
        item = models.F("item__order").asc(nulls_first=True)
        return rows.order_by("area__order", item, "item__code", "source_kind", "pk")


class MobilisationTarget(ActionOnly):
    """One line of a plan: for an area, or an item of it, from one kind of source.

    ``children`` are persons, ``quantity`` counts in the item's unit, ``amount`` is whole đồng. ``place`` and
    ``age_band``: where the unit plans it for one of them; two units that plan the same are warned.
    """

    class SourceKind(models.TextChoices):
        GIFT = "gift", _("Donors")
        FUND = "fund", _("Fund")
        CENTRAL_BUDGET = "central_budget", _("Central budget")
        LOCAL_BUDGET = "local_budget", _("Local budget")

    plan = models.ForeignKey(MobilisationPlan, models.CASCADE, related_name="targets")
    area = models.ForeignKey(SupportArea, models.PROTECT, related_name="+", verbose_name=_("support area"))
    item = models.ForeignKey(
        SupportItem, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("support item")
    )
    source_kind = models.CharField(_("source"), max_length=15, choices=SourceKind, default=SourceKind.GIFT)
    place = models.ForeignKey(
        Place, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("place")
    )
    age_band = models.ForeignKey(
        AgeBand, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("age band")
    )
    children = models.PositiveIntegerField(_("children"), null=True, blank=True)
    quantity = models.PositiveIntegerField(_("quantity"), null=True, blank=True)
    amount = models.PositiveBigIntegerField(_("amount (đồng)"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)

    objects = MobilisationTargetQuerySet.as_manager()

    class Meta:
        verbose_name = _("target of a mobilisation plan")
        verbose_name_plural = _("targets of mobilisation plans")
        ordering = ["plan", "area", "item", "pk"]
        constraints = [
            models.UniqueConstraint(
                "plan",
                "area",
                "source_kind",
                Coalesce("item", 0),
                Coalesce("place", 0),
                Coalesce("age_band", 0),
                name="target_once_in_a_plan",
            ),
            models.CheckConstraint(
                condition=Q(quantity__isnull=True) | Q(item__isnull=False),
                name="target_quantity_of_an_item",
            ),
            models.CheckConstraint(
                condition=Q(children__isnull=False) | Q(quantity__isnull=False) | Q(amount__isnull=False),
                name="target_says_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan}: {self.item or self.area}"
