"""Plan, send, cancel and confirm on the screen."""

from __future__ import annotations

import uuid
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from distributions.models import ChildTurns, Distribution
from donors.models import FundingSource
from tests.distributions import build

pytestmark = pytest.mark.django_db


def new_url(world, area="warm_clothing", commune="Ia Dom") -> str:
    place = world.village(commune)
    return f"{reverse('distribution_create')}?area={world.area(area).pk}&place={place.pk}"


def test_the_first_step_offers_the_areas_that_the_agency_leads(
    world, coordinator, union_officer, client_of
) -> None:
    page = client_of(coordinator).get(reverse("distribution_create"))
    areas = page.context["start"].fields["area"].queryset
    assert [area.code for area in areas] == ["warm_clothing"]
    page = client_of(union_officer).get(reverse("distribution_create"))
    assert list(page.context["start"].fields["area"].queryset) == []


def test_the_first_step_lists_the_places_that_wait(world, coordinator, health_officer, client_of) -> None:
    build.allocated(world, 20)
    build.allocated(world, 20, band="0-2")
    second = world.village("Ia Dom", 2)
    there = build.allocated(world, 5, need=build.need_of(world, 5, place=second))
    build.planned(world, 20, commune="Ia Đal")
    page = client_of(coordinator).get(reverse("distribution_create"))
    waiting = page.context["waiting"]
    offered = [name for name, _places in page.context["start"].fields["place"].choices]
    assert offered == ["", "xã Ia Dom", "xã Ia Tơi", "xã Ia Đal"]
    assert [(each.place, each.count) for each in waiting] == [(world.village("Ia Dom"), 2), (second, 1)]
    form = client_of(coordinator).get(waiting[1].url).context["form"]
    places = [(place, len(rows)) for place, rows in form.goods_by_place()]
    assert places == [(second, 1), (world.village("Ia Dom"), 2)]
    assert form[f"allocation-{there.pk}"].value() == 5
    assert client_of(health_officer).get(reverse("distribution_create")).context["waiting"] == []


def test_goods_of_one_stock_tell_it_once(world, coordinator, client_of) -> None:
    line = build.supply_of(world, 40)
    for band in ("0-2", "3-5"):
        build.allocated(world, 20, supply_line=line, need=build.need_of(world, 20, band=band))
    form = client_of(coordinator).get(new_url(world)).context["form"]
    assert [row.of_the_same_stock for _place, rows in form.goods_by_place() for row in rows] == [False, True]


def test_the_list_is_narrowed_to_state_area_commune_agency_and_year(
    world, coordinator, union_officer, client_of
) -> None:
    there, here = build.planned(world, 20, commune="Ia Đal"), build.sent(world, 20)
    serving = build.serving(world)
    Distribution.objects.filter(pk=there.pk).update(planned_on=date(2024, 12, 30))
    client, address = client_of(coordinator), reverse("distribution_list")

    def listed(**chosen: object) -> set[str]:
        return {row.code for row in client.get(address, chosen).context["page"]}

    everything = {row.code for row in (there, here, serving)}
    assert listed() == listed(commune="nonsense") == listed(year=1999) == everything
    assert listed(state="sent") == {here.code}
    assert listed(area=world.area("health_nutrition").pk) == {serving.code}
    assert listed(commune=world.commune("Ia Đal").pk) == {there.code}
    assert listed(agency=world.agency("TTYT").pk) == {serving.code}
    assert listed(year=2024) == {there.code}
    offers = [client_of(user).get(address).context["may_plan"] for user in (coordinator, union_officer)]
    assert offers == [True, False]


def test_the_second_step_guesses_what_is_in_stock_for_the_place(world, coordinator, client_of) -> None:
    line = build.supply_of(world, 20, received=12)
    allocation = build.allocated(world, 20, supply_line=line, need=build.need_of(world, 20))
    page = client_of(coordinator).get(new_url(world))
    form = page.context["form"]
    assert form[f"allocation-{allocation.pk}"].value() == 12


