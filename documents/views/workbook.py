"""Workbooks in and out: the kinds there are, their templates and lists, and the upload."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from directory.access import access
from directory.errors import Refusal
from directory.http import Request
from directory.roles import Permission
from directory.screens import client_key_of, show_refusal, status_of
from documents.actions import upload_workbook
from documents.download import file_response, sheet_response
from documents.forms import UploadForm
from documents.imports import work
from documents.imports.importer import Importer, importer_of, kinds_for
from documents.models import WorkbookImport
from documents.reading import MOST_BYTES
from documents.spreadsheet import XLSX_TYPE

UPLOADS_SHOWN = 20


@access(Permission.USE_WORKBOOKS)
@require_safe
def import_list(request: Request) -> HttpResponse:
    """The kinds of workbooks that the user may bring in, and what they brought in."""
    found = WorkbookImport.objects.visible_to(request.user).without_content()[:UPLOADS_SHOWN]
    context = {
        "kinds": kinds_for(request.user),
        "imports": [(each, importer_of(each.kind)) for each in found],
    }
    return render(request, "documents/import_list.html", context)


@access(Permission.USE_WORKBOOKS)
@require_http_methods(["GET", "HEAD", "POST"])
def import_upload(request: Request, kind: str) -> HttpResponse:
    return upload_page(request, _importer_or_404(request, kind))


@access(Permission.USE_WORKBOOKS)
@require_safe
def import_template(request: Request, kind: str) -> HttpResponse:
    content = _importer_or_404(request, kind).template()
    if content is None:
        raise Http404
    return file_response(content, XLSX_TYPE, f"{kind}-template", "xlsx")


@access(Permission.USE_WORKBOOKS)
@require_safe
def import_export(request: Request, kind: str, format: str) -> HttpResponse:
    sheet = _importer_or_404(request, kind).export()
    if sheet is None or format not in ("xlsx", "csv"):
        raise Http404
    return sheet_response(sheet, kind, format)


def upload_page(
    request: Request,
    importer: Importer,
    *,
    template: str = "documents/import_upload.html",
    **context: Any,
) -> HttpResponse:
    """Shows the form, or takes the file in and leads to its preview.

    For rooms above, whose kinds have a subject: their view finds the subject within reach, makes the importer
    of it, and may say ``template`` and more ``context`` (``back``: an address and its name).
    """
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if form.is_valid():
        try:
            found = _take_in(request, form, importer.kind, importer.subject)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return redirect("import_detail", found.pk)
    context |= {"importer": importer, "form": form, "most_bytes": MOST_BYTES}
    return render(request, template, context, status=status_of(form))


def _take_in(request: Request, form: UploadForm, kind: str, subject: Model | None) -> WorkbookImport:
    file = form.cleaned_data["file"]
    found = upload_workbook(
        by=request.user,
        kind=kind,
        file_name=file.name,
        content=file.read(),
        subject=subject,
        key=client_key_of(request),
    )
    work.check(found)
    return found


def _importer_or_404(request: Request, kind: str) -> Importer:
    """Of a kind without a subject; 403 if the role may not bring it in."""
    importer = importer_of(kind)
    if importer is None or importer.has_subject:
        raise Http404
    if not request.user.may(importer.permission):
        raise PermissionDenied
    return importer(request.user)
