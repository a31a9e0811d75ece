"""Workbooks in and out: kinds, upload, preview, confirmation."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from directory.access import access, within_reach
from directory.errors import Refusal, Stale
from directory.http import Request
from directory.roles import Permission
from directory.screens import client_key_of, show_refusal, status_of
from documents.actions import confirm_import, discard_import, upload_workbook
from documents.actions.workbook_import import importer_for
from documents.download import file_response, sheet_response
from documents.forms import UploadForm
from documents.imports import work
from documents.imports.importer import Importer, kinds_for
from documents.imports.plan import Plan
from documents.models import WorkbookImport
from documents.spreadsheet import XLSX_TYPE


@access(Permission.USE_WORKBOOKS)
@require_safe
def import_list(request: Request) -> HttpResponse:
    """The kinds of workbooks that the user may bring in, and what they brought in."""
    context = {
        "kinds": kinds_for(request.user),
        "imports": WorkbookImport.objects.visible_to(request.user).without_content()[:20],
    }
    return render(request, "documents/import_list.html", context)


@access(Permission.USE_WORKBOOKS)
@require_http_methods(["GET", "HEAD", "POST"])
def import_upload(request: Request, kind: str) -> HttpResponse:
    importer = _importer_or_404(request, kind)
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            found = upload_workbook(
                by=request.user,
                kind=kind,
                file_name=file.name,
                content=file.read(),
                key=client_key_of(request),
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            work.check(found)
            return redirect("import_detail", found.pk)
    context = {"importer": importer, "form": form}
    return render(request, "documents/import_upload.html", context, status=status_of(form))


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


@access(Permission.USE_WORKBOOKS)
@require_safe
def import_detail(request: Request, pk: int) -> HttpResponse:
    found = _within_reach(request, pk)
    return render(request, "documents/import_detail.html", _detail(found))


@access(Permission.USE_WORKBOOKS)
@require_POST
def import_confirm(request: Request, pk: int) -> HttpResponse:
    found = _within_reach(request, pk)
    try:
        saved = confirm_import(by=request.user, workbook_import=found, key=client_key_of(request))
    except Stale as refusal:
        messages.warning(request, str(refusal))
        return redirect("import_detail", pk)
    messages.success(request, _("%(count)s rows were saved.") % {"count": saved.saves})
    return redirect(importer_for(saved).done_url())


@access(Permission.USE_WORKBOOKS)
@require_POST
def import_discard(request: Request, pk: int) -> HttpResponse:
    discard_import(by=request.user, workbook_import=_within_reach(request, pk))
    messages.info(request, _("The file was dropped; nothing was saved."))
    return redirect("import_list")


def _within_reach(request: Request, pk: int) -> WorkbookImport:
    return within_reach(WorkbookImport.objects.visible_to(request.user), pk=pk)


def _importer_or_404(request: Request, kind: str) -> Importer:
    for importer in kinds_for(request.user):
        if importer.kind == kind:
            return importer(request.user)
    raise Http404


def _detail(found: WorkbookImport) -> dict[str, object]:
    return {
        "import": found,
        "importer": importer_for(found),
        "plan": None if found.plan is None else Plan.from_json(found.plan),
    }
