"""Approved needs and their balance."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from directory import clock
from directory.deeds import ActionOnly
from directory.models import Place
from needs.models.catalogue import AgeBand, SupportItem
from needs.models.round import SurveyRound
from needs.models.survey import Survey

if TYPE_CHECKING:
    from directory.models import User


class NeedQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> NeedQuerySet:
        """Needs of communes within reach, in the areas within reach."""
        return self.filter(place__unit_id__in=user.reach.communes, item__area_id__in=user.reach.areas)

    def open_needs(self) -> NeedQuerySet:
        """Needs that are not closed and not yet covered in full."""
        return self.filter(closed_at__isnull=True, balance__covered__lt=F("balance__quantity"))

    def nameable_by(self, user: User, named: Iterable[int] = ()) -> NeedQuerySet:
        """Needs within reach that are not closed, and those already ``named``."""
        return self.filter(Q(pk__in=self.visible_to(user).filter(closed_at=None)) | Q(pk__in=named))

    def unmet(self) -> NeedQuerySet:
        """Needs that are not closed and not yet delivered in full."""
        return self.filter(closed_at__isnull=True, balance__delivered__lt=F("balance__quantity"))

    def closed_unmet(self) -> NeedQuerySet:
        return self.filter(closed_at__isnull=False)


class Need(ActionOnly):
    """What is needed at a place in a round: stable over the survey's versions. Quantities: ``balance``."""

    round = models.ForeignKey(
        SurveyRound, models.PROTECT, related_name="needs", verbose_name=_("survey round")
    )
    place = models.ForeignKey(
        Place, models.PROTECT, related_name="needs", verbose_name=_("place"), db_index=False
    )
    item = models.ForeignKey(
        SupportItem, models.PROTECT, related_name="needs", verbose_name=_("support item")
    )
    age_band = models.ForeignKey(AgeBand, models.PROTECT, related_name="needs", verbose_name=_("age band"))
    survey = models.ForeignKey(
        Survey,
        models.PROTECT,
        related_name="needs",
        verbose_name=_("survey"),
        help_text=_("the version in force"),
    )
    children = models.PositiveIntegerField(_("children"))
    girls = models.PositiveIntegerField(_("of them girls"), null=True)
    priority = models.PositiveSmallIntegerField(
        _("priority"), help_text=_("in force: the reviewer's, or else the commune's own")
    )
    stated_priority = models.PositiveSmallIntegerField(_("the commune's own priority"))
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True)
    close_reason = models.CharField(_("reason of closing"), max_length=300, blank=True)

    objects = NeedQuerySet.as_manager()

    class Meta:
        verbose_name = _("need")
        verbose_name_plural = _("needs")
        ordering = ["priority", "place", "item"]
        indexes = [models.Index(fields=["place", "priority"], name="need_at_place_by_priority")]
        constraints = [
            models.UniqueConstraint(fields=["round", "place", "item", "age_band"], name="need_once_a_round"),
            models.CheckConstraint(
                condition=Q(priority__gte=1, priority__lte=4), name="need_priority_1_to_4"
            ),
            models.CheckConstraint(
                condition=Q(stated_priority__gte=1, stated_priority__lte=4),
                name="need_stated_priority_1_to_4",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.age_band} – {self.place.full_name}"


class NeedBalance(models.Model):
    """How much of a need is asked for, covered and delivered, in the item's unit.

    A table of its own, so that saving a need can never overwrite it; moved only by guarded updates.
    ``round``, ``place`` and ``item`` repeat what the need is, which never changes: so sums over all needs
    read this narrow table alone (a third of the time of a join). ``check_ledger`` compares them.
    """

    need = models.OneToOneField(Need, models.PROTECT, related_name="balance", primary_key=True)
    round = models.ForeignKey(SurveyRound, models.PROTECT, related_name="+", db_index=False)
    place = models.ForeignKey(Place, models.PROTECT, related_name="+", db_index=False)
    item = models.ForeignKey(SupportItem, models.PROTECT, related_name="+", db_index=False)
    quantity = models.PositiveIntegerField(_("needed"), default=0)
    covered = models.PositiveIntegerField(_("covered"), default=0)
    delivered = models.PositiveIntegerField(_("delivered"), default=0)

    class Meta:
        verbose_name = _("balance of a need")
        verbose_name_plural = _("balances of needs")
        # No index over the quantities: a deed changes them in place.
        indexes = [models.Index(fields=["round", "place"], name="need_balance_of_round")]
        constraints = [
            models.CheckConstraint(
                condition=Q(covered__lte=F("quantity")),
                name="need_covered_within_need",
                violation_error_message=_("More would be allocated than is needed."),
            ),
            models.CheckConstraint(
                condition=Q(delivered__lte=F("covered")), name="need_delivered_within_covered"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.delivered}/{self.covered}/{self.quantity}"

    @classmethod
    def opening(cls, need: Need, quantity: int) -> NeedBalance:
        """A new need's balance, not yet saved: nothing covered."""
        return cls(
            need=need, round_id=need.round_id, place_id=need.place_id, item_id=need.item_id, quantity=quantity
        )

    @property
    def uncovered(self) -> int:
        return self.quantity - self.covered

    @property
    def undelivered(self) -> int:
        """Covered, but not yet delivered."""
        return self.covered - self.delivered


class NeedMove(ActionOnly):
    """A ledger row: the needed quantity went up or down by ``delta``. Never edited or deleted."""

    class Kind(models.TextChoices):
        APPROVE = "approve", _("Survey approved")
        CORRECT = "correct", _("Survey corrected")

    need = models.ForeignKey(Need, models.PROTECT, related_name="moves")
    kind = models.CharField(max_length=10, choices=Kind)
    delta = models.IntegerField()
    survey = models.ForeignKey(Survey, models.PROTECT, related_name="moves")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("move of a need")
        verbose_name_plural = _("moves of needs")
        constraints = [models.CheckConstraint(condition=~Q(delta=0), name="need_move_moves")]

    def __str__(self) -> str:
        return f"{self.need_id} {self.delta:+}"
