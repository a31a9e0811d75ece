"""The child process that reads one workbook: the file in on stdin, its cells out on stdout as JSON.

Run as a plain file with ``python -I``: it knows neither Django nor the portal's settings, so that a file
gone wrong can reach nothing. Arguments: CPU seconds, megabytes of address space.
"""

import io
import json
import resource
import sys
from datetime import date, datetime

MEGABYTE = 1024 * 1024


def limit(seconds: int, megabytes: int) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (megabytes * MEGABYTE, megabytes * MEGABYTE))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def plain(value: object) -> object:
    """A cell as JSON: a whole number as int, a day as a list of one, nothing as null."""
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    if isinstance(value, datetime):
        return [value.date().isoformat()]
    if isinstance(value, date):
        return [value.isoformat()]
    if isinstance(value, str):
        return value if value.strip() else None
    return value if isinstance(value, bool | int) else None if value is None else str(value)


def main() -> None:
    limit(int(sys.argv[1]), int(sys.argv[2]))
    from python_calamine import SheetVisibleEnum, load_workbook

    book = load_workbook(io.BytesIO(sys.stdin.buffer.read()))
    pages = []
    for sheet in book.sheets_metadata:
        rows = book.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False)
        lines = [(number, [plain(value) for value in row]) for number, row in enumerate(rows, start=1)]
        visible = sheet.visible == SheetVisibleEnum.Visible
        pages.append(
            [sheet.name, visible, [line for line in lines if any(value is not None for value in line[1])]]
        )
    json.dump(pages, sys.stdout)


if __name__ == "__main__":
    main()