def test_plan_from_the_screen_once(world, coordinator, client_of) -> None:
    allocation = build.allocated(world, 20)
    data = {
        "planned_on": "05/06/2025",
        f"allocation-{allocation.pk}": "15",
        "client_key": uuid.uuid4(),
    }
    client = client_of(coordinator)
    answers = [client.post(new_url(world), data) for _ in range(2)]
    distribution = Distribution.objects.get()
    detail = reverse("distribution_detail", args=[distribution.pk])
    assert [(answer.status_code, answer.url) for answer in answers] == [(302, detail)] * 2
    assert distribution.planned_on == date(2025, 6, 5)
    assert client.get(detail).status_code == 200


def test_a_refused_plan_keeps_what_was_typed_at_its_field(world, coordinator, client_of) -> None:
    allocation = build.allocated(world, 20)
    name = f"allocation-{allocation.pk}"
    page = client_of(coordinator).post(new_url(world), {"planned_on": "05/06/2025", name: "21"})
    form = page.context["form"]
    assert (page.status_code, list(form.errors), form[name].value()) == (409, [name], "21")
    assert Distribution.objects.count() == 0


def test_services_are_planned_with_their_funding(world, health_officer, client_of) -> None:
    source = FundingSource.objects.get(kind="local_budget")
    data = {
        "planned_on": "05/06/2025",
        "service-2": world.item("check_up").pk,
        "service-2-source": source.pk,
        "service-2-planned": "120",
        "service-2-value": "50.000",
    }
    client, url = client_of(health_officer), new_url(world, "health_nutrition")
    assert client.get(url).content.decode().count("label-optional") == 1  # the note
    assert client.post(url, data).status_code == 302
    line = Distribution.objects.get().lines.get()
    assert (line.service.code, line.planned, line.planned_value) == ("check_up", 120, 6_000_000)
    page = client.post(url, data | {"service-2-source": "", "service-1-planned": "4"})
    assert (page.status_code, sorted(page.context["form"].errors)) == (422, ["service-1"])
    page = client.post(url, data | {"service-2-source": ""})
    assert (page.status_code, sorted(page.context["form"].errors)) == (422, ["service-2-source"])


def test_an_area_that_another_agency_leads_is_no_choice(world, health_officer, client_of) -> None:
    page = client_of(health_officer).get(new_url(world, "warm_clothing"))
    assert list(page.context["start"].errors) == ["area"]


def test_send_twice_sends_once(world, coordinator, client_of) -> None:
    distribution = build.planned(world)
    url, data = reverse("distribution_send", args=[distribution.pk]), {"sent_on": "01/06/2025"}
    client = client_of(coordinator)
    assert client.get(url).context["form"]["sent_on"].value() == date(2025, 6, 2)
    assert client.post(url, {"sent_on": "03/06/2025"}).status_code == 422
    once = data | {"client_key": uuid.uuid4()}
    assert [client.post(url, once).status_code for _ in range(2)] == [302, 302]
    assert client.post(url, data | {"client_key": uuid.uuid4()}).status_code == 409
    distribution.refresh_from_db()
    assert (client.get(url).status_code, distribution.sent_on) == (409, date(2025, 6, 1))
    assert distribution.lines.get().allocation.moves.filter(kind="send").count() == 1


def test_sending_what_is_not_in_stock_says_so_on_the_page(world, coordinator, client_of) -> None:
    line = build.supply_of(world, 20, received=12)
    allocation = build.allocated(world, 20, supply_line=line, need=build.need_of(world, 20))
    distribution = build.planned(world, 20, allocation=allocation)
    url = reverse("distribution_send", args=[distribution.pk])
    page = client_of(coordinator).post(url, {"sent_on": "02/06/2025"})
    codes = [error.code for error in page.context["form"].non_field_errors().as_data()]
    assert (page.status_code, codes) == (409, ["not_in_stock"])


