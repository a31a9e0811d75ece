"""Allocations: supply promised to a need, under a cap on both sides."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Min, Q, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from directory import clock
from directory.deeds import ActionOnly
from distributions.states import DistributionState
from donors.models import Pledge, SupplyLine
from needs.models import Need

if TYPE_CHECKING:
    from directory.models import User
    from distributions.models.distribution import Distribution


class AllocationQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> AllocationQuerySet:
        """Allocations to visible needs, and those of supply that the own agency mobilised or keeps."""
        reach = user.reach
        return self.filter(
            Q(need__place__unit_id__in=reach.communes, need__item__area_id__in=reach.areas)
            | Q(supply_line__custodian_id__in=reach.agencies)
            | Q(supply_line__pledge_line__pledge__mobilised_by_id__in=reach.agencies)
        )

    def open_ones(self) -> AllocationQuerySet:
        """Allocations with something not yet sent."""
        return self.filter(balance__open__gt=0)

    def plannable(self, besides: Distribution | None = None) -> AllocationQuerySet:
        """Allocations of which something is open and in no other plan; ``plannable`` says how much.

        ``besides``: a plan that is being changed; what it holds itself is free for it.
        """
        elsewhere = Q(distribution_lines__distribution__state=DistributionState.PLANNED)
        if besides is not None:
            elsewhere &= ~Q(distribution_lines__distribution=besides)
        planned = Sum("distribution_lines__planned", filter=elsewhere)
        rows = self.annotate(plannable=F("balance__open") - Coalesce(planned, 0))
        return rows.filter(plannable__gt=0)

    def waiting(self) -> AllocationQuerySet:
        """Plannable ones with their area and place, those of one place together."""
        rows = self.plannable().select_related("need__item__area", "need__place__unit")
        place = ("need__place__unit__name", "need__place__unit_id", "need__place__order", "need__place_id")
        return rows.order_by("need__item__area__order", "need__item__area_id", *place, "pk")

    def with_names(self) -> AllocationQuerySet:
        """With all that a screen says of an allocation."""
        return self.select_related(
            "balance",
            "by__agency",
            "supply_line__balance",
            "supply_line__custodian",
            "supply_line__pledge_line__pledge__donor",
            "supply_line__pledge_line__pledge__source",
            "need__balance",
            "need__round",
            "need__item__area",
            "need__age_band",
            "need__place__unit",
            "need__place__continues",
        )

    def from_giver(self, text: str) -> AllocationQuerySet:
        """Of pledges whose giver or code the text is a part of."""
        return self.filter(supply_line__pledge_line__pledge__in=Pledge.objects.search(text))

    def first_year(self) -> int | None:
        """The year in which the earliest was made."""
        first: datetime | None = self.order_by().aggregate(first=Min("at"))["first"]
        return first.year if first else None

    def overlapping(self) -> AllocationQuerySet:
        """Allocations made although another agency serves the place, with LĐTBXH's reason."""
        return self.exclude(overlap_reason="")

    def covering(self) -> AllocationQuerySet:
        """Allocations that still cover a part of their need: not wholly reversed, returned or lost."""
        return self.filter(
            Q(balance__open__gt=0) | Q(balance__in_transit__gt=0) | Q(balance__delivered__gt=0)
        )


