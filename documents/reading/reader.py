"""An uploaded file as a book, or a refusal that says what it is instead."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from directory.errors import Refusal
from documents.reading.book import STAMP_PAGE, Book, Cell, Line, Page

MEGABYTE = 1024 * 1024
MOST_BYTES = 10 * MEGABYTE
WORKER = Path(__file__).with_name("worker.py")
SECONDS, MEGABYTES = 10, 512


def read_book(content: bytes, name: str) -> Book:
    """The cells of an XLSX or CSV file.

    A child process with limits reads it. Raises ``Refusal``: too_large, not_a_workbook, … each named.
    """
    try:
        child = subprocess.run(  # noqa: S603 - our own worker, no shell, fixed arguments
            [sys.executable, "-I", str(WORKER), str(SECONDS), str(MEGABYTES)],
            input=content,
            capture_output=True,
            timeout=SECONDS,
            env={"LC_ALL": "C.UTF-8"},
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _unreadable(name) from None
    if child.returncode:
        raise _unreadable(name)
    return _book(json.loads(child.stdout))


def _book(parts: list[tuple[str, bool, list[Any]]]) -> Book:
    """Hidden pages are not read: nobody would expect what they say. The portal's own holds the stamp."""
    book = Book()
    for name, visible, lines in parts:
        if name == STAMP_PAGE:
            book.stamp.update(_stamp(_page(name, lines)))
        elif visible:
            book.pages.append(_page(name, lines))
        else:
            book.hidden.append(name)
    return book


def _stamp(page: Page) -> dict[str, str]:
    """Key and value in the first two columns."""
    pairs = ((line.at(0), line.at(1)) for line in page.lines)
    return {str(key): str(value) for key, value in pairs if key is not None and value is not None}


def _page(name: str, lines: list[list[Any]]) -> Page:
    return Page(name, [Line(number, [_cell(value) for value in cells]) for number, cells in lines])


def _cell(value: Any) -> Cell:
    """As the worker wrote it: a day is a list of one."""
    return date.fromisoformat(value[0]) if isinstance(value, list) else value


def _unreadable(name: str) -> Refusal:
    message = _("“%(name)s” could not be read as a workbook. Save it as .xlsx and upload it again.")
    return Refusal(message % {"name": name}, code="unreadable", place="file")
