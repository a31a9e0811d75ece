"""Read the notes on warnings from a posted form."""

from __future__ import annotations

from collections.abc import Mapping

from needs.notes import WrittenNote


def read_notes(data: Mapping[str, str]) -> list[WrittenNote]:
    """``note:<key>`` beside ``figures:<key>`` and ``read:<key>``, what stood there when it was opened."""
    keys = [name.removeprefix("note:") for name in data if name.startswith("note:")]
    return [_read(key, data) for key in keys]


def _read(key: str, data: Mapping[str, str]) -> WrittenNote:
    text, read = _line(data[f"note:{key}"]), _line(data.get(f"read:{key}", ""))
    return WrittenNote(key, data.get(f"figures:{key}", ""), text, read)


def _line(text: str) -> str:
    """One line: a note is a sentence or two. PostgreSQL keeps no NUL in a text."""
    return " ".join(text.replace("\0", "").split())
