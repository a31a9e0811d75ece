"""What stands over the columns of a list, in whichever of the portal's languages, as names of cells.

A heading is known by its words, in any order, over one line or several: “Đồ ấm (bộ), 3-5, số lượng” is
“Số lượng | 3-5 tuổi | Đồ ấm”. One that could be of two columns is neither.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import product

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from directory.text import unaccented
from documents.imports.columns import in_all_languages
from documents.reading import Cell
from needs.cells import NOTHING, PRIORITY, REASON, children_cell, count_cell, girls_cell, quantity_cell
from needs.models import AgeBand, SupportItem
from needs.sections import Section

DASHES = re.compile(r"\s*[\u2010-\u2015\u2212-]\s*(?=\d)")
WORD = re.compile(r"\w+(?:-\w+)*|#")
YEAR = re.compile(r"(19|20)\d\d")
# The words of the grid, and what people write besides.
CHILDREN = (_("children"), "số trẻ em", "trẻ em", "số trẻ cần")
GIRLS = (_("of them girls"), "nữ", "số nữ", "trẻ em gái", "girls")
QUANTITY = (_("quantity"), "sl", "số lượng cần")
OF_ROWS: dict[str, tuple[str | Promise, ...]] = {
    PRIORITY: (_("Priority"), _("The commune's own priority"), "ưu tiên", "mức ưu tiên", "cấp độ ưu tiên"),
    REASON: (_("Reason"), "lí do", "lý do, ghi chú"),
    NOTHING: (_("Nothing needed"), "không cần", "không nhu cầu"),
}
KINDS = (_("Kind"), "loại địa điểm")
# They stand in the portal's own files and in most lists, and say nothing that is read.
BESIDE = (
    *(_("Place"), _("Name"), "địa bàn", "thôn", "tên thôn", "thôn, trường", "tên địa điểm"),
    *(_("The reviewer's priority"), "stt", "tt", "số tt", "số thứ tự", "no", "#"),
)

Words = tuple[str, ...]


def words_of(text: Cell) -> Words:
    """The words of a heading without diacritics, case, marks and order."""
    plain = DASHES.sub("-", unaccented(str(text))) if text is not None else ""
    return tuple(sorted(WORD.findall(plain)))


class Headings:
    """The known headings of some sections. ``also``: the cells of further texts, which are believed first."""

    def __init__(self, sections: Iterable[Section], also: Mapping[str, str]) -> None:
        self.section_of: dict[str, Section] = {}
        self._cells: dict[Words, set[str]] = defaultdict(set)
        self._of_rows: dict[Words, str] = {}
        self._of_named_rows: dict[Words, tuple[str, Section]] = {}
        for section in sections:
            for code, _name in settings.LANGUAGES:
                with translation.override(code):
                    self._learn(section)
        self._cells |= {words_of(text): {cell} for text, cell in also.items() if cell in self.section_of}
        self._kinds, self._beside = _known(KINDS), _known(BESIDE)

    def cells(self, text: str) -> set[str]:
        """The cells that the heading may be of: one, none, or several."""
        return self._cells.get(words_of(text), set())

    def of_row(self, text: str, here: Section | None) -> tuple[str, Section] | None:
        """Priority, reason or “nothing needed”; of the section that it names, else of that of the list."""
        words = words_of(text)
        if found := self._of_named_rows.get(words):
            return found
        name = self._of_rows.get(words)
        return (name, here) if name and here else None

    def is_kind(self, text: str) -> bool:
        return words_of(text) in self._kinds

    def is_beside(self, text: str) -> bool:
        """Known, and not read: names of places, running numbers, figures of a year."""
        words = words_of(text)
        return words in self._beside or any(YEAR.fullmatch(word) for word in words)

    def _learn(self, section: Section) -> None:
        for name, parts in _cells_of(section):
            self.section_of[name] = section
            for variant in product(*parts):
                self._cells[words_of(" ".join(variant))].add(name)
        if section.area:
            for name, texts in OF_ROWS.items():
                for text in map(str, texts):
                    self._of_rows[words_of(text)] = name
                    self._of_named_rows[words_of(f"{section.label} {text}")] = name, section


def _known(texts: Iterable[str | Promise]) -> set[Words]:
    return {words_of(text) for each in texts for text in in_all_languages(each)}


def _cells_of(section: Section) -> Iterator[tuple[str, tuple[Iterable[str], ...]]]:
    """Each cell with the ways in which the parts of its heading are written."""
    contents = section.contents
    if section.area is None:
        for band in contents.bands:
            for group in contents.subgroups:
                yield count_cell(band.pk, group.pk), (_of_band(band), [str(group)])
        return
    pairs = contents.item_bands_of(section.area)
    for item, band in pairs:
        alone = [pair for pair in pairs if pair[0] == item] == [(item, band)]
        head = _of_item(item), [*_of_band(band), *([""] if alone else [])]
        key = (item.pk, band.pk)
        yield children_cell(*key), (*head, [str(text) for text in CHILDREN])
        yield quantity_cell(*key), (*head, [str(text) for text in QUANTITY])
        if item.by_sex:
            yield girls_cell(*key), (*head, [str(text) for text in GIRLS])


def _of_item(item: SupportItem) -> list[str]:
    return [str(item), f"{item} {item.unit}"]


def _of_band(band: AgeBand) -> list[str]:
    also = [] if band.is_all else [f"{band.short_name} tuổi", f"{band.short_name} years"]
    return [str(band), band.heading, *also]
