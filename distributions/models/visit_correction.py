"""Corrections of what a supervision visit found: what was written before stays readable."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from directory import clock
from directory.deeds import ActionOnly
from distributions.models.sample import SupervisionSample
from distributions.models.visit import Finding, SupervisionVisit


class VisitCorrectionQuerySet(models.QuerySet):
    def of(self, visit: SupervisionVisit) -> VisitCorrectionQuerySet:
        """In the order in which they were made, with all that a screen says of them."""
        rows = self.filter(visit=visit).select_related("by__agency", "sample")
        return rows.prefetch_related("findings__finding")


class VisitCorrection(ActionOnly):
    """The former version of a visit, kept by the correction that took its place.

    Never edited, but that words which name a child are erased (``actions/visit_erasing.py``).

    ``number`` counts the corrections of the visit from 1; the other facts are those that stood before.
    A report whose data closed before ``at`` counted the visit on the former day.
    """

    visit = models.ForeignKey(SupervisionVisit, models.PROTECT, related_name="corrections")
    number = models.PositiveSmallIntegerField(_("number"))
    reason = models.CharField(_("reason"), max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), default=clock.now)
    done_on = models.DateField(_("visited on"))
    team = models.CharField(_("who goes"), max_length=300)
    sample = models.ForeignKey(SupervisionSample, models.PROTECT, null=True, related_name="+")
    conclusion = models.TextField(_("conclusion"))

    objects = VisitCorrectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("correction of a visit")
        verbose_name_plural = _("corrections of visits")
        ordering = ["number"]
        constraints = [
            # Two at once are never both the next version.
            models.UniqueConstraint(fields=["visit", "number"], name="visit_correction_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="visit_correction_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.visit.code}: {self.number}"


class CorrectedFinding(ActionOnly):
    """The answer and note of a finding as they stood before a correction changed them."""

    correction = models.ForeignKey(VisitCorrection, models.PROTECT, related_name="findings")
    finding = models.ForeignKey(Finding, models.PROTECT, related_name="+")
    answer = models.CharField(_("answer"), max_length=5, choices=Finding.Answer)
    note = models.CharField(_("note"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("corrected finding")
        verbose_name_plural = _("corrected findings")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["correction", "finding"], name="corrected_finding_once")
        ]

    def __str__(self) -> str:
        return f"{self.finding.question}: {self.answer}"
