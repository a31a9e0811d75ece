"""Login, its limits, and the change of a one-time password."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from directory.models import HistoryEntry, User
from tests.world import PASSWORD

pytestmark = pytest.mark.django_db

NEW = "chon-mat-khau-moi-2025"


@pytest.fixture
def person(officer: User) -> User:
    officer.set_password(PASSWORD)
    officer.save()
    return officer


def log_in(username: str, password: str = PASSWORD, **extra: str) -> tuple[Client, object]:
    browser = Client(**extra)
    return browser, browser.post("/login/", {"login": username, "password": password})


def test_login_leads_home(person: User) -> None:
    browser, response = log_in(person.username)
    assert (response.status_code, response["Location"]) == (302, "/")
    assert int(browser.session["_auth_user_id"]) == person.pk


def test_login_leads_where_one_wanted_to_go_but_not_off_the_host(person: User) -> None:
    for wanted, reached in (("/needs/", "/needs/"), ("https://evil.example/", "/")):
        response = Client().post(f"/login/?next={wanted}", {"login": person.username, "password": PASSWORD})
        assert response["Location"] == reached


def test_a_wrong_password_is_refused(person: User) -> None:
    browser, response = log_in(person.username, "wrong")
    assert response.status_code == 422
    assert "_auth_user_id" not in browser.session


def test_a_deactivated_account_cannot_log_in(person: User) -> None:
    User.objects.filter(pk=person.pk).update(is_active=False)
    browser, response = log_in(person.username)
    assert response.status_code == 422
    assert response.context["form"].has_error("__all__", "inactive")
    assert "_auth_user_id" not in browser.session


def test_the_sixth_wrong_password_is_refused_and_so_is_then_the_right_one(person: User) -> None:
    statuses = [log_in(person.username, f"wrong {n}")[1].status_code for n in range(6)]
    assert statuses == [422] * 5 + [429]
    browser, response = log_in(person.username)  # another process would read the same cache table
    assert response.status_code == 429
    assert response.context["form"].is_over_limit()
    assert "_auth_user_id" not in browser.session


def test_the_limit_of_one_account_leaves_others_alone(person: User, coordinator: User) -> None:
    coordinator.set_password(PASSWORD)
    coordinator.save()
    for n in range(6):
        log_in(person.username, f"wrong {n}")
    assert log_in(coordinator.username)[1].status_code == 302


def test_one_address_cannot_try_many_accounts(person: User) -> None:
    statuses = [log_in(f"guess.{n}", "wrong")[1].status_code for n in range(11)]
    assert statuses == [422] * 10 + [429]


def test_the_limits_are_counted_in_the_database(person: User) -> None:
    from django.conf import settings

    assert settings.CACHES["default"]["BACKEND"].endswith("DatabaseCache")


def test_logout_takes_a_post(person: User) -> None:
    browser, _response = log_in(person.username)
    assert browser.get("/logout/").status_code == 405
    response = browser.post("/logout/")
    assert (response.status_code, response["Location"]) == (302, "/login/")
    assert "_auth_user_id" not in browser.session


@pytest.mark.parametrize(
    "name",
    ["account_signup", "account_reset_password", "account_email", "account_set_password", "account_inactive"],
)
def test_other_pages_of_allauth_do_not_exist(name: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse(name)


def test_whoever_has_a_one_time_password_goes_nowhere_else(person: User) -> None:
    User.objects.filter(pk=person.pk).update(must_change_password=True)
    browser, _response = log_in(person.username)
    for path in ("/login/", "/"):
        assert browser.get(path, follow=True).redirect_chain[-1] == ("/password/", 302)


def test_the_own_password_ends_the_duty_and_every_other_session(person: User) -> None:
    User.objects.filter(pk=person.pk).update(must_change_password=True)
    browser, _response = log_in(person.username)
    elsewhere, _response = log_in(person.username)
    response = browser.post("/password/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    assert (response.status_code, response["Location"]) == (302, "/")
    person.refresh_from_db()
    assert not person.must_change_password
    assert person.check_password(NEW)
    assert browser.get("/password/").status_code == 200
    assert elsewhere.get("/password/").status_code == 302
    assert HistoryEntry.objects.of(person).get().verb == "choose own password"


@pytest.mark.parametrize(
    ("old", "new", "again", "field"),
    [
        ("wrong", NEW, NEW, "oldpassword"),
        (PASSWORD, PASSWORD, PASSWORD, "password1"),
        (PASSWORD, "12345", "12345", "password1"),
        (PASSWORD, NEW, "something-else-2025", "password2"),
    ],
)
def test_a_bad_new_password_changes_nothing(person: User, old: str, new: str, again: str, field: str) -> None:
    User.objects.filter(pk=person.pk).update(must_change_password=True)
    browser, _response = log_in(person.username)
    response = browser.post("/password/", {"oldpassword": old, "password1": new, "password2": again})
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    person.refresh_from_db()
    assert person.must_change_password
    assert person.check_password(PASSWORD)
