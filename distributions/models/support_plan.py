"""Support plans: proposals that were accepted, with what they left uncovered [plan II.2]."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Count, F, Q, Sum
from django.utils.translation import gettext_lazy as _

from directory import clock
from directory.deeds import ActionOnly
from directory.models import Unit
from distributions.models.allocation import Allocation
from donors.models import SupplyLine
from needs.models import Need

if TYPE_CHECKING:
    from directory.models import User


class SupportPlanQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> SupportPlanQuerySet:
        """Plans of the scopes that the user coordinates or leads; others see their own allocations."""
        return self.filter(scope_id__in=user.reach.scopes)

    def for_list(self) -> SupportPlanQuerySet:
        """With the number of its lines (``made``), and of those wholly taken back since (``undone``)."""
        gone = Q(lines__allocation__balance__reversed=F("lines__allocation__balance__quantity"))
        counted = self.annotate(made=Count("lines"), undone=Count("lines", filter=gone))
        return counted.select_related("scope", "accepted_by__agency").order_by("-year", "-version", "pk")


class SupportPlan(ActionOnly):
    """What was accepted at once of a proposal, for the needs of one year; the next is the next version."""

    scope = models.ForeignKey(Unit, models.PROTECT, related_name="support_plans", verbose_name=_("within"))
    year = models.PositiveSmallIntegerField(_("year"), help_text=_("of the survey rounds"))
    version = models.PositiveSmallIntegerField(_("version"))
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    accepted_at = models.DateTimeField(_("accepted at"), default=clock.now)
    proposed = models.PositiveIntegerField(_("lines proposed"), help_text=_("of which some were accepted"))
    narrowed_to = models.TextField(
        _("narrowed to"), blank=True, help_text=_("the filters of the proposal in words; empty: none")
    )
    out_of_scope_reason = models.CharField(
        _("reason for places outside the difficult communes"), max_length=300, blank=True
    )
    overlap_reason = models.CharField(
        _("reason for places that another agency serves"), max_length=300, blank=True
    )

    objects = SupportPlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("support plan")
        verbose_name_plural = _("support plans")
        ordering = ["-year", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["scope", "year", "version"], name="support_plan_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.year}/{self.version}"


class SupportPlanLineQuerySet(models.QuerySet):
    def with_names(self) -> SupportPlanLineQuerySet:
        """With all that a screen says of a line; ``planned``: what of it stands in planned distributions."""
        planned = Sum(
            "allocation__distribution_lines__planned",
            filter=Q(allocation__distribution_lines__distribution__state="planned"),
            default=0,
        )
        lines = self.annotate(planned=planned).select_related(
            "allocation__balance",
            "allocation__supply_line__custodian",
            "allocation__supply_line__pledge_line__pledge__donor",
            "allocation__supply_line__pledge_line__pledge__source",
            "allocation__need__item",
            "allocation__need__age_band",
            "allocation__need__place__unit",
            "allocation__need__round",
        )
        return lines.order_by("position")


class SupportPlanLine(ActionOnly):
    """One allocation of a plan, with the reason that the proposal gave for it, as it was read then."""

    plan = models.ForeignKey(SupportPlan, models.PROTECT, related_name="lines")
    allocation = models.OneToOneField(
        Allocation, models.PROTECT, related_name="plan_line", verbose_name=_("allocation")
    )
    position = models.PositiveIntegerField(_("order"))
    reason = models.TextField(_("reason"))

    objects = SupportPlanLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of a support plan")
        verbose_name_plural = _("lines of support plans")
        ordering = ["plan", "position"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "position"], name="support_plan_line_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.plan}: {self.allocation}"


class SupportPlanGapQuerySet(models.QuerySet):
    def with_names(self) -> SupportPlanGapQuerySet:
        gaps = self.select_related("need__item", "need__age_band", "need__place__unit", "need__round")
        return gaps.order_by("position")


class SupportPlanGap(ActionOnly):
    """A need that the proposal left uncovered in whole or in part, and why, as it stood then."""

    plan = models.ForeignKey(SupportPlan, models.PROTECT, related_name="gaps")
    need = models.ForeignKey(Need, models.PROTECT, related_name="+", verbose_name=_("need"))
    position = models.PositiveIntegerField(_("order"))
    lacking = models.PositiveIntegerField(_("lacking"))
    reason = models.TextField(_("reason"))

    objects = SupportPlanGapQuerySet.as_manager()

    class Meta:
        verbose_name = _("what a support plan left uncovered")
        verbose_name_plural = _("what support plans left uncovered")
        ordering = ["plan", "position"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "need"], name="support_plan_gap_once"),
            models.CheckConstraint(condition=Q(lacking__gt=0), name="support_plan_gap_of_something"),
        ]

    def __str__(self) -> str:
        return f"{self.plan}: {self.need}"


class SupportPlanDeclinedQuerySet(models.QuerySet):
    def with_names(self) -> SupportPlanDeclinedQuerySet:
        rows = self.select_related(
            "need__item",
            "need__age_band",
            "need__place__unit",
            "need__round",
            "supply_line__custodian",
            "supply_line__pledge_line__pledge__donor",
            "supply_line__pledge_line__pledge__source",
        )
        return rows.order_by("position")


class SupportPlanDeclined(ActionOnly):
    """A line that was shown beside the accepted ones and was not ticked, as it stood then."""

    plan = models.ForeignKey(SupportPlan, models.PROTECT, related_name="declined")
    supply_line = models.ForeignKey(
        SupplyLine, models.PROTECT, related_name="+", verbose_name=_("supply line")
    )
    need = models.ForeignKey(Need, models.PROTECT, related_name="+", verbose_name=_("need"))
    position = models.PositiveIntegerField(_("order"))
    quantity = models.PositiveIntegerField(_("quantity"))
    reason = models.TextField(_("reason"))

    objects = SupportPlanDeclinedQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of a proposal that was not accepted")
        verbose_name_plural = _("lines of proposals that were not accepted")
        ordering = ["plan", "position"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "position"], name="support_plan_declined_in_order"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="support_plan_declined_of_something"),
        ]

    def __str__(self) -> str:
        return f"{self.plan}: {self.need}"
