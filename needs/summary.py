"""A survey in short: what each section adds up to, for who checks before submitting and who reviews."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from needs.grid import kind_of
from needs.sections import Section


@dataclass(frozen=True)
class CountLine:
    """Children of a kind of place (villages and schools overlap: never added) by band; None: incomplete."""

    kind: str
    values: list[int | None]


@dataclass(frozen=True)
class NeedLine:
    """One item: per band (children, quantity), and the whole. None: nobody stated a need."""

    label: str
    unit: str
    bands: list[tuple[str, int, int]]
    children: int
    quantity: int
    urgent: int


@dataclass(frozen=True)
class Summary:
    section: Section
    bands: list[str]
    counts: list[CountLine]
    needs: list[NeedLine]


def summaries_of(sections: Sequence[Section]) -> list[Summary]:
    return [_of_counts(section) if section.area is None else _of_needs(section) for section in sections]


def _of_counts(section: Section) -> Summary:
    contents = section.contents
    lines = []
    for kind in ("commune", "village", "school"):
        places = [place for place in contents.places if kind_of(place) == kind]
        if places:
            columns = [[contents.count_of(place, band) for place in places] for band in contents.bands]
            lines.append(CountLine(kind, [_sum(column) for column in columns]))
    return Summary(section, [str(band) for band in contents.bands], lines, [])


def _sum(values: list[int | None]) -> int | None:
    return None if None in values else sum(value for value in values if value is not None)


def _of_needs(section: Section) -> Summary:
    assert section.area is not None
    lines: dict[int, NeedLine] = {}
    for item, band in section.contents.item_bands_of(section.area):
        keys = [(place.pk, item.pk, band.pk) for place in section.contents.places]
        stated = [section.contents.statements[key] for key in keys if key in section.contents.statements]
        children = sum(need.children or 0 for need in stated)
        quantity = sum(need.quantity or 0 for need in stated)
        urgent = sum(1 for need in stated if need.priority == 1 and need.quantity)
        line = lines.get(item.pk) or NeedLine(str(item), item.unit, [], 0, 0, 0)
        bands = [*line.bands, (band.short_name, children, quantity)] if stated else line.bands
        lines[item.pk] = NeedLine(
            line.label,
            line.unit,
            bands,
            line.children + children,
            line.quantity + quantity,
            line.urgent + urgent,
        )
    return Summary(section, [], [], list(lines.values()))
