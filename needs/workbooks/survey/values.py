"""The cells of a row of the file as the values of a row of the grid, or what is wrong with them."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from documents.imports.columns import Column, Type, key_of, reader_of
from documents.reading import Cell
from needs.cells import DIGITS, NOTHING, PRIORITIES, PRIORITY, REASON, Value
from needs.forms.row import LONGEST_REASON

TICK = "x"
# How people say “nothing needed” in a cell of its own, as ``key_of`` compares it.
TICKED = {TICK, *"v✓✔☑1", "true", "co", "yes", "khong co nhu cau", "nothing needed", "khong can"}
NOT_TICKED = {"0", "false", "khong", "no"}

_number = reader_of(Column("number", "", Type.WHOLE, most=DIGITS))
_text = reader_of(Column("text", "", Type.TEXT, most=LONGEST_REASON))


def read_values(cells: Mapping[str, Cell]) -> tuple[dict[str, Value], dict[str, str]]:
    """The values by cell name, None for an empty cell, which is not 0; and by cell name what is no value."""
    values: dict[str, Value] = {}
    problems: dict[str, str] = {}
    for name, cell in cells.items():
        try:
            values[name] = value_of(name, cell)
        except ValidationError as error:
            problems[name] = str(error.messages[0])
    return values, problems


def value_of(name: str, cell: Cell) -> Value:
    """Raises ``ValidationError`` with what is wrong and what to write instead."""
    if name == NOTHING:
        return _tick(cell)
    if name == PRIORITY:
        return _priority(cell)
    if name == REASON:
        return folded(_text(cell))
    return _whole(_number(cell))


def folded(text: object) -> str | None:
    """A text as it is compared: composed letters, single spaces; nothing is None."""
    return " ".join(unicodedata.normalize("NFC", str(text)).split()) or None if text is not None else None


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _tick(cell: Cell) -> Value:
    if cell is None or key_of(cell) in NOT_TICKED:
        return None
    if key_of(cell) in TICKED:
        return 1
    message = _("“%(text)s” does not say whether nothing is needed. Write %(tick)s, or empty the cell.")
    raise ValidationError(message % {"text": str(cell)[:40], "tick": TICK})


def _priority(cell: Cell) -> Value:
    if cell is None:
        return None
    text = str(cell).strip()
    for priority in PRIORITIES:
        if text == str(priority):
            return priority
    raise ValidationError(_("The priority is 1 (most urgent) to 4. Choose one of them."))
