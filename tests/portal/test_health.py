"""GET /healthz of a portal whose database really does not answer (the well one: tests/directory)."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

ASK = """
import django; django.setup()
from django.test import Client
answer = Client(headers={"host": "127.0.0.1"}).get("/healthz")
print(answer.status_code, answer.content.decode())
"""


@pytest.mark.parametrize(
    ("url", "vendor"),
    [("postgres://nobody@127.0.0.1:1/none", "postgresql"), ("sqlite:////nowhere/at/all.sqlite3", "sqlite")],
)
def test_503_when_the_database_does_not_answer(url: str, vendor: str, tmp_path: Path) -> None:
    status, body = _ask({"DATABASE_URL": url, "VAR_DIR": str(tmp_path)})
    assert status == "503"
    expected = {"status": "down", "database": vendor, "version": settings.VERSION}
    # The cache lives in the same database.
    assert json.loads(body) == {**expected, "down": ["database", "cache"]}


def test_503_when_the_database_is_empty(tmp_path: Path) -> None:
    status, body = _ask({"DATABASE_URL": f"sqlite:///{tmp_path / 'empty.sqlite3'}", "VAR_DIR": str(tmp_path)})
    assert (status, json.loads(body)["down"]) == ("503", ["cache"])


def _ask(environment: dict[str, str]) -> tuple[str, str]:
    """A portal of its own, with a real connection that cannot be made."""
    own = {"DJANGO_SETTINGS_MODULE": "iahdrai_portal.settings", "SECRET_KEY": "x" * 60, **environment}
    asked = subprocess.run(
        [sys.executable, "-c", ASK],
        cwd=settings.BASE_DIR,
        env={**os.environ, **own},
        capture_output=True,
        text=True,
        check=True,
    )
    status, _, body = asked.stdout.strip().partition(" ")
    return status, body
