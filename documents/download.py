"""A list as a file to download: its name says of which day it is, and nobody but the reader keeps it."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpResponse

from directory import clock
from documents.spreadsheet import CSV_TYPE, XLSX_TYPE, Sheet, as_csv, as_xlsx


def sheet_response(sheet: Sheet | Sequence[Sheet], name: str, format: str) -> HttpResponse:
    """``format``: xlsx or csv. Several sheets: a page each, in a CSV file one below the other."""
    sheets = [sheet] if isinstance(sheet, Sheet) else sheet
    if format == "xlsx":
        return file_response(as_xlsx(*sheets), XLSX_TYPE, name, format)
    return file_response(b"".join(as_csv(*sheets)), CSV_TYPE, name, format)


def file_response(content: bytes, content_type: str, name: str, format: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    file_name = f"{name}-{clock.today():%Y-%m-%d}.{format}"
    response["Content-Disposition"] = f'attachment; filename="{file_name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
