"""The district's report: text that LĐTBXH edits over figures that the chain gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from directory import clock
from directory.deeds import ActionOnly
from documents.models import Paper
from reports.models.period import ReportingPeriod

if TYPE_CHECKING:
    from directory.models import User


class DistrictReportQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> DistrictReportQuerySet:
        """Reports of a coordinated scope; elsewhere only issued ones of the units around."""
        return self.filter(paper__in=Paper.objects.visible_to(user))


class DistrictReport(ActionOnly):
    """The report of one period; its ``paper`` carries number, date, frozen snapshot and files."""

    period = models.ForeignKey(
        ReportingPeriod, models.PROTECT, related_name="reports", verbose_name=_("reporting period")
    )
    paper = models.OneToOneField(Paper, models.PROTECT, related_name="report", verbose_name=_("paper"))
    compiled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    compiled_at = models.DateTimeField(default=clock.now)

    objects = DistrictReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("district report")
        verbose_name_plural = _("district reports")
        ordering = ["-period__ends_on", "-pk"]

    def __str__(self) -> str:
        return str(self.paper)


class ReportSectionQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> ReportSectionQuerySet:
        return self.filter(report__in=DistrictReport.objects.visible_to(user)).select_related(
            "report__period__scope", "report__paper__agency", "saved_by"
        )


class ReportSection(ActionOnly):
    """One heading of the outline with its text; ``version`` goes up with each save."""

    report = models.ForeignKey(DistrictReport, models.PROTECT, related_name="sections")
    code = models.CharField(_("code"), max_length=10, help_text="I, II.1, II.3.2, III …")
    order = models.PositiveSmallIntegerField()
    heading = models.CharField(_("heading"), max_length=200)
    body = models.TextField(_("text"), blank=True)
    version = models.PositiveIntegerField(default=1)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    saved_at = models.DateTimeField(null=True)

    objects = ReportSectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("section of the report")
        verbose_name_plural = _("sections of the report")
        ordering = ["report", "order"]
        constraints = [models.UniqueConstraint(fields=["report", "code"], name="report_section_once")]

    def __str__(self) -> str:
        return f"{self.code}. {self.heading}"
