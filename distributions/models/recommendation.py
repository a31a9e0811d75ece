"""What a supervision visit asks an agency to do, followed until it is closed [plan II.3.3]."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from directory import clock
from directory.deeds import ActionOnly
from directory.models import Agency
from distributions.models.visit import SupervisionVisit
from distributions.states import RecommendationState

if TYPE_CHECKING:
    from directory.models import User


class RecommendationQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> RecommendationQuerySet:
        return self.filter(
            Q(visit__in=SupervisionVisit.objects.visible_to(user)) | Q(owner_id__in=user.reach.agencies)
        )

    def of(self, visit: SupervisionVisit) -> RecommendationQuerySet:
        return self.filter(visit=visit)

    def unanswered(self) -> RecommendationQuerySet:
        return self.filter(state=RecommendationState.OPEN)

    def answered(self) -> RecommendationQuerySet:
        """Answered, and nobody has said whether that is enough."""
        return self.filter(state=RecommendationState.ANSWERED)

    def followed(self) -> RecommendationQuerySet:
        """Not closed yet."""
        return self.exclude(state=RecommendationState.CLOSED)

    def overdue(self) -> RecommendationQuerySet:
        return self.followed().filter(due_on__lt=clock.today())

    def with_names(self) -> RecommendationQuerySet:
        return self.select_related("visit__place__unit", "visit__distribution", "owner", "made_by__agency")


class Recommendation(ActionOnly):
    """One thing that ``owner`` is to do until ``due_on``. Its answers stand in its history too."""

    visit = models.ForeignKey(
        SupervisionVisit, models.PROTECT, related_name="recommendations", verbose_name=_("supervision visit")
    )
    text = models.CharField(_("recommendation"), max_length=500)
    owner = models.ForeignKey(
        Agency, models.PROTECT, related_name="recommendations", verbose_name=_("who is to do it")
    )
    due_on = models.DateField(_("due on"))
    state = models.CharField(
        _("state"), max_length=10, choices=RecommendationState, default=RecommendationState.OPEN
    )
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=clock.now)
    answer = models.CharField(_("answer"), max_length=500, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(_("answered at"), null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(_("closed at"), null=True)

    objects = RecommendationQuerySet.as_manager()

    class Meta:
        verbose_name = _("recommendation")
        verbose_name_plural = _("recommendations")
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_by__isnull=True, answered_at__isnull=True, answer="")
                | Q(answered_by__isnull=False, answered_at__isnull=False) & ~Q(answer=""),
                name="recommendation_answered_who_and_when",
            ),
            models.CheckConstraint(
                condition=Q(closed_by__isnull=True, closed_at__isnull=True) & ~Q(state="closed")
                | Q(closed_by__isnull=False, closed_at__isnull=False, state="closed"),
                name="recommendation_closed_who_and_when",
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def is_overdue(self) -> bool:
        return self.state != RecommendationState.CLOSED and self.due_on < clock.today()