def test_the_sender_calls_back_from_the_page_until_it_is_confirmed(
    world, coordinator, officer, leader, client_of
) -> None:
    distribution = build.sent(world)
    detail = reverse("distribution_detail", args=[distribution.pk])
    url = reverse("distribution_call_back", args=[distribution.pk])
    offered = [url in client_of(user).get(detail).content.decode() for user in (coordinator, officer)]
    assert offered == [True, False]
    assert client_of(leader).post(url, {"reason": "Nhầm"}).status_code == 403
    client = client_of(coordinator)
    assert client.post(url, {"reason": " "}).status_code == 422
    assert client.post(url, {"reason": "Gửi nhầm"})["Location"] == detail
    distribution.refresh_from_db()
    assert distribution.state == "cancelled"


def test_cancel_needs_a_reason(world, coordinator, client_of) -> None:
    distribution = build.planned(world)
    client, url = client_of(coordinator), reverse("distribution_cancel", args=[distribution.pk])
    assert client.post(url, {"reason": " "}).status_code == 422
    assert client.post(url, {"reason": "Đường bị sạt lở"}).status_code == 302
    distribution.refresh_from_db()
    assert distribution.state == "cancelled"


def confirmation(distribution, **values) -> dict[str, str]:
    line = distribution.lines.get()
    band = line.allocation.need.age_band
    typed = {"received": "20", "returned": "0", "difference_reason": "", f"band-{band.pk}": "20"} | values
    return {f"line-{line.pk}-{name}": value for name, value in typed.items()} | {"occurred_on": "02/06/2025"}


def test_the_commune_confirms_once(world, officer, client_of) -> None:
    distribution = build.sent(world)
    url = reverse("delivery_confirm", args=[distribution.pk])
    client, data = client_of(officer), confirmation(distribution) | {"client_key": uuid.uuid4()}
    assert client.get(url).status_code == 200
    assert [client.post(url, data).status_code for _ in range(2)] == [302, 302]
    distribution.refresh_from_db()
    assert (distribution.state, distribution.on_behalf_of) == ("confirmed", None)
    assert ChildTurns.objects.get().turns == 20
    assert client.get(reverse("distribution_detail", args=[distribution.pk])).status_code == 200


def test_a_refused_confirmation_names_each_field(world, officer, client_of) -> None:
    distribution = build.sent(world)
    line = distribution.lines.get()
    data = confirmation(distribution, received="15") | {"occurred_on": "03/06/2025"}
    page = client_of(officer).post(reverse("delivery_confirm", args=[distribution.pk]), data)
    assert (page.status_code, sorted(page.context["form"].errors)) == (
        422,
        [f"line-{line.pk}-difference_reason", f"line-{line.pk}-received", "occurred_on"],
    )


def test_all_that_is_wrong_is_named_at_once(world, officer, client_of) -> None:
    """A field that cannot be read hides nothing of what the others say."""
    distribution = build.sent(world)
    line = distribution.lines.get()
    page, name = reverse("delivery_confirm", args=[distribution.pk]), f"line-{line.pk}"
    band = f"{name}-band-{line.allocation.need.age_band_id}"
    data = confirmation(distribution, received="15") | {"occurred_on": "", "scan": b_file(b"%PDF-1.4")}
    form = client_of(officer).post(page, data).context["form"]
    wrong = [f"{name}-difference_reason", f"{name}-received", "occurred_on", "scan"]
    assert (sorted(form.errors), form.choose_again) == (wrong, True)
    form = client_of(officer).post(page, data | {band: "x", "occurred_on": "03/06/2025"}).context["form"]
    assert sorted(form.errors) == sorted([*wrong, band])
    form = client_of(officer).post(page, data | {f"{name}-received": "x", band: ""}).context["form"]
    assert sorted(form.errors) == sorted([band, f"{name}-received", "occurred_on", "scan"])
    assert ChildTurns.objects.count() == 0


