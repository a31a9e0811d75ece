"""Checking and saving: at once if it is short, else by the job worker, so that the page can be left."""

from __future__ import annotations

from django_tasks import task

from directory.models import User
from documents.models import WorkbookImport

# Rows that are checked or saved while the browser waits.
AT_ONCE = 500


def check(workbook_import: WorkbookImport) -> None:
    """Have an uploaded file checked, row by row."""
    if workbook_import.total <= AT_ONCE:
        _check(workbook_import.pk)
    else:
        check_later.enqueue(workbook_import.pk)


@task()
def check_later(pk: int) -> None:
    _check(pk)


def _check(pk: int) -> None:
    from documents.actions.workbook_import import plan_import

    found = WorkbookImport.objects.select_related("by").get(pk=pk)
    by: User = found.by
    plan_import(by=by, workbook_import=found)
