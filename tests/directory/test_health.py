"""GET /healthz."""

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.test import Client

pytestmark = pytest.mark.django_db


def test_alive() -> None:
    body = {"status": "ok", "database": connection.vendor, "version": settings.VERSION}
    assert Client().get("/healthz").json() == body


def test_down(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(key: str) -> None:
        raise DatabaseError

    monkeypatch.setattr(cache, "get", fail)
    response = Client().get("/healthz")
    assert response.status_code == 503
    assert response.json()["down"] == ["cache"]
