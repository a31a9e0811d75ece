"""The portal's own workbook of this survey, filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from directory.models import Place
from documents.reading import Line, Page
from needs.sections import Section
from needs.workbooks.survey.lists import FoundList
from needs.workbooks.survey.reader import Columns, ListReader, Own
from needs.workbooks.survey.said import SaidRow
from needs.workbooks.survey.stamp import columns_in, digest_of, rows_in
from needs.workbooks.survey.values import read_values


class FilledReader(ListReader):
    """Each row as it stands, empty cells too: the workbook came with what was stored."""

    def __init__(self, sections: Sequence[Section], stamp: Mapping[str, str]) -> None:
        super().__init__(sections, columns_in(stamp))
        self._made_from = {section.code: rows_in(stamp, section.code) for section in sections}

    def say(self, page: int, line: Line, place: Place, section: Section, own: Own) -> None:
        values = {name: line.at(at) for name, at in own.items()}
        row = SaidRow(page, line.number, place, section.area, values, own)
        if made_from := self._made_from[section.code].get(str(place.pk)):
            row.version, digest = made_from
            read, wrong = read_values(values)
            row.untouched = not wrong and digest_of(read) == digest
        self.said.rows.append(row)

    def note_columns(self, page: Page, found: FoundList, columns: Columns) -> None:
        """Its columns are where whoever filled it in found them: nothing to say."""
