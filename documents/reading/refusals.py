"""What is wrong with a file, and what to do: each by its code."""

from __future__ import annotations

from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from directory.errors import Refusal

LONGEST_SHOWN = 80

SENTENCES = {
    "empty_file": _("“%(name)s” is empty. Choose the file again; if it was on the phone, save it first."),
    "too_large": _(
        "“%(name)s” has %(megabytes)s MB; at most %(most)s MB are read. Delete pictures and unused "
        "sheets, or split the list into several files."
    ),
    "encrypted": _(
        "“%(name)s” is protected by a password, so it cannot be read. In Excel choose File › Info › "
        "Protect Workbook › Encrypt with Password, empty the password, save, and upload it again."
    ),
    "old_excel": _(
        "“%(name)s” is a workbook of an old Excel (.xls). Open it and save it as “Excel Workbook (.xlsx)”."
    ),
    "open_document": _(
        "“%(name)s” is an OpenDocument file (.ods). Open it and save it as “Excel 2007-365 (.xlsx)”."
    ),
    "binary_workbook": _(
        "“%(name)s” is a binary workbook (.xlsb). Open it and save it as “Excel Workbook (.xlsx)”."
    ),
    "not_a_workbook": _(
        "“%(name)s” is no workbook, whatever its name says: inside it is %(what)s. Choose an .xlsx or"
        " .csv file."
    ),
    "macros": _(
        "“%(name)s” holds macros (programs), which the portal never takes. Save it as “Excel Workbook"
        " (.xlsx)”, without macros, and upload that."
    ),
    "truncated": _(
        "“%(name)s” breaks off before its end: it was not copied or sent whole. Save it again and "
        "upload it again."
    ),
    "damaged": _("“%(name)s” is damaged inside. Open it in Excel, save it under a new name and upload that."),
    "too_many_parts": _(
        "“%(name)s” consists of more than %(most)s parts, which no list needs. Copy the list into a "
        "new workbook and upload that."
    ),
    "too_large_unpacked": _(
        "“%(name)s” unpacks to more than %(most)s MB, which no list needs. Copy the list into a new "
        "workbook and upload that."
    ),
    "odd_parts": _(
        "“%(name)s” is not built as a workbook is: %(what)s. Copy the list into a new workbook and "
        "upload that."
    ),
    "external_links": _(
        "“%(name)s” takes values from other files or addresses. In Excel choose Data › Edit Links › "
        "Break Link (or copy the list and paste values only into a new workbook), save and upload it "
        "again."
    ),
    "entities": _(
        "“%(name)s” holds definitions (DOCTYPE) that no spreadsheet program writes, so it was not "
        "read. Copy the list into a new workbook and upload that."
    ),
    "strict": _(
        "“%(name)s” was saved as “Strict Open XML Spreadsheet”. Save it as “Excel Workbook (.xlsx)” instead."
    ),
    "no_sheets": _(
        "“%(name)s” shows no sheet with anything in it. Unhide the sheet with the list and save it."
    ),
    "too_many_sheets": _("“%(name)s” has more than %(most)s sheets. Keep the one with the list and save it."),
    "too_many_rows": _(
        "“%(name)s” has more than %(most)s rows with something in them. Split it into several files."
    ),
    "too_many_columns": _(
        "On the sheet “%(sheet)s” of “%(name)s” something stands in column %(column)s; at most "
        "%(most)s columns are read. Delete what stands to the right of the list."
    ),
    "too_many_cells": _(
        "“%(name)s” has more than %(most)s cells, the empty ones between others counted. Delete what "
        "stands to the right of the list, or split it into several files."
    ),
    "too_much_text": _("“%(name)s” holds more text than is read at once. Split it into several files."),
    "utf16": _(
        "“%(name)s” is text in UTF-16 (“Unicode Text”). In Excel choose Save As › “CSV UTF-8” or "
        "“Excel Workbook (.xlsx)” and upload that."
    ),
    "not_utf8": _(
        "“%(name)s” is not in UTF-8 but in an older encoding (such as Windows-1258), in which "
        "Vietnamese letters get lost. In Excel choose Save As › “CSV UTF-8” or “Excel Workbook "
        "(.xlsx)” and upload that."
    ),
    "cell_too_long": _(
        "A cell of “%(name)s” holds more than %(most)s characters: often a quotation mark that is "
        "never closed. Look at the lines with quotation marks."
    ),
    "unreadable": _(
        "“%(name)s” could not be read: it is damaged, or something in it takes too much time or "
        "memory. Often a cell far below or far to the right of the list is not empty. Copy the list "
        "into a new workbook and upload that."
    ),
}


def refusal(code: str, name: str, **shown: str | int) -> Refusal:
    """The refusal of a file called ``name``; ``shown``: figures of its sentence."""
    figures = {key: number_format(value) if isinstance(value, int) else value for key, value in shown.items()}
    message = SENTENCES[code] % {"name": name[-LONGEST_SHOWN:], **figures}
    return Refusal(message, code=code, place="file")
