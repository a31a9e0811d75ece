"""The registers of the directory as files: the directory itself knows nothing of workbooks."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from directory.access import access
from directory.http import Request
from directory.roles import Permission
from directory.search import accounts_found, places_found
from documents.exports import list_response, searched
from documents.workbooks.lists import ACCOUNTS, PLACES


@access(Permission.MANAGE_PLACES)
@require_safe
def place_export(request: Request, format: str) -> HttpResponse:
    query = request.GET.get("q", "").strip()
    return list_response(request, PLACES, places_found(request.user, query), format, searched(query))


@access(Permission.MANAGE_ACCOUNTS)
@require_safe
def account_export(request: Request, format: str) -> HttpResponse:
    query = request.GET.get("q", "").strip()
    return list_response(request, ACCOUNTS, accounts_found(request.user, query), format, searched(query))
