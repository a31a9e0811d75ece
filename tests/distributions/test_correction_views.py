"""The page on which a confirmed delivery is put right, and where the correction is seen afterwards."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from directory.models import User
from distributions.models import DeliveryCorrection, DistributionLine
from tests.distributions import build
from tests.queries import queries_of
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
ClientOf = Callable[[User], Client]


@pytest.fixture
def line(world: World) -> DistributionLine:
    return build.delivered(world, 120).lines.get()


def page_of(line: DistributionLine) -> str:
    return reverse("delivery_correct", args=[line.pk])


def typed(client: Client, line: DistributionLine, **parts: str) -> dict[str, str]:
    """The form as the page fills it in, with what is typed over it."""
    form = client.get(page_of(line)).context["form"]
    body = {field.html_name: str(field.value()) for field in form if field.value() is not None}
    return body | {f"line-{line.pk}-{name.replace('_', '-', 1)}": value for name, value in parts.items()}


def test_the_commune_corrects_and_both_figures_are_seen(line, officer: User, client_of: ClientOf) -> None:
    client, band = client_of(officer), line.child_turns.get().age_band_id
    why = {f"line-{line.pk}-difference_reason": "Gõ nhầm"}
    body = typed(client, line, received="102", missing="18", **{f"band_{band}": "102"}) | why
    detail = reverse("distribution_detail", args=[line.distribution_id])
    assert client.post(page_of(line), body)["Location"] == detail
    line.refresh_from_db()
    assert (line.received, line.corrected, line.missing) == (120, -18, 18)
    page = client.get(detail)
    assert [row.reason for row in page.context["corrections"]] == ["Gõ nhầm"]
    assert page.content.decode().count("−18") == 6  # received, child-turns: table, list, history


def test_what_is_wrong_stands_at_its_field(line, officer, client_of) -> None:
    client = client_of(officer)
    answer = client.post(page_of(line), typed(client, line, received="102"))
    assert (answer.status_code, DeliveryCorrection.objects.count()) == (422, 0)
    assert f"line-{line.pk}-difference_reason" in answer.context["form"].errors
    body = typed(client, line, received="102") | {f"line-{line.pk}-difference_reason": "Gõ nhầm"}
    answer = client.post(page_of(line), body)
    assert f"line-{line.pk}-received" in answer.context["form"].errors


def test_an_older_page_does_not_overwrite_a_newer_figure(line, officer, client_of) -> None:
    client, why = client_of(officer), {f"line-{line.pk}-difference_reason": "Gõ nhầm"}
    first = typed(client, line, received="102", missing="18") | why
    second = typed(client, line, received="100", missing="20") | why
    assert client.post(page_of(line), first).status_code == 302
    assert client.post(page_of(line), second).status_code == 409
    assert DeliveryCorrection.objects.count() == 1


def test_the_commune_is_not_asked_of_stock_and_loss(line, officer, second_coordinator, client_of) -> None:
    forms = [client_of(user).get(page_of(line)).context["form"] for user in (officer, second_coordinator)]
    asked = [[field.html_name.rpartition("-")[2] for field in form.quantities] for form in forms]
    assert asked == [["received", "missing"], ["received", "returned", "missing", "lost"]]


def test_who_may_open_it(line, world, client_of, client: Client) -> None:
    assert client.get(page_of(line)).status_code == 302
    answers = {"coordinator": 403, "leader": 403, "officer.iadal": 404, "officer.iadom": 200}
    got = {name: client_of(world.user(name)).get(page_of(line)).status_code for name in answers}
    assert got == answers


def test_what_is_on_its_way_is_not_corrected(world, officer, client_of) -> None:
    line = build.sent(world, 20).lines.get()
    assert client_of(officer).get(page_of(line)).status_code == 409


def test_the_commune_notes_what_was_corrected_in_its_name(
    line, world, officer, second_coordinator, client_of
) -> None:
    office = client_of(second_coordinator)
    body = typed(office, line, received="110", returned="10") | {
        f"line-{line.pk}-difference_reason": "Biên bản ghi 110",
        "on_paper": "on",
    }
    assert office.post(page_of(line), body).status_code == 302
    detail, client = reverse("distribution_detail", args=[line.distribution_id]), client_of(officer)
    assert client.get(detail).context["may_read"] is True
    note = reverse("difference_note", args=[line.distribution_id])
    assert client.post(note)["Location"] == detail
    assert client.get(detail).context["may_read"] is False


def test_what_the_office_has_decided_is_shown_where_it_cannot_be_changed(
    world: World, officer: User, second_coordinator: User, client_of: ClientOf
) -> None:
    """It counts towards what was sent, so figures that leave it out do not add up."""
    line = build.delivered(world, 20, received=15).lines.get()
    forms = [client_of(user).get(page_of(line)).context["form"] for user in (officer, second_coordinator)]
    assert [[count for _label, count in form.decided] for form in forms] == [[5], []]


def test_corrections_cost_the_same_for_one_and_for_three(line, officer, client_of) -> None:
    client, detail = client_of(officer), reverse("distribution_detail", args=[line.distribution_id])

    def correct(received: int) -> None:
        why = {f"line-{line.pk}-difference_reason": "Gõ nhầm"}
        body = typed(client, line, received=str(received), missing=str(120 - received)) | why
        assert client.post(page_of(line), body).status_code == 302

    correct(102)
    one = queries_of(client, detail)
    correct(100)
    correct(90)
    assert queries_of(client, detail) == one


def test_what_went_to_other_age_bands_is_corrected_once_more_without_being_cleared(
    world: World, officer: User, client_of: ClientOf
) -> None:
    allocation = build.allocated(world, 20, need=build.need_of(world, 20, band="all"))
    line = build.delivered(world, 20, allocation=allocation, child_turns={"all": 20}).lines.get()
    client, why = client_of(officer), {f"line-{line.pk}-difference_reason": "Nhầm nhóm tuổi"}
    small, big, whole = (f"line-{line.pk}-band-{world.band(code).pk}" for code in ("3-5", "6-10", "all"))
    body = typed(client, line) | why | {small: "12", big: "8", whole: ""}
    assert client.post(page_of(line), body).status_code == 302
    assert client.post(page_of(line), typed(client, line) | why | {small: "11"}).status_code == 302
    standing = {row.age_band.code: row.standing for row in line.child_turns.all()}
    assert standing == {"all": 0, "3-5": 11, "6-10": 8}
