"""The report's text as it stands: untouched sections follow the figures, edited ones stay as written."""

from __future__ import annotations

from dataclasses import dataclass

from reports.figures import Figures
from reports.models import DistrictReport, ReportSection
from reports.outline import default_text, label_of


@dataclass(frozen=True)
class Text:
    """A section with its text of now; ``suggested`` is what the figures would say if it differs."""

    section: ReportSection
    body: str
    suggested: str

    @property
    def label(self) -> str:
        return label_of(self.section.code)

    @property
    def edited(self) -> bool:
        return self.section.saved_by_id is not None


def texts_of(report: DistrictReport, figures: Figures) -> list[Text]:
    """Every section in order, as it would be printed now."""
    now = default_text(figures)
    return [
        _text(section, now.get(section.code, "")) for section in report.sections.select_related("saved_by")
    ]


def _text(section: ReportSection, now: str) -> Text:
    if section.saved_by_id is None:
        return Text(section, now or section.body, "")
    return Text(section, section.body, now if now != section.body else "")
