"""Survey rounds: the yearly review of needs, and supplementary ones after a disaster [plan II.2, II.3.3]."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from directory import clock
from directory.deeds import ActionOnly
from directory.models import Place, Unit
from directory.models.place import rank_of_kind
from needs.states import RoundState

if TYPE_CHECKING:
    from datetime import date

    from directory.models import User
    from directory.models.place import PlaceQuerySet
    from directory.models.unit import UnitQuerySet


class SurveyRoundQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> SurveyRoundQuerySet:
        """Rounds of a unit that the user coordinates, or that contains the user's own."""
        return self.filter(scope_id__in=user.reach.scopes | user.reach.around)

    def in_hand(self) -> SurveyRoundQuerySet:
        """Rounds in which somebody may still enter something: open, or reopened for a commune."""
        reopened = Reopening.objects.in_force().filter(round=models.OuterRef("pk"))
        return self.filter(Q(state=RoundState.OPEN) | Q(models.Exists(reopened)))

    def newest_first(self) -> SurveyRoundQuerySet:
        return self.order_by("-year", "-opens_on", "-pk")


class SurveyRound(ActionOnly):
    """One review of needs in all communes of ``scope`` (yearly), or in ``places`` only (supplementary)."""

    class Kind(models.TextChoices):
        YEARLY = "yearly", _("Yearly review")
        SUPPLEMENTARY = "supplementary", _("Supplementary, after a disaster")

    scope = models.ForeignKey(Unit, models.PROTECT, related_name="rounds", verbose_name=_("within"))
    kind = models.CharField(_("kind"), max_length=15, choices=Kind, default=Kind.YEARLY)
    year = models.PositiveSmallIntegerField(_("year"))
    name = models.CharField(_("name"), max_length=120)
    event = models.CharField(_("event"), max_length=200, blank=True)
    instructions = models.TextField(_("instructions"), blank=True)
    places = models.ManyToManyField(
        Place, related_name="rounds", blank=True, verbose_name=_("places"), help_text=_("empty: all")
    )
    opens_on = models.DateField(_("opens on"))
    due_on = models.DateField(_("due on"))
    asks_chair = models.BooleanField(
        _("the chair signs off"),
        default=False,
        help_text=_("each commune's chair signs its survey off before it goes to the coordinating office"),
    )
    state = models.CharField(_("state"), max_length=10, choices=RoundState, default=RoundState.OPEN)

    objects = SurveyRoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("survey round")
        verbose_name_plural = _("survey rounds")
        ordering = ["-year", "-opens_on"]
        constraints = [
            models.CheckConstraint(condition=Q(due_on__gte=F("opens_on")), name="round_dates_in_order"),
            models.UniqueConstraint(
                fields=["scope", "year"], condition=Q(kind="yearly"), name="round_yearly_once_a_year"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        return self.state == RoundState.OPEN

    @cached_property
    def reopened(self) -> dict[int, Reopening]:
        """The reopenings in force, by commune; an open round has none."""
        return {} if self.is_open else {each.commune_id: each for each in self.reopenings.in_force()}

    def is_open_for(self, commune_id: int) -> bool:
        """Whether this commune may still enter and change something."""
        return self.is_open or commune_id in self.reopened

    def due_for(self, commune_id: int) -> date:
        """The day by which this commune hands in."""
        reopening = self.reopened.get(commune_id)
        return reopening.due_on if reopening else self.due_on

    @property
    def adds_to_the_year(self) -> bool:
        """Whether its needs come on top of those of the yearly review."""
        return self.kind == self.Kind.SUPPLEMENTARY

    def communes(self) -> UnitQuerySet:
        """The communes that take part: those of the scope when the round opened, or those of ``places``."""
        communes = Unit.objects.communes().on(self.opens_on)
        if self.kind == self.Kind.SUPPLEMENTARY:
            return communes.filter(pk__in=self.places.values("unit_id"))
        return communes.filter(pk__in=Unit.objects.within([self.scope_id], self.opens_on))

    def places_in(self, communes: Iterable[int]) -> PlaceQuerySet:
        """The places to be surveyed there, as they stood when the round opened; whole commune first."""
        places = Place.objects.on(self.opens_on).filter(unit_id__in=communes)
        if self.kind == self.Kind.SUPPLEMENTARY:
            places = places.filter(rounds=self)
        return places.order_by("unit", rank_of_kind(), "order", "name")


class ReopeningQuerySet(models.QuerySet):
    def in_force(self) -> ReopeningQuerySet:
        return self.filter(ended_at__isnull=True)


class Reopening(ActionOnly):
    """A closed round, open again for one commune until somebody ends it."""

    round = models.ForeignKey(SurveyRound, models.PROTECT, related_name="reopenings")
    commune = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("commune"))
    due_on = models.DateField(_("due on"))
    reason = models.CharField(_("reason"), max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    objects = ReopeningQuerySet.as_manager()

    class Meta:
        verbose_name = _("reopening of a round")
        verbose_name_plural = _("reopenings of rounds")
        constraints = [
            models.UniqueConstraint(
                fields=["round", "commune"], condition=Q(ended_at__isnull=True), name="reopening_one_in_force"
            ),
            models.CheckConstraint(
                condition=Q(ended_by__isnull=True, ended_at__isnull=True)
                | Q(ended_by__isnull=False, ended_at__isnull=False),
                name="reopening_ended_who_and_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round} / {self.commune}"