def b_file(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("bien-ban.pdf", content)


def test_the_day_of_delivery_is_typed_never_guessed(world, officer, client_of) -> None:
    page = client_of(officer).get(reverse("delivery_confirm", args=[build.sent(world).pk]))
    assert page.context["form"]["occurred_on"].value() is None


def test_what_is_asked_sometimes_is_not_called_optional(world, officer, client_of) -> None:
    page = client_of(officer).get(reverse("delivery_confirm", args=[build.sent(world).pk])).content.decode()
    assert page.count("label-optional") == 1  # the scan


def test_the_coordinating_office_confirms_from_paper(world, second_coordinator, client_of) -> None:
    distribution = build.sent(world)
    url = reverse("delivery_confirm", args=[distribution.pk])
    client, data = client_of(second_coordinator), confirmation(distribution, lost="0")
    assert list(client.post(url, data).context["form"].errors) == ["on_paper"]
    assert client.post(url, data | {"on_paper": "on"}).status_code == 302
    distribution.refresh_from_db()
    assert distribution.on_behalf_of == world.agency("UBND xã Ia Dom")


def test_the_sender_does_not_confirm(world, coordinator, client_of) -> None:
    distribution = build.sent(world)
    url = reverse("delivery_confirm", args=[distribution.pk])
    client = client_of(coordinator)
    assert [client.get(url).status_code, client.post(url, confirmation(distribution)).status_code] == [
        403,
        403,
    ]


def test_what_was_not_sent_cannot_be_confirmed(world, officer, client_of) -> None:
    distribution = build.planned(world)
    page = client_of(officer).get(reverse("delivery_confirm", args=[distribution.pk]))
    assert page.status_code == 409


def test_a_strangers_distribution_does_not_exist(world, stranger, client_of) -> None:
    distribution = build.sent(world)
    client = client_of(stranger)
    urls = [reverse(name, args=[distribution.pk]) for name in ("distribution_detail", "delivery_confirm")]
    assert [client.get(url).status_code for url in urls] == [404, 404]


def test_other_agencies_look_but_do_not_send(world, leader, union_officer, client_of) -> None:
    distribution = build.planned(world)
    url = reverse("distribution_send", args=[distribution.pk])
    assert client_of(leader).post(url, {"sent_on": "02/06/2025"}).status_code == 403
    assert client_of(leader).get(url).status_code == 403
    assert client_of(union_officer).post(url).status_code == 404


def test_the_list_costs_the_same_for_one_row_and_for_three(world, coordinator, client_of) -> None:
    client = client_of(coordinator)

    def cost(url: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        return len(queries)

    allocations = [build.allocated(world, 20, band=band) for band in ("0-2", "3-5", "6-10")]
    urls = [reverse("distribution_list"), f"{reverse('distribution_list')}?state=planned"]
    build.planned(world, 20, allocation=allocations[0])
    client.get(urls[0])
    before = [cost(url) for url in urls]
    build.planned(world, 20, allocation=allocations[1])
    build.planned(world, 20, allocation=allocations[2])
    assert [cost(url) for url in urls] == before


def test_lines_cost_the_same_for_one_and_for_three(world, coordinator, officer, client_of) -> None:
    from distributions.actions import PlannedLine, plan_distribution, send_distribution

    allocations = [build.allocated(world, 20, band=band) for band in ("0-2", "3-5", "6-10", "11-15")]

    def sent(chosen):
        distribution = plan_distribution(
            by=coordinator,
            area=world.area("warm_clothing"),
            lead_agency=coordinator.agency,
            place=world.village("Ia Dom"),
            planned_on=date(2025, 6, 2),
            lines=[PlannedLine(20, allocation=row) for row in chosen],
        )
        return send_distribution(by=coordinator, distribution=distribution)

    one, three = sent(allocations[:1]), sent(allocations[1:])
    client = client_of(officer)

    def costs(distribution) -> list[int]:
        found = []
        for name in ("distribution_detail", "delivery_confirm"):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(reverse(name, args=[distribution.pk])).status_code == 200
            found.append(len(queries))
        return found

    costs(one)
    assert costs(one) == costs(three)


def test_a_confirmation_without_any_field_confirms_nothing(world, officer, client_of) -> None:
    distribution = build.sent(world)
    answer = client_of(officer).post(reverse("delivery_confirm", args=[distribution.pk]), {})
    assert (answer.status_code, Distribution.objects.get().state) == (422, "sent")
