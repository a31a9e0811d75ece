"""Accounts: rules of the actions, and the screens of administrators."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from django.test import Client

from directory import history
from directory.actions.account import (
    activate_account,
    change_account,
    create_account,
    deactivate_account,
    one_time_password,
    reset_password,
)
from directory.errors import Forbidden, Refusal, WrongState
from directory.models import HistoryEntry, User
from directory.roles import Role
from tests.world import PASSWORD, World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def new(world: World, by: User, **changes: Any) -> User:
    wanted = {
        "username": "Iadom.Moi",
        "full_name": "Cán bộ mới",
        "role": Role.COMMUNE_OFFICER,
        "agency": world.agency("UBND xã Ia Dom"),
        "password": "one-time-1",
    }
    return create_account(by=by, **(wanted | changes))


def test_a_new_account_must_choose_its_own_password(world: World, administrator: User) -> None:
    account = new(world, administrator)
    assert (account.username, account.must_change_password, account.is_active) == ("iadom.moi", True, True)
    assert account.check_password("one-time-1")
    entry = HistoryEntry.objects.of(account).get()
    assert (entry.verb, entry.by, entry.details) == (
        "create account",
        administrator,
        {"role": "commune_officer"},
    )


def test_the_one_time_password_is_kept_nowhere(world: World, administrator: User) -> None:
    account = new(world, administrator, password="k7mq-w2xr-h9ta")
    kept = [str(account.__dict__), *(str(row.__dict__) for row in account.history.all())]
    kept += [str(entry.__dict__) for entry in HistoryEntry.objects.all()]
    assert not [row for row in kept if "k7mq-w2xr-h9ta" in row]
    assert not hasattr(account.history.first(), "password")


def test_one_time_passwords_can_be_read_out() -> None:
    passwords = {one_time_password() for _ in range(100)}
    assert len(passwords) == 100
    assert all(re.fullmatch(r"[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}", password) for password in passwords)


@pytest.mark.parametrize(
    ("changes", "places"),
    [
        ({"username": "Có Dấu"}, ["username"]),
        ({"username": "OFFICER.iadom"}, ["username"]),
        ({"agency": None}, ["agency"]),
        ({"role": Role.COORDINATOR}, ["agency"]),
        ({"role": Role.LEADER, "agency": "LĐTBXH"}, ["agency"]),
        ({"role": Role.COMMUNE_OFFICER, "agency": "LĐTBXH"}, ["agency"]),
        ({"username": "x", "agency": None}, ["username", "agency"]),
    ],
)
def test_all_that_is_wrong_is_named(
    world: World, administrator: User, changes: dict[str, Any], places: list[str]
) -> None:
    if isinstance(changes.get("agency"), str):
        changes = changes | {"agency": world.agency(changes["agency"])}
    before = User.objects.count()
    with pytest.raises(Refusal) as refused:
        new(world, administrator, **changes)
    assert [problem.place for problem in refused.value.problems] == places
    assert User.objects.count() == before


def test_only_administrators_keep_accounts(world: World, coordinator: User, officer: User) -> None:
    for deed in (
        lambda: new(world, coordinator),
        lambda: reset_password(by=coordinator, account=officer, password="x"),
        lambda: deactivate_account(by=coordinator, account=officer, reason="x"),
        lambda: activate_account(by=coordinator, account=officer, password="x", reason="x"),
        lambda: change_account(
            by=coordinator,
            account=officer,
            full_name="x",
            role=officer.role,
            agency=officer.agency,
            reason="x",
        ),
    ):
        with pytest.raises(Forbidden):
            deed()
    officer.refresh_from_db()
    assert (officer.is_active, officer.full_name) == (True, "officer.iadom")


def test_a_deactivated_account_loses_its_sessions_for_good(
    administrator: User, officer: User, client_of: Any
) -> None:
    session = client_of(officer)
    assert session.get("/password/").status_code in (200, 302)
    deactivate_account(by=administrator, account=officer, reason="chuyển công tác")
    assert session.get("/")["Location"] == "/login/?next=/"
    activate_account(by=administrator, account=officer, password="one-time-2", reason="trở lại")
    assert session.get("/")["Location"] == "/login/?next=/"
    officer.refresh_from_db()
    assert (officer.is_active, officer.must_change_password) == (True, True)
    verbs = [(entry.verb, entry.reason) for entry in HistoryEntry.objects.of(officer)]
    assert verbs == [("reactivate account", "trở lại"), ("deactivate account", "chuyển công tác")]


def test_a_reset_ends_the_sessions(administrator: User, officer: User, client_of: Any) -> None:
    session = client_of(officer)
    reset_password(by=administrator, account=officer, password="one-time-3")
    assert session.get("/")["Location"] == "/login/?next=/"


def test_nobody_deactivates_the_own_account(administrator: User) -> None:
    with pytest.raises(Refusal) as refused:
        deactivate_account(by=administrator, account=administrator, reason="x")
    assert refused.value.code == "own_account"
    administrator.refresh_from_db()
    assert administrator.is_active


def test_the_last_active_administrator_stays(world: World, administrator: User) -> None:
    second = new(world, administrator, username="second", role=Role.ADMINISTRATOR, agency=None)
    # The second was closed by another request after this one had begun: `by` still looks active.
    User.objects.filter(pk=administrator.pk).update(is_active=False)
    with pytest.raises(Refusal) as refused:
        deactivate_account(by=administrator, account=second, reason="x")
    assert refused.value.code == "last_administrator"
    second.refresh_from_db()
    assert second.is_active


def test_the_last_administrator_keeps_the_role(world: World, administrator: User) -> None:
    with pytest.raises(Refusal) as refused:
        change_account(
            by=administrator,
            account=administrator,
            full_name="x",
            role=Role.COORDINATOR,
            agency=world.agency("LĐTBXH"),
            reason="x",
        )
    assert [problem.place for problem in refused.value.problems] == ["role"]


def test_wrong_states_are_named(administrator: User, officer: User) -> None:
    with pytest.raises(WrongState):
        activate_account(by=administrator, account=officer, password="x", reason="x")
    deactivate_account(by=administrator, account=officer, reason="x")
    with pytest.raises(WrongState):
        deactivate_account(by=administrator, account=officer, reason="x")
    with pytest.raises(WrongState):
        reset_password(by=administrator, account=officer, password="x")


def test_a_move_to_another_agency_is_kept_in_history(
    world: World, administrator: User, officer: User
) -> None:
    change_account(
        by=administrator,
        account=officer,
        full_name="Cán bộ",
        role=Role.COMMUNE_OFFICER,
        agency=world.agency("UBND xã Ia Tơi"),
        reason="điều động",
    )
    moved = User.objects.get(pk=officer.pk)
    assert moved.reach.communes == {world.commune("Ia Tơi").pk}
    former = [row.agency.short_name for row in moved.history.order_by("history_id")]
    assert former == ["UBND xã Ia Dom", "UBND xã Ia Tơi"]


def test_nothing_is_saved_when_history_fails(
    world: World, administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(history, "record", fail)
    with pytest.raises(RuntimeError):
        new(world, administrator)
    assert not User.objects.filter(username="iadom.moi").exists()


# The screens ---------------------------------------------------------------------------------------


def shown_password(response: Any) -> str:
    return re.search(r"<code>([a-z2-9-]{14})</code>", response.content.decode()).group(1)


def form_of(world: World, **changes: Any) -> dict[str, Any]:
    return {
        "username": "iadom.moi",
        "full_name": "Cán bộ mới",
        "role": "commune_officer",
        "agency": world.agency("UBND xã Ia Dom").pk,
        "client_key": str(uuid.uuid4()),
    } | changes


def test_from_creation_to_the_own_password(world: World, administrator: User, client_of: Any) -> None:
    response = client_of(administrator).post("/accounts/new/", form_of(world))
    assert (response.status_code, "no-store" in response["Cache-Control"]) == (200, True)
    password = shown_password(response)
    browser = Client()
    browser.post("/login/", {"login": "iadom.moi", "password": password})
    assert browser.get("/")["Location"] == "/password/"
    browser.post("/password/", {"oldpassword": password, "password1": PASSWORD, "password2": PASSWORD})
    assert browser.get("/").status_code == 200


def test_a_double_click_makes_one_account_and_says_so(
    world: World, administrator: User, client_of: Any
) -> None:
    browser, form = client_of(administrator), form_of(world)
    password = shown_password(browser.post("/accounts/new/", form))
    again = browser.post("/accounts/new/", form)
    assert (again.status_code, "<code>" in again.content.decode()) == (200, False)
    assert User.objects.get(username="iadom.moi").check_password(password)


def test_what_was_typed_stays_on_refusal(world: World, administrator: User, client_of: Any) -> None:
    response = client_of(administrator).post("/accounts/new/", form_of(world, username="coordinator"))
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["username"]
    assert 'value="coordinator"' in response.content.decode()


def test_reset_deactivate_and_reactivate_on_the_page(
    officer: User, administrator: User, client_of: Any
) -> None:
    browser, page = client_of(administrator), f"/accounts/{officer.pk}/"
    assert officer.username in browser.get(page).content.decode()
    assert shown_password(browser.post(f"{page}reset/", {"reason": ""}))
    assert browser.post(f"{page}deactivate/", {"reason": ""}).status_code == 422
    assert browser.post(f"{page}deactivate/", {"reason": "nghỉ việc"})["Location"] == page
    assert browser.post(f"{page}deactivate/", {"reason": "nghỉ việc"}).status_code == 409
    response = browser.post(f"{page}activate/", {"reason": "trở lại"})
    assert (bool(shown_password(response)), "no-store" in response["Cache-Control"]) == (True, True)


def test_change_on_the_page(world: World, officer: User, administrator: User, client_of: Any) -> None:
    browser = client_of(administrator)
    form = form_of(world, full_name="Tên mới", reason="sửa tên")
    assert browser.get(f"/accounts/{officer.pk}/change/").status_code == 200
    assert browser.post(f"/accounts/{officer.pk}/change/", form)["Location"] == f"/accounts/{officer.pk}/"
    officer.refresh_from_db()
    assert officer.full_name == "Tên mới"
    wrong = browser.post(f"/accounts/{officer.pk}/change/", form | {"role": "coordinator"})
    assert (wrong.status_code, list(wrong.context["form"].errors)) == (422, ["agency"])


def test_search_needs_no_diacritics(administrator: User, client_of: Any) -> None:
    page = client_of(administrator).get("/accounts/", {"q": "ia dal"}).context["page"]
    assert [account.username for account in page] == ["officer.iadal"]


def test_the_list_takes_as_many_queries_for_three_as_for_one(
    administrator: User, client_of: Any, django_assert_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    browser = client_of(administrator)
    browser.get("/accounts/")
    with CaptureQueriesContext(connection) as one:
        browser.get("/accounts/", {"q": "health"})
    with CaptureQueriesContext(connection) as many:
        browser.get("/accounts/")
    assert len(one) == len(many)
