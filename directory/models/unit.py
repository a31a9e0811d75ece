"""Administrative units, what follows what, and who coordinates where."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from directory.dated import Dated, DatedQuerySet
from directory.roles import Permission

if TYPE_CHECKING:
    from directory.models.user import User


class UnitQuerySet(DatedQuerySet):
    def visible_to(self, user: User) -> UnitQuerySet:
        """Communes within the user's reach, and the units that they coordinate; administrators: all."""
        if user.may(Permission.MANAGE_DIRECTORY):
            return self.all()
        reach = user.reach
        return self.filter(pk__in=reach.communes | reach.scopes)

    def communes(self) -> UnitQuerySet:
        return self.filter(level=Unit.Level.COMMUNE)

    def communes_of(self, scope: Unit, day: date) -> UnitQuerySet:
        """The communes in existence on ``day`` under ``scope`` or under what had ended in it by then."""
        return self.communes().on(day).filter(pk__in=self.within([scope.pk], day))

    def within(self, ids: Iterable[int], day: date) -> set[int]:
        """The ids of the units, of what stood under them or under what had ended in them by ``day``, and of
        what those had absorbed from elsewhere."""
        from directory.atlas import Atlas

        return Atlas.on(day).within(ids)

    def around(self, ids: Iterable[int], day: date) -> set[int]:
        """The ids of the units, of all those above them, and of what had taken the place of those above
        by ``day``."""
        from directory.atlas import Atlas

        return Atlas.on(day).around(ids)

    def under(self, ids: Iterable[int]) -> set[int]:
        """The ids of the units themselves and of all that ever stood under them."""
        found = set(ids)
        layer = set(found)
        while layer:
            layer = set(Unit.objects.filter(parent_id__in=layer).values_list("pk", flat=True)) - found
            found |= layer
        return found


class Unit(Dated):
    """A province, district or commune, as it is called from ``valid_from`` to ``valid_to``.

    Identity is our own id: codes are reused after a merger (23538 is Ia Tơi before and after it absorbed
    Ia Dom) and names repeat across provinces.
    """

    class Level(models.TextChoices):
        PROVINCE = "province", _("Province")
        DISTRICT = "district", _("District")
        COMMUNE = "commune", _("Commune")

    IDENTITY = ("code",)

    level = models.CharField(_("level"), max_length=10, choices=Level)
    code = models.CharField(_("GSO code"), max_length=10)
    name = models.CharField(_("name"), max_length=100, help_text=_("with its kind, e.g. “xã Ia Đal”"))
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("superior unit"),
    )

    objects = UnitQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta(Dated.Meta):
        verbose_name = _("administrative unit")
        verbose_name_plural = _("administrative units")
        ordering = ["level", "code", "valid_from"]
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(fields=["code", "valid_from"], name="unit_code_once_from_a_day"),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        self._clean_parent()

    def clean_alone(self) -> None:
        super().clean_alone()
        self._clean_parent()

    def _clean_parent(self) -> None:
        levels = list(Unit.Level.values)
        if self.parent is None or self.level not in levels:
            return
        if levels.index(self.parent.level) >= levels.index(self.level):
            message = gettext("%(parent)s does not stand above %(unit)s. Choose a unit of a higher level.")
            raise ValidationError({"parent": message % {"parent": self.parent, "unit": self}})

    def parent_on(self, day: date) -> Unit | None:
        """The superior unit on ``day``, or what had taken its place by then."""
        return None if self.parent is None else Succession.objects.heir_of(self.parent, day)

    @property
    def short_name(self) -> str:
        """The name without its kind: “Ia Đal”."""
        for kind in ("tỉnh ", "huyện ", "xã ", "thành phố "):
            if self.name.lower().startswith(kind):
                return self.name[len(kind) :]
        return self.name


class SuccessionQuerySet(models.QuerySet):
    """Questions to a succession, of units or of agencies."""

    def newest_first(self) -> SuccessionQuerySet:
        return self.select_related("predecessor", "successor").order_by("-on", "pk")

    def by(self, day: date) -> SuccessionQuerySet:
        """Those that had taken place by ``day``."""
        return self.filter(on__lte=day)

    def predecessors(self, ids: Iterable[int], day: date) -> set[int]:
        """The ids themselves and of every row that, by ``day``, had ended in one of them."""
        return self._follow("successor_id", "predecessor_id", ids, day)

    def successors(self, ids: Iterable[int], day: date) -> set[int]:
        """The ids themselves and of every row that one of them had ended in by ``day``."""
        return self._follow("predecessor_id", "successor_id", ids, day)

    def _follow(self, source: str, target: str, ids: Iterable[int], day: date) -> set[int]:
        found = set(ids)
        layer = set(found)
        while layer:
            rows = self.filter(**{f"{source}__in": layer}, on__lte=day).values_list(target, flat=True)
            layer = set(rows) - found
            found |= layer
        return found

    def heir_of(self, row: Any, day: date) -> Any:
        """``row`` itself if it is valid on ``day`` or has no successor; else the one that took its place."""
        seen = {row.pk}
        while not row.is_valid_on(day):
            steps = self.filter(predecessor=row, on__lte=day).exclude(successor_id__in=seen)
            step: Any = steps.order_by("on", "pk").first()
            if step is None:
                return row
            row = step.successor
            seen.add(row.pk)
        return row


class Succession(models.Model):
    """``predecessor`` went into ``successor`` on a day; ``share`` in percent of its people, if split."""

    predecessor = models.ForeignKey(Unit, models.PROTECT, related_name="successions")
    successor = models.ForeignKey(Unit, models.PROTECT, related_name="predecessions")
    on = models.DateField(_("on"))
    share = models.PositiveSmallIntegerField(_("share (%)"), default=100)

    objects = SuccessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("succession of units")
        verbose_name_plural = _("successions of units")
        constraints = [
            models.UniqueConstraint(fields=["predecessor", "successor"], name="succession_once"),
            models.CheckConstraint(condition=~Q(predecessor=F("successor")), name="succession_between_two"),
            models.CheckConstraint(
                condition=Q(share__gte=1, share__lte=100), name="succession_share_percent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor} → {self.successor}"


class CoordinationScope(Dated):
    """Within ``unit`` the child support is coordinated by ``agency`` [plan IV.1]."""

    IDENTITY = ("unit",)

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="coordinations", verbose_name=_("unit"))
    agency = models.ForeignKey(
        "directory.Agency",
        models.PROTECT,
        related_name="coordinations",
        verbose_name=_("coordinating agency"),
    )

    objects = DatedQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta(Dated.Meta):
        verbose_name = _("coordination scope")
        verbose_name_plural = _("coordination scopes")
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(fields=["unit", "valid_from"], name="scope_once_from_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.unit}: {self.agency}"
