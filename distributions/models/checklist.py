"""The checklist of supervision visits: questions as data, kept by the coordinating office [plan II.3.3]."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from directory.models import Unit

if TYPE_CHECKING:
    from directory.models import User


class ChecklistItemQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> ChecklistItemQuerySet:
        """Of coordinated scopes, and of the units around: whoever is inspected may read them."""
        return self.filter(scope_id__in=user.reach.scopes | user.reach.around)

    def in_use(self) -> ChecklistItemQuerySet:
        return self.filter(retired_on__isnull=True)

    def of(self, scopes: set[int]) -> ChecklistItemQuerySet:
        return self.filter(scope_id__in=scopes)

    def asked(self, pk: int | None) -> ChecklistItemQuerySet:
        return self.filter(pk=pk)


class ChecklistItem(models.Model):
    """A question that each visit asks. Findings keep its words: a later change leaves them as they were."""

    scope = models.ForeignKey(Unit, models.PROTECT, related_name="checklist_items", verbose_name=_("within"))
    question = models.CharField(_("question"), max_length=300)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    retired_on = models.DateField(_("retired on"), null=True, blank=True)

    objects = ChecklistItemQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("checklist question")
        verbose_name_plural = _("checklist questions")
        ordering = ["scope", "order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["scope", "question"],
                condition=Q(retired_on__isnull=True),
                name="checklist_question_once",
                violation_error_message=_("This question is asked already."),
            )
        ]

    def __str__(self) -> str:
        return self.question
