"""Distributions: a lead agency brings things to a place; the commune confirms what came."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Min, Prefetch, Q
from django.utils.translation import gettext_lazy as _

from directory import clock
from directory.deeds import ActionOnly
from directory.models import Agency, Place, SupportArea
from distributions.models.allocation import Allocation
from distributions.models.correction import DeliveryCorrection
from distributions.states import DistributionState
from donors.models import FundingSource
from needs.models import AgeBand, SupportItem

if TYPE_CHECKING:
    from directory.models import User
    from distributions.models.sample import SupervisionSample


class DistributionQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> DistributionQuerySet:
        """Distributions in communes and areas within reach, and those that the own agency leads."""
        reach = user.reach
        return self.filter(
            Q(place__unit_id__in=reach.communes, area_id__in=reach.areas)
            | Q(lead_agency_id__in=reach.agencies)
        )

    def carrying(self, allocation: Allocation) -> DistributionQuerySet:
        """Those that carry goods of the allocation."""
        return self.filter(lines__allocation=allocation)

    def planned(self) -> DistributionQuerySet:
        return self.filter(state=DistributionState.PLANNED)

    def sent(self) -> DistributionQuerySet:
        """On the way: sent and not yet confirmed."""
        return self.filter(state=DistributionState.SENT)

    def confirmed(self) -> DistributionQuerySet:
        return self.filter(state=DistributionState.CONFIRMED)

    def first_year(self) -> int | None:
        """The year of the earliest planned day."""
        first: date | None = self.order_by().aggregate(first=Min("planned_on"))["first"]
        return first.year if first else None

    def sampled_in(self, sample: SupervisionSample) -> DistributionQuerySet:
        """Those that a sample took."""
        return self.filter(samples=sample).with_names().order_by("code")

    def differing_and_not_noted(self) -> DistributionQuerySet:
        """Confirmed with less than was sent or planned, or corrected, and not noted by the lead agency."""
        short = DistributionLine.objects.filter(received__lt=F("planned") - F("corrected"))
        corrected = DeliveryCorrection.objects.values("line__distribution_id")
        rows = self.confirmed().filter(difference_noted_at__isnull=True)
        return rows.filter(Q(pk__in=short.values("distribution_id")) | Q(pk__in=corrected))

    def corrected_for(self, communes: Iterable[int]) -> DistributionQuerySet:
        """Corrected on behalf of one of the communes, which has not noted it."""
        unread = DeliveryCorrection.objects.unread().values("line__distribution_id")
        return self.filter(place__unit_id__in=communes, pk__in=unread)

    def with_missing(self) -> DistributionQuerySet:
        """With goods of which nobody has decided yet whether they came back or are lost."""
        missing = DistributionLine.objects.filter(missing__gt=0)
        return self.filter(pk__in=missing.values("distribution_id"))

    def with_lines(self) -> DistributionQuerySet:
        """With what each line brings, in one query."""
        items = DistributionLine.objects.select_related("service", "allocation__need__item")
        return self.prefetch_related(Prefetch("lines", items.order_by("pk")))

    def with_names(self) -> DistributionQuerySet:
        """With all that a screen says of a distribution."""
        return self.select_related(
            "area",
            "lead_agency",
            "place__unit",
            "planned_by__agency",
            "sent_by__agency",
            "confirmed_by__agency",
            "on_behalf_of",
        )


class Distribution(ActionOnly):
    """One delivery by a lead agency to a place, in one support area, e.g. HT-2025-004."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    area = models.ForeignKey(SupportArea, models.PROTECT, related_name="+", verbose_name=_("support area"))
    lead_agency = models.ForeignKey(
        Agency, models.PROTECT, related_name="distributions", verbose_name=_("lead agency")
    )
    place = models.ForeignKey(Place, models.PROTECT, related_name="distributions", verbose_name=_("place"))
    planned_on = models.DateField(_("planned on"))
    state = models.CharField(
        _("state"), max_length=10, choices=DistributionState, default=DistributionState.PLANNED
    )
    in_scope = models.BooleanField(
        _("place is a difficult commune on that day"),
        help_text=_("as of the planned day, then of the delivery"),
    )
    planned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    planned_at = models.DateTimeField(default=clock.now)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    sent_at = models.DateTimeField(_("sent at"), null=True)
    sent_on = models.DateField(_("sent on"), null=True, help_text=_("the day on which the goods left"))
    occurred_on = models.DateField(_("delivered on"), null=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True)
    on_behalf_of = models.ForeignKey(
        Agency, models.PROTECT, null=True, related_name="+", verbose_name=_("confirmed on behalf of")
    )
    note = models.TextField(_("note"), blank=True)
    difference_noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("difference noted by"),
        help_text=_("of the lead agency, which is told of a short delivery until somebody has noted it"),
    )
    difference_noted_at = models.DateTimeField(_("difference noted at"), null=True)

    objects = DistributionQuerySet.as_manager()

    class Meta:
        verbose_name = _("distribution")
        verbose_name_plural = _("distributions")
        ordering = ["-planned_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(sent_by__isnull=True, sent_at__isnull=True, sent_on__isnull=True)
                | Q(sent_by__isnull=False, sent_at__isnull=False, sent_on__isnull=False),
                name="distribution_sent_who_and_when",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True, confirmed_at__isnull=True, occurred_on__isnull=True)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False, occurred_on__isnull=False),
                name="distribution_confirmed_who_and_when",
            ),
            models.CheckConstraint(
                condition=Q(difference_noted_by__isnull=True, difference_noted_at__isnull=True)
                | Q(difference_noted_by__isnull=False, difference_noted_at__isnull=False),
                name="distribution_difference_noted_who_and_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} – {self.place.full_name}"


class DistributionLineQuerySet(models.QuerySet):
    def listed(self, distributions: DistributionQuerySet) -> DistributionLineQuerySet:
        """The lines of ``distributions`` in the order of the list, with all that a row of a file shows."""
        lines = self.filter(distribution__in=distributions.order_by()).with_names()
        lines = lines.select_related(
            "distribution__area", "distribution__lead_agency", "distribution__place__unit"
        )
        return lines.order_by("-distribution__planned_on", "-distribution_id", "pk")

    def with_names(self) -> DistributionLineQuerySet:
        """With all that a screen says of a line, in the order of entry."""
        return (
            self.select_related(
                "distribution",
                "service",
                "funding_source",
                "allocation__supply_line__balance",
                "allocation__supply_line__pledge_line__pledge__donor",
                "allocation__supply_line__pledge_line__pledge__source",
                "allocation__need__item",
                "allocation__need__age_band",
                "allocation__need__balance",
                "allocation__need__place__unit",
            )
            .prefetch_related(
                "child_turns__age_band", "service__age_bands", "allocation__need__item__age_bands"
            )
            .order_by("pk")
        )


class DistributionLine(ActionOnly):
    """Goods of one allocation, or a service paid from a budget (check-ups, meals): exactly one of them.

    Quantities in the item's unit. ``received`` is what was confirmed and stays; ``corrected`` is the signed
    sum of its corrections. Of confirmed goods ``received + corrected + returned + lost + missing = planned``:
    ``missing`` has reopened its need and waits for the coordinating office to say what became of it.
    """

    distribution = models.ForeignKey(Distribution, models.PROTECT, related_name="lines")
    allocation = models.ForeignKey(
        Allocation, models.PROTECT, null=True, related_name="distribution_lines", verbose_name=_("allocation")
    )
    service = models.ForeignKey(
        SupportItem, models.PROTECT, null=True, related_name="+", verbose_name=_("service")
    )
    funding_source = models.ForeignKey(
        FundingSource, models.PROTECT, null=True, related_name="+", verbose_name=_("paid from")
    )
    planned = models.PositiveIntegerField(_("planned"))
    received = models.PositiveIntegerField(_("received"), null=True)
    corrected = models.IntegerField(_("corrected by"), default=0)
    returned = models.PositiveIntegerField(_("returned to stock"), default=0)
    lost = models.PositiveIntegerField(_("lost"), default=0)
    missing = models.PositiveIntegerField(_("missing"), default=0)
    difference_reason = models.CharField(_("reason of the difference"), max_length=300, blank=True)
    turns_note = models.CharField(
        _("note on many child-turns"),
        max_length=300,
        blank=True,
        help_text=_("why more children were reached than the quantity or the count of children suggests"),
    )
    unit_value = models.PositiveBigIntegerField(_("value of one unit (đồng)"), default=0)

    objects = DistributionLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("distribution line")
        verbose_name_plural = _("distribution lines")
        ordering = ["distribution", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(allocation__isnull=False, service__isnull=True, funding_source__isnull=True)
                | Q(allocation__isnull=True, service__isnull=False, funding_source__isnull=False),
                name="distribution_line_goods_or_service",
            ),
            models.CheckConstraint(condition=Q(planned__gt=0), name="distribution_line_of_something"),
            models.CheckConstraint(
                condition=Q(received__isnull=True, corrected=0, returned=0, lost=0, missing=0)
                # A comparison with null is neither true nor false, and what is not false passes a CHECK.
                | Q(
                    received__isnull=False,
                    allocation__isnull=False,
                    corrected__gte=-F("received"),
                    planned=F("received") + F("corrected") + F("returned") + F("lost") + F("missing"),
                )
                | Q(
                    received__isnull=False,
                    allocation__isnull=True,
                    corrected__gte=-F("received"),
                    planned__gte=F("received") + F("corrected"),
                    returned=0,
                    lost=0,
                    missing=0,
                ),
                name="distribution_line_adds_up",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.distribution.code}: {self.item}"

    @property
    def item(self) -> SupportItem:
        return self.allocation.need.item if self.allocation else self.service  # type: ignore[return-value]

    @property
    def arrived(self) -> int | None:
        """What was received as it stands after all corrections; None before the confirmation."""
        return None if self.received is None else self.received + self.corrected

    @property
    def value(self) -> int:
        """Whole đồng of what arrived."""
        return (self.arrived or 0) * self.unit_value

    @property
    def planned_value(self) -> int:
        """Whole đồng of what is planned."""
        return self.planned * self.unit_value


class ChildTurns(ActionOnly):
    """Lượt trẻ em of a confirmed line in an age band. They may be summed; they are not persons.

    ``turns`` is what was confirmed and stays; ``corrected`` is the signed sum of its corrections.
    """

    line = models.ForeignKey(DistributionLine, models.PROTECT, related_name="child_turns")
    age_band = models.ForeignKey(AgeBand, models.PROTECT, related_name="+", verbose_name=_("age band"))
    turns = models.PositiveIntegerField(_("child-turns"))
    corrected = models.IntegerField(_("corrected by"), default=0)

    class Meta:
        verbose_name = _("child-turns")
        verbose_name_plural = _("child-turns")
        constraints = [
            models.UniqueConstraint(fields=["line", "age_band"], name="child_turns_once"),
            models.CheckConstraint(
                condition=Q(corrected__gte=-F("turns")), name="child_turns_corrected_not_below_zero"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.age_band}: {self.standing}"

    @property
    def standing(self) -> int:
        """After all corrections."""
        return self.turns + self.corrected
