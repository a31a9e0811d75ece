"""The one place that is asked what day it is.

Rules here turn on dates (validity, windows, cut-offs), so a test or the loading of past years must be
able to stand on another day. Nothing else in the portal calls ``timezone.now`` or ``date.today``.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time

from django.utils import timezone

_standing_at: ContextVar[datetime | None] = ContextVar("standing_at", default=None)


def now() -> datetime:
    """The moment of now, aware, in UTC or the zone it was set in."""
    return _standing_at.get() or timezone.now()


def today() -> date:
    """Today in the portal's own time zone."""
    return now().astimezone(timezone.get_default_timezone()).date()


def noon(day: date) -> datetime:
    """Noon of ``day`` in the portal's time zone."""
    return timezone.make_aware(datetime.combine(day, time(12)))


@contextmanager
def standing_on(day: date | datetime) -> Iterator[None]:
    """Within the block it is ``day`` (noon, if a date): for loading past years, and for tests."""
    moment = day if isinstance(day, datetime) else noon(day)
    token = _standing_at.set(moment)
    try:
        yield
    finally:
        _standing_at.reset(token)
