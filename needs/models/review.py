"""What is said about a survey: notes on warnings, comments on its rows, opinions of lead agencies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from directory import clock
from directory.deeds import ActionOnly
from directory.models import Agency, Place, SupportArea
from directory.roles import Permission
from needs.models.survey import Survey
from needs.states import SurveyState

if TYPE_CHECKING:
    from directory.models import User


class CheckNote(ActionOnly):
    """What the commune says to a warning. It answers the warning as long as its ``figures`` stand.

    ``section``: "children" or an area's code, as in a ``Finding``.
    """

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="notes")
    check_code = models.CharField(max_length=40)
    section = models.CharField(max_length=40)
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    cell = models.CharField(max_length=40)
    figures = models.CharField(max_length=200)
    text = models.CharField(_("note"), max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("note on a warning")
        verbose_name_plural = _("notes on warnings")
        constraints = [
            models.UniqueConstraint(
                fields=["survey", "check_code", "section", "place", "cell"], name="check_note_once"
            )
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def key(self) -> str:
        """The ``key`` of the finding that the note is on."""
        return f"{self.check_code}:{self.section}:{self.place_id}.{self.cell}"


class RowCommentQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> RowCommentQuerySet:
        """Comments on surveys within reach, in the areas within reach; on child counts where all are."""
        areas = Q(area__in=user.reach.areas)
        if not user.may(Permission.GIVE_OPINION):
            areas |= Q(area__isnull=True)
        return self.filter(areas, survey__commune_id__in=user.reach.communes)


class RowComment(ActionOnly):
    """A remark on one row, by who reviews or who fills in. Never edited; settled when it is dealt with.

    ``area`` empty: the child counts of the place.
    """

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="comments")
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    area = models.ForeignKey(SupportArea, models.PROTECT, null=True, related_name="+")
    text = models.CharField(_("comment"), max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)

    objects = RowCommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment on a row")
        verbose_name_plural = _("comments on rows")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(settled_by__isnull=True, settled_at__isnull=True)
                | Q(settled_by__isnull=False, settled_at__isnull=False),
                name="row_comment_settled_who_and_when",
            )
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def is_open(self) -> bool:
        return self.settled_at is None


class OpinionQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> OpinionQuerySet:
        """Opinions on surveys and areas within reach."""
        return self.filter(survey__commune_id__in=user.reach.communes, area_id__in=user.reach.areas)

    def waiting(self) -> OpinionQuerySet:
        return self.filter(given_at__isnull=True)

    def in_review(self) -> OpinionQuerySet:
        """On surveys that lie with the coordinating office now."""
        return self.filter(survey__in=Survey.objects.in_hand().filter(state=SurveyState.SUBMITTED))

    def to_read_by(self, user: User) -> OpinionQuerySet:
        """On surveys that the user may decide on: neither submitted nor typed by them."""
        return self.filter(survey__in=Survey.objects.to_review_by(user))


class Opinion(ActionOnly):
    """What the lead agency of an area thinks of a survey's needs there, where it was asked [plan II.2]."""

    class Verdict(models.TextChoices):
        AGREES = "agrees", _("Agrees")
        WITH_CHANGES = "with_changes", _("Agrees with changes")
        DISAGREES = "disagrees", _("Does not agree")

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="opinions")
    area = models.ForeignKey(SupportArea, models.PROTECT, related_name="+", verbose_name=_("support area"))
    agency = models.ForeignKey(
        Agency, models.PROTECT, related_name="+", verbose_name=_("lead agency"), help_text=_("who was asked")
    )
    question = models.CharField(_("question"), max_length=500, blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    verdict = models.CharField(_("opinion"), max_length=15, choices=Verdict, blank=True)
    text = models.TextField(_("reasons"), blank=True)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    given_at = models.DateTimeField(null=True)

    objects = OpinionQuerySet.as_manager()

    class Meta:
        verbose_name = _("opinion")
        verbose_name_plural = _("opinions")
        ordering = ["area__order"]
        constraints = [
            models.UniqueConstraint(fields=["survey", "area"], name="opinion_once_an_area"),
            models.CheckConstraint(
                condition=Q(given_by__isnull=True, given_at__isnull=True, verdict="")
                | Q(given_by__isnull=False, given_at__isnull=False) & ~Q(verdict=""),
                name="opinion_given_who_and_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.survey} / {self.area}"

    @property
    def is_outdated(self) -> bool:
        """Given on what the survey said before it was returned."""
        if self.given_at is None or self.survey.submitted_at is None:
            return False
        in_review = self.survey.state in (SurveyState.SUBMITTED, SurveyState.APPROVED)
        return not in_review or self.given_at < self.survey.submitted_at

    @property
    def is_outstanding(self) -> bool:
        """Asked, and not (or no longer) answered."""
        return self.given_at is None or self.is_outdated
