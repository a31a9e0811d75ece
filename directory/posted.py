"""What the hidden parts of a page bring back: what somebody has damaged is nothing, not an error."""

from __future__ import annotations

import json
from typing import Any, NoReturn

# As many as fit into a column of the database. Python refuses to read more than 4,300.
DIGITS = 18


def number_in(text: str) -> int | None:
    """A plain number; None for all else. “²” is a digit for Python, yet ``int`` dies of it."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= DIGITS else None


def carried(text: str) -> Any:
    """JSON with whole numbers only. Raises ``ValueError``, whatever is wrong with it."""
    try:
        return json.loads(text, parse_int=_whole, parse_float=_damaged, parse_constant=_damaged)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _whole(text: str) -> int:
    number = number_in(text.removeprefix("-"))
    if number is None:
        _damaged(text)
    return -number if text.startswith("-") else number


def _damaged(text: str) -> NoReturn:
    raise ValueError(f"{text[:DIGITS]} is no number that a page carries")
