"""A downloaded list as its cells, for tests of any room."""

from __future__ import annotations

import csv
import io

from django.http import HttpResponse
from openpyxl import load_workbook


def rows_of(answer: HttpResponse) -> list[list[object]]:
    """The first page of a workbook, or a CSV file, from its headings on: what stands under the empty line."""
    assert answer.status_code == 200
    rows = workbook_of(answer) if is_workbook(answer) else lines_of(answer)
    first = next(number for number, row in enumerate(rows) if not any(cell not in (None, "") for cell in row))
    return rows[first + 1 :]


def notes_of(answer: HttpResponse) -> list[object]:
    """What stands above it: title, office, filters, when."""
    rows = workbook_of(answer) if is_workbook(answer) else lines_of(answer)
    return [row[0] for row in rows[: len(rows) - len(rows_of(answer)) - 1]]


def is_workbook(answer: HttpResponse) -> bool:
    return answer.content.startswith(b"PK")


def workbook_of(answer: HttpResponse) -> list[list[object]]:
    page = load_workbook(io.BytesIO(answer.content)).worksheets[0]
    return [[cell.value for cell in row] for row in page.iter_rows()]


def lines_of(answer: HttpResponse) -> list[list[object]]:
    text = io.StringIO(answer.content.decode("utf-8-sig"), newline="")
    return [list(line) for line in csv.reader(text, delimiter=";")]
