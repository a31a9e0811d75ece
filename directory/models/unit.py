"""Administrative units, what follows what, and who coordinates where."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from directory.dated import Dated, DatedQuerySet

if TYPE_CHECKING:
    from directory.models.user import User


class UnitQuerySet(DatedQuerySet):
    def visible_to(self, user: User) -> UnitQuerySet:
        """Communes within the user's reach, and the units that they coordinate."""
        reach = user.reach
        return self.filter(pk__in=reach.communes | reach.scopes)

    def communes(self) -> UnitQuerySet:
        return self.filter(level=Unit.Level.COMMUNE)

    def under(self, ids: Iterable[int]) -> set[int]:
        """The ids of the units themselves and of all that ever stood under them (three levels at most)."""
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

    @property
    def short_name(self) -> str:
        """The name without its kind: “Ia Đal”."""
        for kind in ("tỉnh ", "huyện ", "xã ", "thành phố "):
            if self.name.lower().startswith(kind):
                return self.name[len(kind) :]
        return self.name


class SuccessionQuerySet(models.QuerySet):
    def predecessors(self, ids: Iterable[int], day: date) -> set[int]:
        """The ids themselves and of every row that, by ``day``, had ended in one of them."""
        found = set(ids)
        layer = set(found)
        while layer:
            rows = self.filter(successor_id__in=layer, on__lte=day).values_list("predecessor_id", flat=True)
            layer = set(rows) - found
            found |= layer
        return found


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

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="coordinations", verbose_name=_("unit"))
    agency = models.ForeignKey(
        "directory.Agency",
        models.PROTECT,
        related_name="coordinations",
        verbose_name=_("coordinating agency"),
    )

    objects = DatedQuerySet.as_manager()

    class Meta(Dated.Meta):
        verbose_name = _("coordination scope")
        verbose_name_plural = _("coordination scopes")
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(fields=["unit", "valid_from"], name="scope_once_from_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.unit}: {self.agency}"
