"""Every kind of file that may be taken away, so that the same bytes are found wherever they are kept.

Rooms above register their kinds, and the records that have to be told, when they start (decision 0013).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import connection

from directory.models import User
from documents.models.removable import Removable

# Says in the history of the record that a file is of what became of the file.
Tell = Callable[[User, Any], None]
_kinds: dict[type[Removable], list[Tell]] = {}


def register(kind: type[Removable], tell: Tell) -> None:
    """Let ``tell`` hear of each file of ``kind`` that is taken away. Registering twice changes nothing."""
    told = _kinds.setdefault(kind, [])
    if tell not in told:
        told.append(tell)


def hold(sha256: str) -> None:
    """Nobody else keeps or erases these bytes until the transaction ends; taken after the record's own lock.

    The rows alone do not do: a file that is kept at this moment has none yet. On SQLite one writes at a time.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int(sha256[:15], 16)])


def with_bytes_of(sha256: str) -> list[Removable]:
    """Whatever of any kind still has these bytes, kept or set aside; locked."""
    found: list[Removable] = []
    for kind in _kinds:
        rows = kind._base_manager.filter(pk__in=_removable(kind).with_bytes().filter(sha256=sha256))
        found += rows.defer("content").select_for_update(no_key=True).order_by("pk")
    return found


def is_erased(sha256: str) -> bool:
    return any(_removable(kind).erased().filter(sha256=sha256).exists() for kind in _kinds)


def tell(by: User, file: Removable) -> None:
    for each in _kinds[type(file)]:
        each(by, file)


def _removable(kind: type[Removable]) -> Any:
    return kind.objects.removable()  # type: ignore[attr-defined]
