"""Places: whatever is surveyed or served."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, When
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from directory.dated import Dated, DatedQuerySet
from directory.models.unit import Unit
from directory.roles import Permission

if TYPE_CHECKING:
    from datetime import date

    from directory.models.user import User


class PlaceQuerySet(DatedQuerySet):
    def visible_to(self, user: User) -> PlaceQuerySet:
        """Places of communes within reach; administrators keep the whole directory."""
        if user.may(Permission.MANAGE_DIRECTORY):
            return self.all()
        return self.filter(unit_id__in=user.reach.communes)

    def villages_for(self, user: User, day: date) -> PlaceQuerySet:
        """The villages within reach in which a school may lie on ``day``."""
        villages = self.visible_to(user).on(day).filter(kind=Place.Kind.VILLAGE).select_related("unit")
        return villages.order_by("unit__name", "unit", "order", "name")

    def whole_communes_of(self, scope: Unit, day: date) -> PlaceQuerySet:
        """The communes of ``scope`` on ``day``, each as a whole: their names are no secret."""
        communes = Unit.objects.communes_of(scope, day)
        return self.on(day).filter(unit__in=communes, kind=Place.Kind.COMMUNE).select_related("unit")

    def by_commune(self) -> PlaceQuerySet:
        """Those of a commune together: the commune as a whole, its villages, schools and sites."""
        return self.select_related("unit").order_by("unit__name", "unit", rank_of_kind(), "order", "name")

    def within(self, units: Iterable[Unit]) -> PlaceQuerySet:
        """The villages, schools and sites of the units, not the communes as a whole."""
        return self.filter(unit__in=units).exclude(kind=Place.Kind.COMMUNE)


class Place(Dated):
    """A commune as a whole, a village, a school or a school site, in the commune ``unit``."""

    class Kind(models.TextChoices):
        COMMUNE = "commune", _("Whole commune")
        VILLAGE = "village", _("Village")
        SCHOOL = "school", _("School")
        SITE = "site", _("School site")

    IDENTITY = ("unit", "kind", "name")

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="places", verbose_name=_("commune"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    name = models.CharField(_("name"), max_length=120)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    continues = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="continued_by",
        verbose_name=_("continues"),
        help_text=_("the same place before its commune was merged or its name changed"),
    )
    lies_in = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="contains",
        verbose_name=_("lies in"),
        help_text=_("for a school or school site: its village, whose children are the same ones"),
    )

    objects = PlaceQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta(Dated.Meta):
        verbose_name = _("place")
        verbose_name_plural = _("places")
        ordering = ["unit", "order", "name"]
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["unit", "kind", "name", "valid_from"], name="place_once_from_a_day"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        if self.unit_id is not None and self.valid_from is not None:
            self._clean_links()

    def clean_alone(self) -> None:
        super().clean_alone()
        self._clean_links()

    def _clean_links(self) -> None:
        if self.unit.level != Unit.Level.COMMUNE or not self.unit.is_valid_on(self.valid_from):
            message = gettext(
                "%(unit)s is not a commune in existence on %(day)s. Choose another day or commune."
            )
            facts = {"unit": self.unit, "day": date_format(self.valid_from, "SHORT_DATE_FORMAT")}
            raise ValidationError({"unit": ValidationError(message % facts, code="unit_not_valid")})
        if self.lies_in is not None and (message := self._says_where_it_cannot_lie(self.lies_in)):
            raise ValidationError({"lies_in": ValidationError(message, code="lies_elsewhere")})

    def _says_where_it_cannot_lie(self, village: Place) -> str:
        """Only a school lies in a village, of its own commune and of its own time."""
        facts = {"place": self.name, "village": village.full_name, "unit": self.unit}
        if not self.is_school:
            message = gettext("%(place)s is no school, and only schools lie in a village. Leave this empty.")
            return message % facts
        if village.kind != self.Kind.VILLAGE or village.unit_id != self.unit_id:
            return gettext("%(village)s is no village of %(unit)s. Choose one of that commune.") % facts
        if not self.meets(village):
            message = gettext("%(place)s and %(village)s never existed at the same time. Choose another.")
            return message % facts
        return ""

    @property
    def is_school(self) -> bool:
        """Its children live in the villages, and are the same ones."""
        return self.kind in (self.Kind.SCHOOL, self.Kind.SITE)

    @property
    def full_name(self) -> str:
        return self.name if self.kind == self.Kind.COMMUNE else f"{self.name}, {self.unit.name}"


def rank_of_kind() -> Case:
    """Of places: the whole commune first, then villages, then schools."""
    kinds = [Place.Kind.COMMUNE, Place.Kind.VILLAGE, Place.Kind.SCHOOL, Place.Kind.SITE]
    whens = (When(kind=kind, then=rank) for rank, kind in enumerate(kinds))
    return Case(*whens, default=len(kinds))
