"""What django-import-export needs of a list: the importer's rows, and formats without formulas."""

from __future__ import annotations

from typing import Any

from import_export.fields import Field
from import_export.formats.base_formats import Format
from import_export.resources import Resource
from tablib import Dataset

from directory.models import User
from documents.imports.register import RegisterImporter
from documents.spreadsheet import CSV_TYPE, XLSX_TYPE, Heading, Sheet, as_csv, as_xlsx
from documents.workbooks.holiday import HolidayImporter
from documents.workbooks.place import PlaceImporter
from documents.workbooks.unit import UnitImporter


class ListResource(Resource):
    """A list as its importer takes it out. It reads nothing: what comes in goes through the importer."""

    importer: type[RegisterImporter]

    def __init__(self, user: User, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.list = self.importer(user)

    @classmethod
    def get_display_name(cls) -> str:
        return str(cls.importer.title)

    def get_user_visible_fields(self) -> list[Field]:
        return [Field(column_name=str(column.heading)) for column in self.list.shown_columns]

    def export(self, *args: Any, **kwargs: Any) -> Dataset:
        """The whole list; the filters of the page do not narrow it, so that it can be brought back."""
        sheet = self.list.export()
        rows = [tuple(row) for row in sheet.rows]
        return Dataset(*rows, headers=[column.title for column in sheet.columns], title=sheet.title)

    def import_data(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError("The back office reads no file by itself: see FileAdmin.import_action.")


class UnitResource(ListResource):
    importer = UnitImporter


class PlaceResource(ListResource):
    importer = PlaceImporter


class HolidayResource(ListResource):
    importer = HolidayImporter


class AnyWorkbook(Format):
    """What the portal reads: it looks into the file itself, so nobody says which it is."""

    def get_title(self) -> str:
        return "XLSX, CSV"

    def can_import(self) -> bool:
        return True


class SafeXlsx(Format):
    """XLSX as ``documents.spreadsheet`` writes it."""

    def get_title(self) -> str:
        return "xlsx"

    def get_extension(self) -> str:
        return "xlsx"

    def get_content_type(self) -> str:
        return XLSX_TYPE

    def can_export(self) -> bool:
        return True

    def export_data(self, dataset: Dataset, **kwargs: Any) -> bytes:
        return as_xlsx(_sheet(dataset))


class SafeCsv(SafeXlsx):
    """CSV in the same way."""

    def get_title(self) -> str:
        return "csv"

    def get_extension(self) -> str:
        return "csv"

    def get_content_type(self) -> str:
        return CSV_TYPE

    def export_data(self, dataset: Dataset, **kwargs: Any) -> bytes:
        return b"".join(as_csv(_sheet(dataset)))


def _sheet(dataset: Dataset) -> Sheet:
    headings = [Heading(title, 20) for title in dataset.headers or []]
    return Sheet(dataset.title or "", [], headings, list(dataset))
