"""An uploaded file as a book, or a refusal that says what it is instead."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

from documents.reading.archive import check_archive
from documents.reading.book import STAMP_PAGE, Book, Cell, Line, Page
from documents.reading.kind import Kind, kind_of
from documents.reading.refusals import refusal
from documents.spreadsheet import unguarded

logger = logging.getLogger(__name__)

MEGABYTE = 1024 * 1024
MOST_BYTES = 10 * MEGABYTE
WORKER = Path(__file__).with_name("worker.py")
# CPU and waiting; address space: a sheet with one cell in each corner would take all the memory there is.
CPU_SECONDS, WAIT_SECONDS, MEGABYTES = 5, 15, 384


def read_book(content: bytes, name: str) -> Book:
    """The cells of an XLSX or CSV file, whatever its name says.

    The archive is looked through first, then a child process with limits reads it. Raises ``Refusal`` with
    one of the codes of ``documents.reading.refusals``: nobody is told only that a file is “invalid”.
    """
    refuse_too_large(len(content), name)
    kind = kind_of(content, name)
    errors = check_archive(content, name) if kind is Kind.XLSX else False
    code, answer = _ask_child(content, kind, errors, name)
    if code:
        raise refusal(code, name, **answer)
    book = _book(answer, guarded=kind is Kind.CSV)
    if not any(page.lines for page in book):
        raise refusal("no_sheets" if kind is Kind.XLSX else "empty_file", name)
    return book


def refuse_too_large(size: int, name: str) -> None:
    """Raises ``Refusal`` (too_large) for a file of ``size`` bytes."""
    if size > MOST_BYTES:
        megabytes = -(-size // MEGABYTE)
        raise refusal("too_large", name, megabytes=megabytes, most=MOST_BYTES // MEGABYTE)


def _ask_child(content: bytes, kind: Kind, errors: bool, name: str) -> tuple[str, Any]:
    try:
        child = subprocess.run(  # noqa: S603 - our own worker, no shell, fixed arguments
            [sys.executable, "-I", WORKER, kind, str(CPU_SECONDS), str(MEGABYTES), str(int(errors))],
            input=content,
            capture_output=True,
            timeout=WAIT_SECONDS,
            env={"LC_ALL": "C.UTF-8"},
            check=False,
        )
    except subprocess.TimeoutExpired:
        logger.warning("A workbook was not read within %s seconds.", WAIT_SECONDS)
        raise refusal("unreadable", name) from None
    if child.returncode:
        logger.warning("A workbook was not read (%s): %s", child.returncode, child.stderr[-300:])
        raise refusal("unreadable", name)
    code, answer = json.loads(child.stdout)
    return code, answer


def _book(parts: list[tuple[str, bool, list[Any]]], *, guarded: bool) -> Book:
    """Hidden pages are not read: nobody would expect what they say. The portal's own holds the stamp."""
    book = Book()
    for name, visible, lines in parts:
        if name == STAMP_PAGE:
            book.stamp.update(_stamp(_page(name, lines)))
        elif visible:
            book.pages.append(_page(name, lines, guarded=guarded))
        else:
            book.hidden.append(name)
    return book


def _stamp(page: Page) -> dict[str, str]:
    """Key and value in the first two columns."""
    pairs = ((line.at(0), line.at(1)) for line in page.lines)
    return {str(key): str(value) for key, value in pairs if key is not None and value is not None}


def _page(name: str, lines: list[list[Any]], *, guarded: bool = False) -> Page:
    """``guarded``: a CSV file of the portal has an apostrophe where a formula would begin."""
    read = _unguarded if guarded else _cell
    return Page(name, [Line(number, [read(value) for value in cells]) for number, cells in lines])


def _cell(value: Any) -> Cell:
    """As the worker wrote it: a day is a list of one."""
    return date.fromisoformat(value[0]) if type(value) is list else value


def _unguarded(value: Any) -> Cell:
    return unguarded(value) if value and "'" in value else value
