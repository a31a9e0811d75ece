"""The columns of a list by what stands in their heading, and their cells as final types."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directory.fields import VietnameseDateField, parse_whole_number
from directory.text import unaccented
from documents.reading import Cell
from documents.spreadsheet import printable

# A spreadsheet counts days from here (and takes 1900 for a leap year, which no day after it notices).
DAY_ZERO = date(1899, 12, 30)
MOST_DIGITS, MOST_DONG_DIGITS = 9, 13
# A note behind a heading: “Số lượng (chiếc)”, “Họ tên *”.
BEHIND_HEADING = re.compile(r"\s*(\([^()]*\)|\*|:)\s*$")

# The heading of the column in which a workbook with errors says what is wrong with a row.
ERRORS = gettext_lazy("Errors")

Value = str | int | date | bool | None


class Type(StrEnum):
    TEXT = "text"
    WHOLE = "whole"
    DONG = "dong"
    DAY = "day"
    CHOICE = "choice"


@dataclass(frozen=True)
class Column:
    """``required``: each row needs it. ``most``: characters of a text, digits of a number.

    ``choices``: value and label; a cell may say either. ``also``: other headings people write.
    """

    name: str
    heading: str | Promise
    type: Type = Type.TEXT
    required: bool = False
    most: int = 200
    choices: Sequence[tuple[str, str | Promise]] = ()
    also: tuple[str, ...] = ()
    width: int = 18
    help: str | Promise = ""

    @property
    def keys(self) -> set[str]:
        """Every way in which the heading may be written, as ``key_of`` compares it."""
        return {key_of(text) for text in [*in_all_languages(self.heading), *self.also, self.name]}


def key_of(heading: Cell) -> str:
    """A heading without diacritics, case and what stands behind it in brackets."""
    text = unaccented(str(heading)) if heading is not None else ""
    while (shorter := BEHIND_HEADING.sub("", text)) != text:
        text = shorter
    return text


def in_all_languages(text: str | Promise) -> list[str]:
    found = []
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found.append(str(text))
    return found


def reader_of(column: Column) -> Callable[[Cell], Value]:
    """What turns a cell of the column into its final type; it raises ``ValidationError`` with what is wrong.

    An empty cell is None: whether that will do is asked for the whole row.
    """
    readers: dict[Type, Callable[[Column], Callable[[Cell], Value]]] = {
        Type.TEXT: _text,
        Type.WHOLE: _whole,
        Type.DONG: _whole,
        Type.DAY: _day,
        Type.CHOICE: _choice,
    }
    return readers[column.type](column)


def _text(column: Column) -> Callable[[Cell], Value]:
    def read(cell: Cell) -> Value:
        if cell is None:
            return None
        text = cell.strftime("%d/%m/%Y") if isinstance(cell, date) else str(cell)
        if not text.isprintable():
            text = printable(text)  # NUL and its like: no database of ours and no file would take them
        text = " ".join(text.split())
        if len(text) > column.most:
            message = _("The text has %(length)s characters; at most %(most)s fit. Shorten it.")
            raise ValidationError(message % {"length": len(text), "most": column.most})
        return text or None

    return read


def _whole(column: Column) -> Callable[[Cell], Value]:
    digits = MOST_DONG_DIGITS if column.type is Type.DONG else min(column.most, MOST_DIGITS)

    def read(cell: Cell) -> Value:
        if type(cell) is int and 0 <= cell < 10**digits:
            return cell
        return None if cell is None else parse_whole_number(_typed(cell), digits)

    return read


def _typed(cell: Cell) -> str:
    """A cell as somebody would have typed it."""
    if isinstance(cell, float):
        return str(cell).replace(".", ",")
    return cell.strftime("%d/%m/%Y") if isinstance(cell, date) else str(cell)


def _day(column: Column) -> Callable[[Cell], Value]:
    field = VietnameseDateField()

    def read(cell: Cell) -> Value:
        if cell is None:
            return None
        if isinstance(cell, int) and not isinstance(cell, bool) and 0 < cell < 100_000:
            cell = DAY_ZERO + timedelta(days=cell)
        return field.to_python(cell if isinstance(cell, date) else str(cell).strip())

    return read


def _choice(column: Column) -> Callable[[Cell], Value]:
    said = {text: value for value, label in column.choices for text in [value, *in_all_languages(label)]}
    values = {key_of(text): value for text, value in said.items()}

    def read(cell: Cell) -> Value:
        if cell is None:
            return None
        if isinstance(cell, str) and cell in said:  # as the template offers it: most are
            return said[cell]
        try:
            return values[key_of(cell)]
        except KeyError:
            known = ", ".join(str(label) for _value, label in column.choices)
            message = _("“%(text)s” is none of the choices. Write one of: %(choices)s.")
            raise ValidationError(message % {"text": str(cell)[:40], "choices": known}) from None

    return read
