"""The child process that reads one file: the file in on stdin, its cells out on stdout as JSON.

Run as a plain file with ``python -I``: it knows neither Django nor the portal's settings, so that a file
gone wrong can reach nothing. Arguments: xlsx or csv, CPU seconds, megabytes of address space, whether some
cells hold errors of formulas. Out comes [code, figures] of a refusal, or ["", pages]: name, whether it is
visible, and the lines that hold something, each with its number.
"""

import csv
import io
import json
import re
import resource
import sys
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import islice
from typing import Any
from unicodedata import normalize

MEGABYTE = 1024 * 1024
MOST_ROWS, MOST_COLUMNS, MOST_SHEETS = 20_000, 200, 60
MOST_CELLS = 600_000
MOST_CHARACTERS, LONGEST_CELL = 16 * MEGABYTE, 32_767
DELIMITERS = ";\t,"
LOOKED_AT = 50
EXACT = 2**53
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATIONS = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
ERROR = re.compile(rb'<c\b([^>]*\bt="e"[^>]*)>(?:<f[^>]*/>|<f.*?</f>)?<v>([^<]*)</v>', re.DOTALL)
REFERENCE = re.compile(rb'\br="([A-Z]+)([0-9]+)"')

Lines = list[tuple[int, list[object]]]


class Refused(Exception):
    """With the code of the refusal and its figures."""


def limit(seconds: int, megabytes: int) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (megabytes * MEGABYTE, megabytes * MEGABYTE))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


class Counted:
    """The lines of all pages, as plain cells, within the limits."""

    def __init__(self) -> None:
        self.rows = self.cells = self.characters = 0

    def lines_of(self, rows: Iterable[list[object]], before: int = 0) -> Lines:
        """``before``: empty columns at the left that the rows leave out."""
        lines, margin = [], [None] * before
        for number, row in enumerate(rows, start=1):
            if row.count("") == len(row):
                continue
            cells = [None if value == "" else self.plain(value) for value in row]
            while cells and cells[-1] is None:
                cells.pop()
            if cells:
                lines.append((number, margin + cells))
                self.count(before + len(cells))
        return lines

    def count(self, cells: int) -> None:
        """One more line; an empty cell before its last takes as much memory as another."""
        self.rows, self.cells = self.rows + 1, self.cells + cells
        if self.rows > MOST_ROWS:
            raise Refused("too_many_rows", {"most": MOST_ROWS})
        if self.cells > MOST_CELLS:
            raise Refused("too_many_cells", {"most": MOST_CELLS})

    def plain(self, value: object) -> object:
        """A cell as JSON: a whole number as int, a day as a list of one, nothing as null."""
        kind = type(value)
        if kind is str:
            return self.text(str(value))
        if kind is float:
            return number(float(value))  # type: ignore[arg-type]
        if isinstance(value, datetime):
            return [value.date().isoformat()]
        if isinstance(value, date):
            return [value.isoformat()]
        return value if isinstance(value, bool | int) else str(value)

    def text(self, value: str) -> str | None:
        """Letters and their marks as one, however the program that wrote them takes them apart."""
        self.characters += len(value)
        if self.characters > MOST_CHARACTERS:
            raise Refused("too_much_text", {})
        if value.isspace():
            return None
        return value if value.isascii() else normalize("NFC", value)


def number(value: float) -> int | float | str:
    """JSON knows no infinity."""
    if value.is_integer() and abs(value) < EXACT:
        return int(value)
    return value if abs(value) < float("inf") else str(value)


