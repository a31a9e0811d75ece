"""Supervision visits: who looked at what, when, and what they found [plan II.3.3]."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from directory import clock
from directory.deeds import ActionOnly
from directory.models import Place, SupportArea
from distributions.models.checklist import ChecklistItem
from distributions.models.distribution import Distribution
from distributions.models.sample import SupervisionSample
from distributions.states import VisitState

if TYPE_CHECKING:
    from directory.models import User
    from distributions.models.recommendation import Recommendation


class SupervisionVisitQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> SupervisionVisitQuerySet:
        """Visits to communes and areas within reach, and those that ask something of the own agency."""
        reach = user.reach
        return self.filter(
            Q(place__unit_id__in=reach.communes) & (Q(area__isnull=True) | Q(area_id__in=reach.areas))
            | Q(pk__in=SupervisionVisit.asking(reach.agencies))
        )

    def planned(self) -> SupervisionVisitQuerySet:
        return self.filter(state=VisitState.PLANNED)

    def done(self) -> SupervisionVisitQuerySet:
        return self.filter(state=VisitState.DONE)

    def that_made(self, recommendation: Recommendation) -> SupervisionVisitQuerySet:
        return self.filter(pk=recommendation.visit_id)

    def standing(self) -> SupervisionVisitQuerySet:
        """Planned or done: what was cancelled looks at nothing."""
        return self.exclude(state=VisitState.CANCELLED)

    def for_list(self) -> SupervisionVisitQuerySet:
        """With all that a row of the list shows: ``wrong`` findings and ``asked`` recommendations counted."""
        wrong = Count("findings", Q(findings__answer=Finding.Answer.NO), distinct=True)
        asked = Count("recommendations", distinct=True)
        return self.with_names().annotate(wrong=wrong, asked=asked).order_by("-planned_on", "-pk")

    def with_names(self) -> SupervisionVisitQuerySet:
        """With all that a screen says of a visit."""
        return self.select_related(
            "place__unit",
            "area",
            "distribution__lead_agency",
            "sample",
            "planned_by__agency",
            "done_by__agency",
        )


class SupervisionVisit(ActionOnly):
    """A visit to a place, or to look at one distribution there, e.g. GS-2025-003.

    ``area``: of the distribution; none for a visit that looks at everything. ``sample``: if it was drawn.
    """

    code = models.CharField(_("code"), max_length=20, unique=True)
    place = models.ForeignKey(Place, models.PROTECT, related_name="visits", verbose_name=_("place"))
    area = models.ForeignKey(
        SupportArea, models.PROTECT, null=True, related_name="+", verbose_name=_("support area")
    )
    distribution = models.ForeignKey(
        Distribution, models.PROTECT, null=True, related_name="visits", verbose_name=_("distribution")
    )
    sample = models.ForeignKey(
        SupervisionSample, models.PROTECT, null=True, related_name="visits", verbose_name=_("sample")
    )
    planned_on = models.DateField(_("planned on"))
    team = models.CharField(
        _("who goes"), max_length=300, help_text=_("officials and their agencies; never a child's name")
    )
    state = models.CharField(_("state"), max_length=10, choices=VisitState, default=VisitState.PLANNED)
    planned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    planned_at = models.DateTimeField(default=clock.now)
    done_on = models.DateField(_("visited on"), null=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    done_at = models.DateTimeField(_("entered at"), null=True)
    conclusion = models.TextField(_("conclusion"), blank=True)

    objects = SupervisionVisitQuerySet.as_manager()

    class Meta:
        verbose_name = _("supervision visit")
        verbose_name_plural = _("supervision visits")
        ordering = ["-planned_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(done_by__isnull=True, done_at__isnull=True, done_on__isnull=True)
                | Q(done_by__isnull=False, done_at__isnull=False, done_on__isnull=False),
                name="visit_done_who_and_when",
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} – {self.place.full_name}"

    @staticmethod
    def asking(agencies: frozenset[int]) -> models.QuerySet:
        """The ids of visits with a recommendation to one of the agencies."""
        from distributions.models.recommendation import Recommendation

        return Recommendation.objects.filter(owner_id__in=agencies).values("visit_id")


class Finding(ActionOnly):
    """The answer to one question of the checklist, in the words that were asked."""

    class Answer(models.TextChoices):
        YES = "yes", _("in order")
        NO = "no", _("not in order")
        NOT_LOOKED_AT = "none", _("not looked at")

    visit = models.ForeignKey(SupervisionVisit, models.PROTECT, related_name="findings")
    item = models.ForeignKey(ChecklistItem, models.PROTECT, related_name="+")
    question = models.CharField(_("question"), max_length=300)
    answer = models.CharField(_("answer"), max_length=5, choices=Answer)
    note = models.CharField(_("note"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["visit", "item"], name="finding_once")]

    def __str__(self) -> str:
        return f"{self.question}: {self.answer}"
