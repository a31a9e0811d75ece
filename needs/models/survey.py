"""What a commune says in a round, version by version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from directory import clock
from directory.deeds import ActionOnly
from directory.models import Agency, HistoryEntry, Place, SupportArea, Unit
from documents.models import WorkbookImport
from needs.models.catalogue import AgeBand, Subgroup, SupportItem
from needs.models.round import Reopening, SurveyRound
from needs.states import EDITABLE, SURVEY_TONES, RoundState, SurveyState

if TYPE_CHECKING:
    from datetime import date

    from directory.models import User

# In the history of a survey: a row that a colleague had typed on the commune's behalf was saved by another.
TAKE_OVER = "take_over_row"


class SurveyQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> SurveyQuerySet:
        """Surveys of communes within reach, by anyone who leads at least one area or owns the survey."""
        return self.filter(commune_id__in=user.reach.communes)

    def approved(self) -> SurveyQuerySet:
        return self.filter(state=SurveyState.APPROVED)

    def in_hand(self) -> SurveyQuerySet:
        """Those whose round is open for their commune (``is_open_for``)."""
        reopened = Reopening.objects.in_force().filter(
            round=models.OuterRef("round"), commune=models.OuterRef("commune")
        )
        return self.filter(Q(round__state=RoundState.OPEN) | Q(models.Exists(reopened)))

    def to_review_by(self, user: User) -> SurveyQuerySet:
        """Without those that the user submitted, signed or typed rows of: nobody reviews their own work."""
        typed = SurveyRow.objects.filter(saved_by=user).values("survey")
        of_surveys = HistoryEntry.objects.filter(content_type=ContentType.objects.get_for_model(Survey))
        overtaken = of_surveys.filter(verb=TAKE_OVER, details__former=user.pk).values("object_id")
        others = self.exclude(submitted_by=user).exclude(signed_by=user)
        return others.exclude(pk__in=typed).exclude(pk__in=overtaken)

    def versions_of(self, survey: Survey) -> SurveyQuerySet:
        """The versions of one commune's survey in one round, the newest first."""
        versions = self.filter(round=survey.round_id, commune=survey.commune_id)
        return versions.order_by("-version")

    def with_people(self) -> SurveyQuerySet:
        """With who did what to it, as ``needs/survey_versions.html`` shows it."""
        people = ("created_by", "submitted_by", "signed_by", "reviewed_by", "round", "commune")
        return self.select_related(*people)

    def with_workbook(self, user: User) -> SurveyQuerySet:
        """With the user's newest workbook of it that is not decided on yet: ``workbook`` and its name."""
        mine = WorkbookImport.objects.visible_to(user).in_hand().about_outer(self.model)
        return self.annotate(
            workbook=models.Subquery(mine.values("pk")[:1]),
            workbook_name=models.Subquery(mine.values("file_name")[:1]),
        )

    def newest_versions(self) -> SurveyQuerySet:
        """Only the newest version of each commune's survey in each round."""
        top = self.model._default_manager.filter(
            round_id=models.OuterRef("round_id"), commune_id=models.OuterRef("commune_id")
        )
        return self.filter(version=models.Subquery(top.order_by("-version").values("version")[:1]))


