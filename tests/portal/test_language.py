"""Vietnamese first: an English browser is no choice of English; the switch is, on public pages too."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

pytestmark = pytest.mark.django_db

ROOT = Path(settings.BASE_DIR)
APPS = ["directory", "documents", "needs", "donors", "distributions", "reports", "iahdrai_portal"]


def language_of(client: Client) -> str:
    answer = client.get("/login/", headers={"accept-language": "en-US,en;q=0.9"})
    return answer.headers["Content-Language"]


def test_the_browsers_own_language_is_not_asked(client: Client) -> None:
    assert language_of(client) == "vi"


def test_the_switch_is_kept(client: Client) -> None:
    client.post("/language/", {"language": "en", "next": "/login/"})
    assert language_of(client) == "en"
    client.post("/language/", {"language": "vi", "next": "/login/"})
    assert language_of(client) == "vi"


def test_a_made_up_language_is_vietnamese(client: Client) -> None:
    client.cookies["django_language"] = "xx"
    assert language_of(client) == "vi"


def test_translation_functions_keep_names_that_translators_tools_know() -> None:
    """Under another name (``_lazy``) a sentence is never collected, so it stays English for ever."""
    known = re.compile(r"import \w*gettext\w* as (?!_\b)\w+")
    files = [path for app in APPS for path in (ROOT / app).rglob("*.py")]
    assert [str(path) for path in files if known.search(path.read_text())] == []
