"""Survey rounds: the yearly review of needs, and supplementary ones after a disaster [plan II.2, II.3.3]."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Case, F, Q, When
from django.utils.translation import gettext_lazy as _

from directory.deeds import ActionOnly
from directory.models import Place, Unit
from needs.states import RoundState

if TYPE_CHECKING:
    from directory.models import User
    from directory.models.place import PlaceQuerySet
    from directory.models.unit import UnitQuerySet


class SurveyRoundQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> SurveyRoundQuerySet:
        """Rounds of a unit that the user coordinates, or that contains the user's own."""
        return self.filter(scope_id__in=user.reach.scopes | user.reach.around)

    def open_rounds(self) -> SurveyRoundQuerySet:
        return self.filter(state=RoundState.OPEN)


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


def rank_of_kind() -> Case:
    """The whole commune first, then villages, then schools."""
    kinds = [Place.Kind.COMMUNE, Place.Kind.VILLAGE, Place.Kind.SCHOOL, Place.Kind.SITE]
    return Case(*(When(kind=kind, then=rank) for rank, kind in enumerate(kinds)), default=len(kinds))
