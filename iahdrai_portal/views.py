"""What belongs to no room: whether the portal is well."""

from http import HTTPStatus

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from directory.access import access


@access.public
@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """``{"status": "ok", …}``, or 503 with ``down`` naming what does not answer."""
    facts = {"database": connection.vendor, "version": settings.VERSION}
    if _database_answers():
        return JsonResponse({"status": "ok", **facts})
    down = {"status": "down", **facts, "down": ["database"]}
    return JsonResponse(down, status=HTTPStatus.SERVICE_UNAVAILABLE)


def _database_answers() -> bool:
    """A real table is read: a database without our tables cannot serve either."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM django_migrations LIMIT 1")
            cursor.fetchone()
    except DatabaseError:
        return False
    return True
