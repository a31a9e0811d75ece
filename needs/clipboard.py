"""Read a block of cells from the text that Excel or LibreOffice put on the clipboard.

Cells stand between tabs, lines end with CRLF or LF. A cell that holds a tab, a line break or a quotation
mark is written in quotation marks, those within it doubled. What a cell means is not decided here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from directory.errors import Problem, Refusal

MOST_ROWS = 500
MOST_COLUMNS = 100
MOST_CHARACTERS = 100_000

# A quotation mark opens a quoted cell only if another closes it right before the cell's end.
CELL = re.compile(r'"((?:[^"]++|"")*+)"(?=[\t\r\n]|\Z)|([^\t\r\n]*+)')
LINE_END = re.compile(r"\r\n|\r|\n")
# Marks that are not seen and that ``str.split`` does not take for spaces (it does NBSP and narrow spaces).
UNSEEN = str.maketrans("", "", "\N{ZERO WIDTH SPACE}\N{ZERO WIDTH NO-BREAK SPACE}\N{LEFT-TO-RIGHT MARK}\0")

Rows = list[list[str]]


@dataclass(frozen=True)
class Line:
    """A line of the block: its ``number`` as the sender counts, and its cells with spaces made single."""

    number: int
    cells: list[str]

    @property
    def given(self) -> list[str]:
        return [cell for cell in self.cells if cell]


def read_block(text: str) -> list[Line]:
    """The lines of the block without empty lines at its end and empty columns at its right.

    Raises ``Refusal`` (code block_too_large) that names how many lines, columns or characters are too many.
    """
    text = _without_last_lines(text)
    _refuse_large([(len(text), MOST_CHARACTERS, _("characters"))])
    rows = [[plain(cell) for cell in row] for row in cells_of(text)]
    width = max((index + 1 for row in rows for index, cell in enumerate(row) if cell), default=0)
    _refuse_large([(len(rows), MOST_ROWS, _("lines")), (width, MOST_COLUMNS, _("columns"))])
    # In a block of several columns a line without any tab has no cells at all, not one that is empty.
    lines = [[] if width > 1 and row == [""] else row[:width] for row in rows]
    return [Line(number, cells) for number, cells in enumerate(lines, start=1)] if width else []


def cells_of(text: str) -> Rows:
    """Every cell of the text as it was written, without its quotation marks."""
    rows: Rows = [[]]
    position = 0
    while True:
        cell = CELL.match(text, position)
        assert cell is not None  # it matches the empty cell too
        position = cell.end()
        rows[-1].append(cell[2] if cell[1] is None else cell[1].replace('""', '"'))
        if position == len(text):
            return rows
        if text[position] == "\t":
            position += 1
            continue
        line_end = LINE_END.match(text, position)
        assert line_end is not None
        position = line_end.end()
        if position == len(text):
            return rows
        rows.append([])


def plain(text: str) -> str:
    """A cell as it is read: all kinds of spaces and line breaks become one space each."""
    return " ".join(text.translate(UNSEEN).split())


def _without_last_lines(text: str) -> str:
    """Without the lines at the end that hold nothing: a whole column copied has a million of them."""
    end = LINE_END.search(text, len(text.rstrip()))
    return text[: end.start()] if end else text


def _refuse_large(measures: list[tuple[int, int, str]]) -> None:
    message = _("The block has %(found)s %(what)s; at most %(most)s fit. Paste it in several parts.")
    problems = [
        Problem(message % {"found": number_format(found), "what": what, "most": number_format(most)}, "block")
        for found, most, what in measures
        if found > most
    ]
    if problems:
        raise Refusal(problems, code="block_too_large")
