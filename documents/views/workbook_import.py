"""One uploaded workbook: its check, its preview, its confirmation, its errors."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from directory.access import access, within_reach
from directory.errors import Stale
from directory.http import Request
from directory.roles import Permission
from directory.screens import client_key_of
from documents.actions import check_again, discard_import, expire_import
from documents.actions.workbook_import import book_of, importer_for
from documents.download import file_response
from documents.imports import work
from documents.imports.errors import error_workbook
from documents.imports.plan import Plan
from documents.imports.preview import Preview
from documents.models import WorkbookImport
from documents.spreadsheet import XLSX_TYPE
from documents.states import ImportState


@access(Permission.USE_WORKBOOKS)
@require_safe
def import_detail(request: Request, pk: int) -> HttpResponse:
    """How far it is, what it would do, or what became of it. One whose time is over expires at last here."""
    found = _within_reach(request, pk)
    if found.is_over:
        found = expire_import(by=request.user, workbook_import=found)
    importer, preview = importer_for(found), None
    if found.plan is not None:
        preview = Preview(found, importer, _fate(request, found), request.GET.get("page", "1"))
    context = {"import": found, "importer": importer, "preview": preview}
    return render(request, "documents/import_detail.html", context)


@access(Permission.USE_WORKBOOKS)
@require_safe
def import_progress(request: Request, pk: int) -> HttpResponse:
    """A fragment that asks for itself anew until the work is done; then the page is loaded anew."""
    found = within_reach(WorkbookImport.objects.visible_to(request.user).without_content(), pk=pk)
    if not found.is_at_work:
        return HttpResponseClientRefresh() if request.htmx else redirect("import_detail", pk)
    return render(request, "documents/import_progress.html", {"import": found})


@access(Permission.USE_WORKBOOKS)
@require_POST
def import_confirm(request: Request, pk: int) -> HttpResponse:
    found = _within_reach(request, pk)
    try:
        saved = work.save(found, by=request.user, key=client_key_of(request))
    except Stale as stale:
        messages.warning(request, str(stale))
        work.check(check_again(by=request.user, workbook_import=found))
        return redirect("import_detail", pk)
    if saved.state != ImportState.SAVED:  # a job does it, or the form came twice and could not be saved
        return redirect("import_detail", pk)
    return _saved(request, saved)


@access(Permission.USE_WORKBOOKS)
@require_POST
def import_resume(request: Request, pk: int) -> HttpResponse:
    """Begin the work again whose job has died."""
    work.go_on(_within_reach(request, pk))
    return redirect("import_detail", pk)


@access(Permission.USE_WORKBOOKS)
@require_POST
def import_discard(request: Request, pk: int) -> HttpResponse:
    discard_import(by=request.user, workbook_import=_within_reach(request, pk))
    messages.info(request, _("The file was dropped; nothing was saved."))
    return redirect("import_list")


@access(Permission.USE_WORKBOOKS)
@require_safe
def import_errors(request: Request, pk: int) -> HttpResponse:
    """The same workbook with its errors at their rows."""
    found = _within_reach(request, pk)
    if found.plan is None or not found.has_errors:
        raise Http404
    book, plan = book_of(found), Plan.from_json(found.plan)
    content = error_workbook(book, plan, importer_for(found).errors_stamp(book, plan))
    return file_response(content, XLSX_TYPE, f"{found.kind}-errors", "xlsx")


def _within_reach(request: Request, pk: int) -> WorkbookImport:
    mine = WorkbookImport.objects.visible_to(request.user).select_related("by")
    return within_reach(mine.defer("content"), pk=pk)


def _fate(request: Request, found: WorkbookImport) -> str:
    """Once the others are saved only the refused rows are worth showing."""
    return "refused" if found.state == ImportState.SAVED else request.GET.get("fate", "")


def _saved(request: Request, saved: WorkbookImport) -> HttpResponse:
    """To what was saved; to the refused rows first, if there are any."""
    message = ngettext("%(count)s row was saved.", "%(count)s rows were saved.", saved.saves)
    messages.success(request, message % {"count": saved.saves})
    return redirect("import_detail", saved.pk) if saved.refused else redirect(importer_for(saved).done_url())
