"""The rows of a survey that state a need, with the commune's priority and the reviewer's beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.contenttypes.models import ContentType

from directory.models import HistoryEntry, Place
from needs.cells import StatedNeed
from needs.models import Survey
from needs.sections import Section

RowKey = tuple[int, int]


@dataclass(frozen=True)
class RowPriority:
    """``stated``: the commune's own. ``reviewed``: the reviewer's, and ``why`` (None: not set)."""

    section: Section
    place: Place
    needs: list[tuple[str, int, str]]
    stated: int
    reason: str
    reviewed: int | None
    why: str

    @property
    def in_force(self) -> int:
        return self.reviewed or self.stated

    @property
    def url(self) -> str:
        return f"{self.section.row_url(self.place)}#priority"


def row_priorities(sections: Sequence[Section]) -> list[RowPriority]:
    """Of all rows with a need, the most urgent first. One query for the reasons."""
    areas = [section for section in sections if section.area]
    if not areas:
        return []
    whys = reasons_of(areas[0].contents.survey)
    rows = [
        row
        for section in areas
        for place in section.contents.places
        if (row := _row(section, place, whys)) is not None
    ]
    return sorted(rows, key=lambda row: row.in_force)


def row_priority(section: Section, place: Place) -> RowPriority | None:
    """Of one row; None if it states no need."""
    return _row(section, place, reasons_of(section.contents.survey)) if section.area else None


def reasons_of(survey: Survey) -> dict[RowKey, str]:
    """Why the reviewer's priorities were set, by (place, area): a correction carries those before it."""
    versions = Survey.objects.versions_of(survey).order_by()
    entries = HistoryEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(Survey),
        object_id__in=versions.filter(version__lte=survey.version).values("pk"),
        verb="prioritise_row",
    )
    details = entries.order_by("at", "pk").values_list("details", flat=True)
    return {(said["row"][0], said["row"][1]): said["why"] for said in details}


def _row(section: Section, place: Place, whys: dict[RowKey, str]) -> RowPriority | None:
    assert section.area is not None
    stated: list[StatedNeed] = []
    needs: list[tuple[str, int, str]] = []
    for item, band in section.contents.item_bands_of(section.area):
        need = section.contents.statements.get((place.pk, item.pk, band.pk))
        if need:
            stated.append(need)
            needs.append((f"{item}, {band.heading}", need.quantity or 0, item.unit))
    if not stated:
        return None
    urgent = min(stated, key=lambda need: need.priority)
    reviewed = min((need.reviewed for need in stated if need.reviewed), default=None)
    why = whys.get((place.pk, section.area.pk), "") if reviewed else ""
    return RowPriority(section, place, needs, urgent.priority, urgent.reason, reviewed, why)
