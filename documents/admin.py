"""Units, places and holidays of the back office out to files and back in, by the importers alone.

The library (django-import-export) gives the buttons, the forms and the way of a file out. A file that comes
in becomes a ``WorkbookImport`` that waits for its confirmation: the back office never writes a register
from one.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from import_export.admin import ImportExportMixin
from import_export.forms import ExportForm

from directory.admin import HolidayAdmin, PlaceAdmin, UnitAdmin
from directory.errors import Refusal
from directory.models import Holiday, Place, Unit
from documents.actions import upload_workbook
from documents.imports import work
from documents.resources import AnyWorkbook, HolidayResource, PlaceResource, SafeCsv, SafeXlsx, UnitResource


class FileAdmin(ImportExportMixin):
    """``kind``: of the importer that reads and writes the register."""

    kind: str
    import_formats, export_formats = [AnyWorkbook], [SafeXlsx, SafeCsv]
    # The other form chooses columns by a script in the page, which the security policy stops.
    export_form_class = ExportForm

    def has_import_permission(self, request: HttpRequest) -> bool:
        return self.admin_site.has_permission(request)

    has_export_permission = has_import_permission

    def get_resource_kwargs(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return {"user": request.user}

    def import_action(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """The library's page asks for the file; what it says is checked and previewed by the portal."""
        if request.method != "POST":
            return super().import_action(request, **kwargs)
        if not self.has_import_permission(request):
            raise PermissionDenied
        form = self.create_import_form(request)
        if not form.is_valid():
            return _again(request, [message for errors in form.errors.values() for message in errors])
        file = form.cleaned_data["import_file"]
        try:
            found = upload_workbook(
                by=request.user,  # type: ignore[arg-type]
                kind=self.kind,
                file_name=file.name,
                content=file.read(),
            )
        except Refusal as refusal:
            return _again(request, [str(problem.message) for problem in refusal.problems])
        work.check(found)
        return redirect("import_detail", found.pk)

    def process_import(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """The library's second step, which would write: there is none."""
        raise Http404


def _again(request: HttpRequest, problems: list[str]) -> HttpResponse:
    for problem in problems:
        messages.error(request, problem)
    return redirect(request.path)


admin.site.unregister([Unit, Place, Holiday])


@admin.register(Unit)
class UnitFileAdmin(FileAdmin, UnitAdmin):
    kind = "units"
    resource_classes = [UnitResource]


@admin.register(Place)
class PlaceFileAdmin(FileAdmin, PlaceAdmin):
    kind = "places"
    resource_classes = [PlaceResource]


@admin.register(Holiday)
class HolidayFileAdmin(FileAdmin, HolidayAdmin):
    kind = "holidays"
    resource_classes = [HolidayResource]