def pages_of_workbook(content: bytes, errors: bool) -> list[object]:
    from python_calamine import SheetTypeEnum, SheetVisibleEnum, load_workbook

    book, counted = load_workbook(io.BytesIO(content)), Counted()
    sheets = [sheet for sheet in book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    if len(sheets) > MOST_SHEETS:
        raise Refused("too_many_sheets", {"most": MOST_SHEETS})
    wrong = error_cells(content) if errors else {}
    pages: list[object] = []
    for each in sheets:
        sheet = book.get_sheet_by_name(each.name)
        if sheet.end and sheet.end[1] >= MOST_COLUMNS:
            figures = {"sheet": each.name, "column": letters(sheet.end[1]), "most": MOST_COLUMNS}
            raise Refused("too_many_columns", figures)
        # It gives the empty rows above, not the empty columns at the left.
        rows = with_errors(sheet.iter_rows(), sheet.start, wrong.get(each.name, {}))
        lines = counted.lines_of(rows, sheet.start[1] if sheet.start else 0)
        pages.append((each.name, each.visible == SheetVisibleEnum.Visible, lines))
    return pages


def letters(column: int) -> str:
    """“AB” for 27."""
    text = ""
    while column >= 0:
        text = chr(ord("A") + column % 26) + text
        column = column // 26 - 1
    return text


def with_errors(
    rows: Iterable[Any], start: tuple[int, int] | None, wrong: dict[tuple[int, int], str]
) -> Iterator[list[object]]:
    """“#REF!” where a formula came to that: calamine takes it for empty, which means something else."""
    left = start[1] if start else 0
    for number, row in enumerate(rows, start=1):
        if wrong:
            row = [wrong.get((number, left + at), value) for at, value in enumerate(row)]
        yield row


def error_cells(content: bytes) -> dict[str, dict[tuple[int, int], str]]:
    """By sheet: (row from 1, column from 0) and what it says."""
    from defusedxml import ElementTree

    found = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
        targets = {each.get("Id"): each.get("Target", "") for each in relations}
        for sheet in ElementTree.fromstring(archive.read("xl/workbook.xml")).iter(f"{MAIN}sheet"):
            target = targets.get(sheet.get(f"{RELATIONS}id"), "")
            path = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
            if path in archive.namelist():
                found[sheet.get("name", "")] = dict(errors_in(archive.read(path)))
    return found


def errors_in(sheet: bytes) -> Iterator[tuple[tuple[int, int], str]]:
    for attributes, text in ERROR.findall(sheet):
        if reference := REFERENCE.search(attributes):
            column = 0
            for letter in reference[1]:
                column = column * 26 + letter - ord("A") + 1
            yield (int(reference[2]), column - 1), text.decode()


def pages_of_text(content: bytes) -> list[object]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused("not_utf8", {}) from None
    csv.field_size_limit(LONGEST_CELL)
    delimiter, said = delimiter_of(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        lines = Counted().lines_of(narrow(reader, said))
    except csv.Error:
        raise Refused("cell_too_long", {"most": LONGEST_CELL}) from None
    return [("CSV", True, lines)]


def narrow(rows: Iterable[list[str]], said: bool) -> Iterator[list[object]]:
    """Rows within the limit; ``said``: the first only names the delimiter (“sep=;”)."""
    for at, row in enumerate(rows):
        if len(row) > MOST_COLUMNS:
            used = max((column for column, text in enumerate(row) if text.strip()), default=0)
            if used >= MOST_COLUMNS:
                raise Refused(
                    "too_many_columns", {"sheet": "CSV", "column": letters(used), "most": MOST_COLUMNS}
                )
            row = row[:MOST_COLUMNS]
        yield [] if said and at == 0 else list(row)


def delimiter_of(text: str) -> tuple[str, bool]:
    """The sign that cuts most lines into as many cells each, and whether the first line only says it."""
    first = text[:10].splitlines()[0] if text[:10].splitlines() else ""
    if first.lower().startswith("sep=") and len(first) == 5:
        return first[4], True
    head = text[: LOOKED_AT * 2000]
    return max(DELIMITERS, key=lambda delimiter: evenness(head, delimiter)), False


def evenness(text: str, delimiter: str) -> int:
    """Lines with the most frequent number of cells, times the cuts in each."""
    try:
        rows = islice(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), LOOKED_AT)
        widths = Counter(len(row) for row in rows if len(row) > 1)
    except csv.Error:
        return 0
    return max((times * (width - 1) for width, times in widths.items()), default=0)


def main() -> None:
    kind, seconds, megabytes, errors = sys.argv[1:]
    limit(int(seconds), int(megabytes))
    content = sys.stdin.buffer.read()
    try:
        answer = ["", pages_of_text(content) if kind == "csv" else pages_of_workbook(content, errors == "1")]
    except Refused as refused:
        answer = list(refused.args)
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False).encode())


if __name__ == "__main__":
    main()
