"""The tests' day for the live server: its threads do not inherit the day that a test stands on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.http import HttpRequest, HttpResponse

from directory import clock

DAY = date(2025, 6, 2)


class SameDayInEveryThread:
    """Middleware of the tests: a request that came in a thread of its own stands on the tests' day, too."""

    day = DAY

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if clock._standing_at.get() is not None:
            return self.get_response(request)
        with clock.standing_on(self.day):
            return self.get_response(request)
