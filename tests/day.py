"""The tests' day for the live server: its threads do not inherit the day that a test stands on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from threading import Condition

from django.http import HttpRequest, HttpResponse

from directory import clock

DAY = date(2025, 6, 2)
PATIENCE = 30  # seconds that a test waits for what its pages have asked the live server


class Answers:
    """How many requests the live server is answering: a row saved as its page closes outlives the page."""

    def __init__(self) -> None:
        self.number = 0
        self.changed = Condition()

    def __enter__(self) -> None:
        self._add(1)

    def __exit__(self, *error: object) -> None:
        self._add(-1)

    def _add(self, number: int) -> None:
        with self.changed:
            self.number += number
            self.changed.notify_all()

    def are_given(self) -> bool:
        """Waits until no request is under way, so that none meets a database that is being emptied."""
        with self.changed:
            return self.changed.wait_for(lambda: self.number == 0, PATIENCE)


ANSWERS = Answers()


class SameDayInEveryThread:
    """Middleware of the tests: a request that came in a thread of its own stands on the tests' day, too."""

    day = DAY

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if clock._standing_at.get() is not None:
            return self.get_response(request)
        with clock.standing_on(self.day), ANSWERS:
            return self.get_response(request)
