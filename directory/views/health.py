"""Whether the portal is alive, for whoever watches over the machine."""

from __future__ import annotations

from http import HTTPStatus

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from directory.access import access


@access.public
@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 with the kind of database, or 503 with what is down."""
    down = [name for name, check in (("database", _ask_database), ("cache", _ask_cache)) if not check()]
    body = {"status": "down" if down else "ok", "database": connection.vendor, "version": settings.VERSION}
    if down:
        return JsonResponse({**body, "down": down}, status=HTTPStatus.SERVICE_UNAVAILABLE)
    return JsonResponse(body)


def _ask_database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _ask_cache() -> bool:
    try:
        cache.get("healthz")
    except DatabaseError:
        return False
    return True
