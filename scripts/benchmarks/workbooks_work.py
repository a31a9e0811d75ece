"""What the benchmark of workbooks does within a process of the portal: the same file, taken in three ways."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from typing import Any

from django.db import connection
from import_export.fields import Field
from import_export.formats.base_formats import XLSX
from import_export.resources import ModelResource
from openpyxl import Workbook

from directory.models import Agency, HistoryEntry, Unit, User
from directory.roles import Role
from documents.actions import upload_workbook
from documents.imports import work
from documents.imports.importer import importer_of
from documents.models import WorkbookImport
from donors.models import Donor

COLUMNS = ("name", "kind", "origin", "tax_code", "phone", "email", "address", "note")
_file: dict[str, Any] = {}


def fill() -> None:
    """An officer of the coordinating office."""
    agency = Agency.objects.get(short_name="LĐTBXH")
    User.objects.create(username="bench", full_name="Bench", role=Role.COORDINATOR, agency=agency)


def prepare(rows: int) -> None:
    """The file as any program writes it: the headings in the first row, for the library knows no other."""
    book = Workbook(write_only=True)
    page = book.create_sheet("Nhà tài trợ")
    page.append(_headings())
    for number in range(rows):
        page.append(_row(number))
    file = io.BytesIO()
    book.save(file)
    _file.update(content=file.getvalue(), rows=rows)


def _headings() -> list[str]:
    importer = importer_of("donors")
    assert importer is not None
    columns = {column.name: str(column.heading) for column in importer(_officer()).columns}  # type: ignore[attr-defined]
    return [columns[name] for name in COLUMNS]


def _row(number: int) -> list[str]:
    return [
        f"Công ty trách nhiệm hữu hạn Đại Phát số {number}",
        str(Donor.Kind.ENTERPRISE.label),
        str(Donor.Origin.IN_COUNTRY.label),
        f"{3_000_000_000 + number}",
        f"09{number:08}",
        f"lien.he.{number}@daiphat.vn",
        f"Số {number % 300} đường Trần Hưng Đạo, thành phố Kon Tum",
        "Ủng hộ áo ấm hằng năm",
    ]


def ours() -> float:
    """What the screens do: upload, preview of every row, confirmation. With all checks and history."""
    return _timed(_take_in)


def _take_in() -> None:
    found = _previewed()
    work.save(found, by=found.by)
    if found.saves > work.AT_ONCE:
        work.save_later.call(found.pk)  # the job worker does this; how long it waits for it is not ours
    saved = _stored(found)
    assert (saved.added, saved.refused, saved.state) == (_file["rows"], 0, "saved"), saved.problems


def _previewed() -> WorkbookImport:
    content = _file["content"]
    found = upload_workbook(by=_officer(), kind="donors", file_name="bench.xlsx", content=content)
    work.check(found)
    if found.total > work.AT_ONCE:
        work.check_later.call(found.pk)
    return _stored(found)


def _stored(found: WorkbookImport) -> WorkbookImport:
    return WorkbookImport.objects.without_content().select_related("by").get(pk=found.pk)


def unchanged() -> float:
    """Of the list that ``ours`` has left; nothing is saved."""
    _take_in_afresh()
    start = time.perf_counter()
    found = _previewed()
    seconds = time.perf_counter() - start
    assert found.unchanged == _file["rows"], found.unchanged
    return seconds


def _take_in_afresh() -> None:
    _empty()
    _take_in()


def bare() -> float:
    """Read by calamine in the process itself and written as it is: no check, no history, nothing kept."""
    return _timed(_write_bare)


def _write_bare() -> None:
    from python_calamine import load_workbook

    by = _officer()
    rows = load_workbook(io.BytesIO(_file["content"])).get_sheet_by_index(0).to_python()
    kinds, origins = _values(Donor.Kind), _values(Donor.Origin)
    scope = Unit.objects.get(code="618")
    donors = []
    for name, kind, origin, *rest in ([str(cell) for cell in row] for row in rows[1:]):
        said = dict(zip(COLUMNS[3:], rest, strict=True))
        donors.append(
            Donor(
                scope=scope,
                registered_by=by.agency,
                name=name,
                name_key=name,
                kind=kinds[kind],
                origin=origins[origin],
                **said,
            )
        )
    Donor.objects.bulk_create(donors)
    assert len(donors) == _file["rows"]


def stock() -> float:
    """The library as its documentation says: a resource, a dry run for the preview, then the import."""
    return _timed(_import_by_library)


def _import_by_library() -> None:
    resource = _resource()
    for dry_run in (True, False):
        dataset = XLSX().create_dataset(_file["content"])
        result = resource.import_data(dataset, dry_run=dry_run, raise_errors=True)
        assert result.totals["new"] == _file["rows"], result.totals


def _resource() -> ModelResource:
    kinds, origins = _values(Donor.Kind), _values(Donor.Origin)
    by, scope, headings = (
        _officer(),
        Unit.objects.get(code="618"),
        dict(zip(COLUMNS, _headings(), strict=True)),
    )

    class DonorResource(ModelResource):
        class Meta:
            model = Donor
            fields = COLUMNS
            import_id_fields = ("tax_code",)

        def before_import_row(self, row: Any, **kwargs: Any) -> None:
            row[headings["kind"]] = kinds[row[headings["kind"]]]
            row[headings["origin"]] = origins[row[headings["origin"]]]

        def before_save_instance(self, instance: Donor, row: Any, **kwargs: Any) -> None:
            instance.name_key = instance.name

        def init_instance(self, row: Any = None) -> Donor:
            return Donor(scope=scope, registered_by=by.agency)

    resource = DonorResource()
    for name in COLUMNS:
        resource.fields[name] = Field(name, headings[name])
    return resource


def _values(choices: Any) -> dict[str, str]:
    return {str(label): value for value, label in choices.choices}


def _officer() -> User:
    return User.objects.get(username="bench")


def _timed(work: Callable[[], None]) -> float:
    _empty()
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _empty() -> None:
    tables = [Donor, Donor.history.model, HistoryEntry, WorkbookImport]
    names = ", ".join(model._meta.db_table for model in tables)
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {names} CASCADE")
