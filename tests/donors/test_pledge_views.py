"""The screens of one pledge: instalments, change, withdrawal of a part, expiry, what is overdue."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from directory.models import User
from donors.models import Instalment, Pledge, PledgeLine, SupplyBalance, SupplyMove
from tests.distributions.build import need_of
from tests.donors.build import cash, donor, goods, pledged, received, supply_of
from tests.donors.counting import rows, unchanged
from tests.donors.test_instalments import APRIL, AUGUST, JUNE, split
from tests.donors.test_pledge_change import change, terms_of
from tests.queries import queries_of
from tests.world import World

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]


@pytest.fixture
def browser(client_of: ClientOf, coordinator: User) -> Client:
    return client_of(coordinator)


def _filled(browser: Client, url: str, **changes: Any) -> dict[str, Any]:
    """What the browser would send back of the form at ``url``, with ``changes``."""
    form = browser.get(url).context["form"]
    values = {field.html_name: field.value() for field in form}
    values = {name: value for name, value in values.items() if value not in (None, False)}
    return {**values, "client_key": str(uuid.uuid4()), **changes}


# A pledge for a need


def test_a_pledge_is_meant_for_a_need(browser: Client, world: World) -> None:
    need, giver = need_of(world, 40), donor(world)
    url = f"{reverse('pledge_create')}?need={need.pk}"
    page = browser.get(url)
    assert f'<option value="#{need.pk} ' in page.text
    form = _filled(browser, url, donor=giver.pk, pledged_on="01/03/2025")
    assert (form["lines-0-item"], form["lines-0-quantity"]) == (str(need.item_id), 40)
    browser.post(reverse("pledge_create"), {**form, "lines-0-earmark_hard": "on", "lines-0-unit_value": ""})
    line = PledgeLine.objects.get()
    assert (line.earmark, line.earmark_need, line.earmark_hard, line.quantity) == ("need", need, True, 40)


@pytest.mark.parametrize("typed", ["#999999", "Thôn 1", "{other} và một nơi", "{closed}"])
def test_a_need_is_one_that_is_open_and_within_reach(
    client_of: ClientOf, world: World, officer: User, typed: str
) -> None:
    giver = donor(world, by=officer)
    other = need_of(world, 40, commune="Ia Đal")
    closed = need_of(world, 40)
    type(closed).objects.filter(pk=closed.pk).update(closed_at="2025-05-01T00:00:00Z", close_reason="xong")
    form = {
        "donor": giver.pk,
        "mobilised_by": officer.agency.pk,
        "pledged_on": "01/03/2025",
        "lines-0-item": world.item("warm_clothing").pk,
        "lines-0-quantity": "5",
        "lines-0-need": typed.format(other=other.pk, closed=closed.pk),
    }
    with unchanged(Pledge):
        response = client_of(officer).post(reverse("pledge_create"), form)
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["lines-0-need"])


def test_a_line_is_meant_for_one_thing(browser: Client, world: World) -> None:
    need = need_of(world, 40)
    form = {
        "donor": donor(world).pk,
        "mobilised_by": world.agency("LĐTBXH").pk,
        "pledged_on": "01/03/2025",
        "lines-0-item": world.item("warm_clothing").pk,
        "lines-0-quantity": "5",
        "lines-0-earmark": f"place-{need.place_id}",
        "lines-0-need": f"#{need.pk}",
    }
    response = browser.post(reverse("pledge_create"), form)
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["lines-0-earmark"])


# Instalments


def test_instalments_are_set_and_shown(browser: Client, world: World) -> None:
    pledge = pledged(world, lines=[goods(world), cash(1_000)])
    first, second = (line.pk for line in pledge.lines.order_by("pk"))
    url = reverse("pledge_instalments", args=[pledge.pk])
    form = _filled(browser, url, reason="Theo thỏa thuận")
    form |= {"lines-0-due_on": "01/04/2025", f"lines-0-line-{first}": "50"}
    form |= {
        "lines-2-due_on": "31/08/2025",
        f"lines-2-line-{first}": "150",
        f"lines-2-line-{second}": "1.000",
    }
    response = browser.post(url, form)
    assert response.url == reverse("pledge_detail", args=[pledge.pk])
    assert list(Instalment.objects.order_by("pk").values_list("line", "due_on", "quantity", "amount")) == [
        (first, APRIL, 50, None),
        (first, AUGUST, 150, None),
        (second, AUGUST, None, 1_000),
    ]
    page = browser.get(response.url)
    assert page.context["pledge"].due_day == APRIL
    again = _filled(browser, url)
    assert (again["lines-0-due_on"], again[f"lines-1-line-{second}"]) == (APRIL, 1_000)


@pytest.mark.parametrize(
    ("row", "places"),
    [
        ({"due_on": "", "line": "200"}, ["lines-1-due_on"]),
        ({"due_on": "31/08/2025", "line": "199"}, ["lines-1-line"]),
        ({"due_on": "31/08/2025", "line": "hai"}, ["lines-1-line"]),
        ({"due_on": "28/02/2025", "line": "200"}, ["lines-1-due_on"]),
    ],
)
def test_instalments_are_refused_at_their_fields(
    browser: Client, world: World, row: dict[str, str], places: list[str]
) -> None:
    pledge = pledged(world)
    line = pledge.lines.get().pk
    url = reverse("pledge_instalments", args=[pledge.pk])
    form = _filled(browser, url, reason="x")
    form |= {"lines-1-due_on": row["due_on"], f"lines-1-line-{line}": row["line"]}
    with unchanged(Instalment):
        response = browser.post(url, form)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [
        place.replace("-line", f"-line-{line}") for place in places
    ]


def test_newer_instalments_are_shown_and_then_replaced(
    browser: Client, world: World, coordinator: User
) -> None:
    pledge = pledged(world)
    line = pledge.lines.get().pk
    url = reverse("pledge_instalments", args=[pledge.pk])
    form = _filled(browser, url, reason="x")
    form |= {"lines-0-due_on": "31/08/2025", f"lines-0-line-{line}": "200"}
    split(coordinator, pledge, {JUNE: [200]})
    response = browser.post(url, form)
    assert response.status_code == 409
    assert "30/06/2025: 200" in response.text
    form["known"], form["client_key"] = response.context["form"]["known"].value(), str(uuid.uuid4())
    assert browser.post(url, form).status_code == 302
    assert Instalment.objects.get().due_on == AUGUST


# Change


def test_a_pledge_is_changed_on_its_page(browser: Client, world: World) -> None:
    pledge = pledged(world)
    url = reverse("pledge_change", args=[pledge.pk])
    village = world.village("Ia Dom")
    form = _filled(
        browser,
        url,
        reason="Nhà tài trợ báo lại",
        anonymous="on",
        due_on="31/08/2025",
        **{"lines-0-size": "1.200", "lines-0-earmark": f"place-{village.pk}"},
    )
    assert browser.post(url, form).url == reverse("pledge_detail", args=[pledge.pk])
    line = PledgeLine.objects.select_related("pledge").get()
    assert (line.quantity, line.earmark_place, line.pledge.due_on, line.pledge.anonymous) == (
        1_200,
        village,
        AUGUST,
        True,
    )
    assert supply_of(pledge).balance.quantity == 1_200
    page = browser.get(reverse("pledge_detail", args=[pledge.pk])).text
    assert "200 bộ Đồ ấm" in page
    assert "1.200 bộ Đồ ấm" in page


def test_an_earmark_for_a_need_survives_a_change_of_something_else(browser: Client, world: World) -> None:
    need = need_of(world, 40)
    pledge = pledged(world, earmark="need", earmark_need=need, earmark_hard=True)
    url = reverse("pledge_change", args=[pledge.pk])
    assert browser.post(url, _filled(browser, url, reason="x", note="Giao tại xã")).status_code == 302
    line = PledgeLine.objects.get()
    assert (line.earmark_need, line.earmark_hard, line.pledge.note) == (need, True, "Giao tại xã")


def test_a_change_below_what_is_allocated_is_refused_at_its_field(browser: Client, world: World) -> None:
    pledge = pledged(world)
    type(supply_of(pledge).balance).objects.update(allocated=150)
    url = reverse("pledge_change", args=[pledge.pk])
    response = browser.post(url, _filled(browser, url, reason="x", **{"lines-0-size": "149"}))
    assert (response.status_code, list(response.context["form"].errors)) == (409, ["lines-0-size"])
    assert supply_of(pledge).balance.quantity == 200


def test_both_values_are_shown_and_the_next_save_is_the_writers(
    browser: Client, world: World, coordinator: User
) -> None:
    pledge = pledged(world)
    url = reverse("pledge_change", args=[pledge.pk])
    form = _filled(browser, url, reason="x", **{"lines-0-size": "300"})
    terms = terms_of(pledge)
    line = pledge.lines.get()
    lines = {line.pk: replace(terms.lines[line.pk], size=250)}
    change(coordinator, pledge, replace(terms, lines=lines))
    response = browser.post(url, form)
    assert (response.status_code, list(response.context["form"].errors)) == (409, ["lines-0-size"])
    assert "250" in response.text
    form["known"], form["client_key"] = response.context["form"]["known"].value(), str(uuid.uuid4())
    assert browser.post(url, form).status_code == 302
    assert supply_of(pledge).balance.quantity == 300


@pytest.mark.parametrize("known", ["", "nonsense", "{}", '{"due_on": "", "lines": 5}'])
def test_a_damaged_form_saves_nothing(browser: Client, world: World, known: str) -> None:
    pledge = pledged(world)
    for name in ("pledge_change", "pledge_instalments"):
        url = reverse(name, args=[pledge.pk])
        if known == "{}" and name == "pledge_instalments":
            continue  # nothing was known of an instalment: that is what it says
        response = browser.post(url, _filled(browser, url, reason="x", known=known, note="mới"))
        assert response.status_code == 422
    assert Pledge.objects.get().note == ""


def test_of_a_closed_pledge_the_page_offers_only_what_may_change(browser: Client, world: World) -> None:
    pledge = pledged(world)
    received(world, pledge)
    url = reverse("pledge_change", args=[pledge.pk])
    names = [field.html_name for field in browser.get(url).context["form"]]
    assert names == ["anonymous", "note", "reason", "known"]
    assert browser.post(url, _filled(browser, url, reason="x", note="Đã cảm ơn")).status_code == 302
    assert Pledge.objects.get().note == "Đã cảm ơn"


# Ends


def test_a_part_is_withdrawn_on_its_page(browser: Client, world: World) -> None:
    pledge = pledged(world, lines=[goods(world), cash(1_000)])
    received(world, pledge, 20)
    url, size = reverse("pledge_withdraw", args=[pledge.pk]), f"line-{supply_of(pledge).pledge_line_id}-size"
    assert browser.post(url, {"reason": "x", size: "181"}).status_code == 409
    assert browser.post(url, {"reason": "x", size: "30"}).status_code == 302
    assert supply_of(pledge).balance.to_come == 150
    assert browser.post(url, {"reason": "x", size: "0"}).status_code == 422
    assert supply_of(pledge).balance.to_come == 150
    browser.post(url, {"reason": "hết"})
    assert (supply_of(pledge).balance.to_come, Pledge.objects.get().state) == (0, "received")


def test_a_withdrawal_stays_at_the_line_it_was_typed_for(browser: Client, world: World) -> None:
    """The first line came in full while the page was read: no number slips, and none becomes “all”."""
    pledge = pledged(world, lines=[goods(world), goods(world, "meal", 300)])
    first, second = pledge.lines.order_by("pk")
    url = reverse("pledge_withdraw", args=[pledge.pk])
    names = [f"line-{line.pk}-size" for line in (first, second)]
    assert [field.html_name for _line, field in browser.get(url).context["form"].lines_with_fields] == names
    received(world, pledge)
    with unchanged(SupplyMove):
        response = browser.post(url, {"reason": "x", names[0]: "5"})
    assert (response.status_code, list(response.context["form"].errors)) == (409, [names[0]])
    assert f'name="{names[0]}"' in response.text
    assert browser.post(url, {"reason": "x", names[1]: "30"}).status_code == 302
    balance = SupplyBalance.objects.get(line__pledge_line=second)
    assert (balance.withdrawn, supply_of(pledge).balance.withdrawn) == (30, 0)


def test_a_scope_that_is_none_is_refused(browser: Client, world: World) -> None:
    form = {
        "scope": "999",
        "donor": donor(world).pk,
        "mobilised_by": world.agency("LĐTBXH").pk,
        "pledged_on": "01/03/2025",
        "lines-0-item": world.item("warm_clothing").pk,
        "lines-0-quantity": "5",
    }
    with unchanged(Pledge):
        response = browser.post(reverse("pledge_create"), form)
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["scope"])


def test_an_overdue_pledge_expires_on_its_page(browser: Client, world: World) -> None:
    pledge = pledged(world, due_on=date(2025, 6, 1))
    detail, url = (reverse(name, args=[pledge.pk]) for name in ("pledge_detail", "pledge_expire"))
    assert url in browser.get(detail).text
    assert browser.post(url, {"reason": ""}).status_code == 422
    assert browser.post(url, {"reason": "Không liên hệ được"}).url == detail
    assert Pledge.objects.get().state == "expired"
    assert url not in browser.get(detail).text


# Overdue


def test_the_overdue_list_says_what_how_late_and_whom_to_ask(
    browser: Client, client_of: ClientOf, world: World, coordinator: User, officer: User, stranger: User
) -> None:
    whole = pledged(
        world,
        by=officer,
        giver=donor(world, by=officer, phone="0905123456"),
        due_on=date(2025, 5, 1),
    )
    parts = pledged(world, giver=donor(world, "Ông Ba"))
    split(coordinator, parts, {APRIL: [50], AUGUST: [150]})
    pledged(world, due_on=date(2025, 6, 2))
    page = browser.get(reverse("pledge_overdue"))
    assert [(row.pk, row.days_late) for row in page.context["page"]] == [(parts.pk, 62), (whole.pk, 32)]
    assert "0905123456" in page.text
    assert [row.pk for row in client_of(officer).get(reverse("pledge_overdue")).context["page"]] == [whole.pk]
    assert list(client_of(stranger).get(reverse("pledge_overdue")).context["page"]) == []
    file = browser.get(reverse("pledge_overdue_export", args=["csv"])).content.decode()
    assert f"{parts.code};" in file or f"{parts.code}," in file
    assert "200 bộ Đồ ấm" in file


def test_lists_of_pledges_with_instalments_take_the_same_queries(
    browser: Client, world: World, coordinator: User
) -> None:
    def one_more() -> None:
        pledge = pledged(world, lines=[goods(world), cash(1_000)])
        split(coordinator, pledge, {APRIL: [100, 0], AUGUST: [100, 1_000]})

    one_more()
    for name in ("pledge_list", "pledge_overdue"):
        browser.get(reverse(name))
    first = [queries_of(browser, reverse(name)) for name in ("pledge_list", "pledge_overdue")]
    one_more()
    one_more()
    assert [queries_of(browser, reverse(name)) for name in ("pledge_list", "pledge_overdue")] == first


def test_a_stranger_finds_no_deed_of_a_pledge(
    client_of: ClientOf, world: World, officer: User, stranger: User, health_officer: User
) -> None:
    theirs = pledged(world, by=officer, giver=donor(world, by=officer))
    seen = pledged(world, item="meal")
    for name in ("pledge_change", "pledge_instalments", "pledge_expire"):
        assert client_of(stranger).get(reverse(name, args=[theirs.pk])).status_code == 404
        assert client_of(health_officer).post(reverse(name, args=[seen.pk])).status_code == 403
    assert rows(Instalment) == 0
