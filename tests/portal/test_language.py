"""Vietnamese first: an English browser is no choice of English; the switch is, on public pages too."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


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
