"""``manage.py render_report --period 2025-H1 --output FILE.pdf``: the report without a browser."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from directory.errors import Refusal
from documents.models import PaperFile
from documents.pdf import render
from documents.states import PaperState
from reports.models import DistrictReport, ReportingPeriod
from reports.papers import snapshot_of


class Command(BaseCommand):
    help = "Write a period's report as PDF: the issued file as it is stored, or else the draft."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--period", required=True, help="its code, e.g. 2025-H1 or 2025-Y")
        parser.add_argument("--output", required=True, help="the file to write")
        parser.add_argument("--scope", default="", help="GSO code of the unit, if several have the period")

    def handle(self, *args: Any, **options: Any) -> None:
        period = self._period(options["period"], options["scope"])
        report = (
            DistrictReport.objects.filter(period=period, paper__replaced_by=None)
            .select_related("paper__agency", "period__scope")
            .order_by("-paper__state", "-pk")
            .first()
        )
        if report is None:
            raise CommandError(f"{period.code} has no report yet. Compile it on the portal first.")
        path = Path(options["output"])
        try:
            path.write_bytes(self._content(report))
        except OSError as error:
            raise CommandError(f"{path} was not written: {error.strerror}.") from None
        self.stdout.write(f"{path}: {report.paper.reference or 'draft'}, {path.stat().st_size} bytes.")

    def _period(self, code: str, scope: str) -> ReportingPeriod:
        periods = ReportingPeriod.objects.filter(code=code).select_related("scope")
        if scope:
            periods = periods.filter(scope__code=scope)
        found = list(periods)
        if not found:
            known = ", ".join(sorted(set(ReportingPeriod.objects.values_list("code", flat=True)))) or "none"
            raise CommandError(f"There is no period {code}. Periods: {known}.")
        if len(found) > 1:
            units = ", ".join(f"{period.scope.code} ({period.scope})" for period in found)
            raise CommandError(f"Several units have a period {code}: choose one by --scope: {units}.")
        return found[0]

    def _content(self, report: DistrictReport) -> bytes:
        if report.paper.state == PaperState.DRAFT:
            try:
                return render(snapshot_of(report))
            except Refusal as refusal:
                raise CommandError(str(refusal)) from None
        return bytes(PaperFile.objects.get(paper=report.paper, kind=PaperFile.Kind.PDF).content)