class Allocation(ActionOnly):
    """``quantity`` of a supply line set aside for a need, in the item's unit. Never edited."""

    supply_line = models.ForeignKey(
        SupplyLine, models.PROTECT, related_name="allocations", verbose_name=_("supply line")
    )
    need = models.ForeignKey(Need, models.PROTECT, related_name="allocations", verbose_name=_("need"))
    quantity = models.PositiveIntegerField(_("quantity"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), default=clock.now)
    out_of_scope_reason = models.CharField(
        _("reason for a place outside the difficult communes"), max_length=300, blank=True
    )
    overlap_with = models.TextField(
        _("another agency serves the place"),
        blank=True,
        help_text=_("its plan, pledge or delivery, as it stood on that day"),
    )
    overlap_reason = models.CharField(
        _("reason for an overlap with another agency"), max_length=300, blank=True
    )

    objects = AllocationQuerySet.as_manager()

    class Meta:
        verbose_name = _("allocation")
        verbose_name_plural = _("allocations")
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="allocation_of_something"),
            models.CheckConstraint(
                condition=Q(overlap_with="", overlap_reason="") | ~Q(overlap_with="") & ~Q(overlap_reason=""),
                name="allocation_overlap_with_and_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.supply_line} → {self.need}"


class AllocationBalance(models.Model):
    """Where an allocation's quantity is. Moved only by guarded updates; the parts always make the whole."""

    allocation = models.OneToOneField(Allocation, models.PROTECT, related_name="balance", primary_key=True)
    quantity = models.PositiveIntegerField(_("allocated"))
    open = models.PositiveIntegerField(_("not yet sent"))
    in_transit = models.PositiveIntegerField(_("in transit"), default=0)
    delivered = models.PositiveIntegerField(_("delivered"), default=0)
    returned = models.PositiveIntegerField(_("returned to stock"), default=0)
    lost = models.PositiveIntegerField(_("lost"), default=0)
    missing = models.PositiveIntegerField(_("missing"), default=0)
    reversed = models.PositiveIntegerField(_("reversed"), default=0)

    class Meta:
        verbose_name = _("balance of an allocation")
        verbose_name_plural = _("balances of allocations")
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    quantity=F("open")
                    + F("in_transit")
                    + F("delivered")
                    + F("returned")
                    + F("lost")
                    + F("missing")
                    + F("reversed")
                ),
                name="allocation_parts_make_the_whole",
            )
        ]

    def __str__(self) -> str:
        return f"{self.delivered}/{self.quantity}"

    @property
    def covering(self) -> int:
        """What of it still covers the need."""
        return self.open + self.in_transit + self.delivered

    @property
    def ended(self) -> list[tuple[str, int]]:
        """What covers the need no more, by where it is: only what there is of."""
        return self._named("missing", "returned", "lost", "reversed")

    @property
    def whereabouts(self) -> list[tuple[str, int]]:
        """All of the quantity by where it is: only what there is of."""
        return [*self._named("delivered", "in_transit", "open"), *self.ended]

    def _named(self, *columns: str) -> list[tuple[str, int]]:
        """The columns by their names in the reader's language."""
        fields = [(self._meta.get_field(name), getattr(self, name)) for name in columns]
        return [(str(field.verbose_name), quantity) for field, quantity in fields if quantity]  # type: ignore[union-attr]


class AllocationMove(ActionOnly):
    """A ledger row of an allocation: a quantity moved on. Never edited or deleted.

    Negative in a counter-row alone: of a correction, of what is no longer missing, of a sending called back.
    """

    class Kind(models.TextChoices):
        ALLOCATE = "allocate", _("Allocated")
        REVERSE = "reverse", _("Reversed")
        SEND = "send", _("Sent")
        DELIVER = "deliver", _("Delivered")
        RETURN = "return", _("Returned to stock")
        LOSE = "lose", _("Lost")
        MISS = "miss", _("Missing")

    allocation = models.ForeignKey(Allocation, models.PROTECT, related_name="moves")
    kind = models.CharField(max_length=10, choices=Kind)
    quantity = models.IntegerField()
    distribution_line = models.ForeignKey(
        "distributions.DistributionLine", models.PROTECT, null=True, related_name="moves"
    )
    correction = models.ForeignKey(
        "distributions.DeliveryCorrection", models.PROTECT, null=True, related_name="moves"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    occurred_on = models.DateField()
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("move of an allocation")
        verbose_name_plural = _("moves of allocations")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gt=0)
                | Q(quantity__lt=0, kind__in=["miss", "send"])
                | Q(quantity__lt=0, correction__isnull=False),
                name="allocation_move_moves",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.quantity}"