class Survey(ActionOnly):
    """One commune's survey in one round; a correction after approval is the next ``version``."""

    round = models.ForeignKey(
        SurveyRound, models.PROTECT, related_name="surveys", verbose_name=_("survey round")
    )
    commune = models.ForeignKey(Unit, models.PROTECT, related_name="surveys", verbose_name=_("commune"))
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    state = models.CharField(_("state"), max_length=10, choices=SurveyState, default=SurveyState.DRAFT)
    on_behalf_of = models.ForeignKey(
        Agency,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("entered on behalf of"),
        help_text=_("from paper, by the coordinating office"),
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField(_("submitted at"), null=True)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField(_("signed off by the chair at"), null=True)
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(_("reviewed at"), null=True)
    returned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    returned_at = models.DateTimeField(_("returned at"), null=True)
    return_reason = models.TextField(_("reason of the return"), blank=True)
    returned_cells = models.JSONField(
        null=True, help_text=_("what it said when it was last returned, so that a reviewer sees what changed")
    )

    objects = SurveyQuerySet.as_manager()

    class Meta:
        verbose_name = _("survey")
        verbose_name_plural = _("surveys")
        ordering = ["round", "commune", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["round", "commune", "version"], name="survey_version_once"),
            models.UniqueConstraint(
                fields=["round", "commune"],
                condition=~Q(state="approved"),
                name="survey_one_open_version",
            ),
            models.CheckConstraint(
                condition=Q(submitted_by__isnull=True, submitted_at__isnull=True)
                | Q(submitted_by__isnull=False, submitted_at__isnull=False),
                name="survey_submitted_who_and_when",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by__isnull=True, reviewed_at__isnull=True)
                | Q(reviewed_by__isnull=False, reviewed_at__isnull=False),
                name="survey_reviewed_who_and_when",
            ),
            models.CheckConstraint(
                condition=Q(returned_by__isnull=True, returned_at__isnull=True)
                | Q(returned_by__isnull=False, returned_at__isnull=False),
                name="survey_returned_who_and_when",
            ),
            models.CheckConstraint(
                condition=Q(signed_by__isnull=True, signed_at__isnull=True)
                | Q(signed_by__isnull=False, signed_at__isnull=False),
                name="survey_signed_who_and_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round} – {self.commune}"

    @property
    def is_editable(self) -> bool:
        """Whether its state, and its round's, let anybody change it."""
        return self.state in EDITABLE and self.round.is_open_for(self.commune_id)

    @property
    def is_in_review(self) -> bool:
        """Whether the coordinating office may decide on it now."""
        return self.state == SurveyState.SUBMITTED and self.round.is_open_for(self.commune_id)

    @property
    def due_on(self) -> date:
        """The day by which the commune hands it in: its round's, or that of a reopening."""
        return self.round.due_for(self.commune_id)

    @property
    def is_correctable(self) -> bool:
        """Whether the next version may be started from it."""
        return self.state == SurveyState.APPROVED and self.round.is_open_for(self.commune_id)

    @property
    def in_force(self) -> int | None:
        """The version that stands in force while this correction of it is not approved yet."""
        return self.version - 1 if self.version > 1 and self.state != SurveyState.APPROVED else None

    @property
    def tone(self) -> str:
        return SURVEY_TONES[SurveyState(self.state)]


class SurveyRow(models.Model):
    """One line of the grid: a place in one section. Its ``version`` goes up with each save.

    ``area`` empty: part A (child counts); set: part B of that support area. A save names the version it
    read; an older one is refused (409) with both values.
    """

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="rows")
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    area = models.ForeignKey(SupportArea, models.PROTECT, null=True, related_name="+")
    version = models.PositiveIntegerField(default=0)
    nothing = models.BooleanField(
        default=False, help_text=_("part B: the place needs nothing in this area, and the commune says so")
    )
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    saved_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("survey row")
        verbose_name_plural = _("survey rows")
        constraints = [
            models.UniqueConstraint(
                fields=["survey", "place", "area"], condition=Q(area__isnull=False), name="survey_row_once"
            ),
            models.UniqueConstraint(
                fields=["survey", "place"], condition=Q(area__isnull=True), name="survey_count_row_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.survey} / {self.place}"


class ChildCount(models.Model):
    """Children (persons) of a place in an age band and subgroup. No row: not reported. 0: none."""

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="child_counts")
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    age_band = models.ForeignKey(AgeBand, models.PROTECT, related_name="+")
    subgroup = models.ForeignKey(Subgroup, models.PROTECT, related_name="+")
    value = models.PositiveIntegerField(_("children"))

    class Meta:
        verbose_name = _("child count")
        verbose_name_plural = _("child counts")
        constraints = [
            models.UniqueConstraint(
                fields=["survey", "place", "age_band", "subgroup"], name="child_count_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.place} {self.age_band} {self.subgroup}: {self.value}"


class NeedStatement(models.Model):
    """What one version of a survey says is needed: children (persons) and quantity in the item's unit."""

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="statements")
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    item = models.ForeignKey(SupportItem, models.PROTECT, related_name="+")
    age_band = models.ForeignKey(AgeBand, models.PROTECT, related_name="+")
    children = models.PositiveIntegerField(_("children"))
    girls = models.PositiveIntegerField(
        _("of them girls"), null=True, help_text=_("asked for items that differ by sex; empty: not reported")
    )
    quantity = models.PositiveIntegerField(_("quantity"))
    priority = models.PositiveSmallIntegerField(_("priority"), default=3, help_text=_("1 is the most urgent"))
    reviewed_priority = models.PositiveSmallIntegerField(
        _("priority set in the review"), null=True, help_text=_("beside the commune's own, which stands")
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("need statement")
        verbose_name_plural = _("need statements")
        constraints = [
            models.UniqueConstraint(
                fields=["survey", "place", "item", "age_band"], name="need_statement_once"
            ),
            models.CheckConstraint(
                condition=Q(priority__gte=1, priority__lte=4), name="need_statement_priority_1_to_4"
            ),
            models.CheckConstraint(
                condition=Q(reviewed_priority__isnull=True)
                | Q(reviewed_priority__gte=1, reviewed_priority__lte=4),
                name="need_statement_reviewed_priority_1_to_4",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place} {self.item} {self.age_band}: {self.quantity}"
