"""Corrections of a confirmed delivery: counter-rows; what was confirmed stays as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from directory import clock
from directory.deeds import ActionOnly
from directory.models import Agency
from needs.models import AgeBand

if TYPE_CHECKING:
    from distributions.models.distribution import Distribution


class DeliveryCorrectionQuerySet(models.QuerySet):
    def of(self, distribution: Distribution) -> DeliveryCorrectionQuerySet:
        """Of all lines, in the order in which they were made."""
        return self.filter(line__distribution=distribution)

    def unread(self) -> DeliveryCorrectionQuerySet:
        """Made on behalf of the commune, which has not noted them yet."""
        return self.filter(on_behalf_of__isnull=False, noted_at__isnull=True)

    def with_names(self) -> DeliveryCorrectionQuerySet:
        """With all that a screen says of a correction."""
        return self.select_related(
            "by__agency",
            "on_behalf_of",
            "noted_by",
            "line__distribution__place__unit",
            "line__service",
            "line__funding_source",
            "line__allocation__need__item",
            "line__allocation__need__age_band",
            "line__allocation__supply_line__pledge_line__pledge__donor",
            "line__allocation__supply_line__pledge_line__pledge__source",
        ).prefetch_related("turns__age_band")


class DeliveryCorrection(ActionOnly):
    """What a confirmed line said too much (negative) or too little, in the item's unit. Never edited.

    It counts on the day it was made, ``at``: in the period whose data were open then. ``noted_by``: of the
    commune, where the coordinating office made it on its behalf.
    """

    line = models.ForeignKey("distributions.DistributionLine", models.PROTECT, related_name="corrections")
    received = models.IntegerField(_("received"), default=0)
    returned = models.IntegerField(_("returned to stock"), default=0)
    lost = models.IntegerField(_("lost"), default=0)
    missing = models.IntegerField(_("missing"), default=0)
    reason = models.CharField(_("reason"), max_length=300)
    turns_note = models.CharField(_("note on many child-turns"), max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), default=clock.now)
    on_behalf_of = models.ForeignKey(
        Agency, models.PROTECT, null=True, related_name="+", verbose_name=_("on behalf of")
    )
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    noted_at = models.DateTimeField(_("noted at"), null=True)

    objects = DeliveryCorrectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("correction of a delivery")
        verbose_name_plural = _("corrections of deliveries")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                # Of goods the parts make the whole before and after; of a service only what was given moves.
                condition=Q(received=-F("returned") - F("lost") - F("missing"))
                | Q(returned=0, lost=0, missing=0),
                name="delivery_correction_adds_up",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="delivery_correction_says_why"),
            models.CheckConstraint(
                condition=Q(noted_by__isnull=True, noted_at__isnull=True)
                | Q(noted_by__isnull=False, noted_at__isnull=False),
                name="delivery_correction_noted_who_and_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line}: {self.received:+}"

    @property
    def value(self) -> int:
        """Whole đồng, signed."""
        return self.received * self.line.unit_value

    @property
    def child_turns(self) -> int:
        """Signed, over all age bands."""
        return sum(part.turns for part in self.turns.all())


class CorrectedTurns(ActionOnly):
    """Lượt trẻ em that a correction adds or takes in an age band."""

    correction = models.ForeignKey(DeliveryCorrection, models.PROTECT, related_name="turns")
    age_band = models.ForeignKey(AgeBand, models.PROTECT, related_name="+", verbose_name=_("age band"))
    turns = models.IntegerField(_("child-turns"))

    class Meta:
        verbose_name = _("corrected child-turns")
        verbose_name_plural = _("corrected child-turns")
        constraints = [
            models.UniqueConstraint(fields=["correction", "age_band"], name="corrected_turns_once"),
            models.CheckConstraint(condition=~Q(turns=0), name="corrected_turns_correct"),
        ]

    def __str__(self) -> str:
        return f"{self.age_band}: {self.turns:+}"
