"""Anybody's list: one sheet or several, titles above, the known headings in any order, places by name."""

from __future__ import annotations

from django.utils.translation import gettext as _
from openpyxl.utils import get_column_letter

from directory.models import Place
from documents.reading import Line, Page
from needs.sections import Section
from needs.workbooks.survey.lists import FoundList
from needs.workbooks.survey.reader import Columns, ListReader, Own
from needs.workbooks.survey.said import SaidRow


class PlainReader(ListReader):
    """What was read as what is said in notes."""

    def say(self, page: int, line: Line, place: Place, section: Section, own: Own) -> None:
        """Where all cells of a section are empty the list says nothing of it, and empties nothing."""
        values = {name: line.at(at) for name, at in own.items()}
        if any(value is not None for value in values.values()):
            self.said.rows.append(SaidRow(page, line.number, place, section.area, values, own))

    def note_columns(self, page: Page, found: FoundList, columns: Columns) -> None:
        message = _(
            "Sheet “%(sheet)s”, headings in row %(line)s: places in column %(places)s; "
            "%(section)s: %(columns)s."
        )
        assert columns.places is not None
        for code, own in columns.by_section.items():
            labels = self.labels[code]
            shown = {
                "sheet": page.name,
                "line": found.heading.number,
                "places": get_column_letter(columns.places + 1),
                "section": self.sections[code].label,
                "columns": "; ".join(
                    f"{get_column_letter(at + 1)} = {labels[name]}" for name, at in own.items()
                ),
            }
            self.said.notes.append(message % shown)
