"""A random sample of deliveries to look at: it says how it was drawn, and can be drawn again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from directory import clock
from directory.deeds import ActionOnly
from directory.models import Unit
from distributions.models.distribution import Distribution

if TYPE_CHECKING:
    from directory.models import User


class SupervisionSampleQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> SupervisionSampleQuerySet:
        return self.filter(scope_id__in=user.reach.scopes)

    def that_drew(self, distribution: Distribution) -> SupervisionSampleQuerySet:
        return self.filter(distributions=distribution)

    def offered_to(
        self, user: User, distribution: Distribution, own: int | None
    ) -> SupervisionSampleQuerySet:
        """Those within reach that drew the delivery; and the one that its visit has (``own``: its id)."""
        return self.filter(Q(pk__in=self.visible_to(user).that_drew(distribution)) | Q(pk=own))

    def newest(self) -> SupervisionSampleQuerySet:
        """The last ten, for the page that draws another."""
        return self.select_related("scope", "by__agency")[:10]


class SupervisionSample(ActionOnly):
    """``size`` of the ``population`` deliveries of some days, drawn with ``seed`` (see ``sample.py``)."""

    scope = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("within"))
    from_on = models.DateField(_("delivered from"))
    to_on = models.DateField(_("delivered until"))
    seed = models.PositiveIntegerField(_("seed"))
    size = models.PositiveSmallIntegerField(_("size of the sample"))
    population = models.PositiveIntegerField(_("deliveries to draw from"))
    distributions: models.ManyToManyField = models.ManyToManyField(
        Distribution, related_name="samples", verbose_name=_("distributions")
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), default=clock.now)

    objects = SupervisionSampleQuerySet.as_manager()

    class Meta:
        verbose_name = _("sample of deliveries")
        verbose_name_plural = _("samples of deliveries")
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(size__lte=F("population")), name="sample_within_population"),
            models.CheckConstraint(condition=Q(from_on__lte=F("to_on")), name="sample_days_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.size}/{self.population} ({self.seed})"
