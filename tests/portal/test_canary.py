"""What strangers typed is read nowhere: not in a form, a query, a file or after a reorganisation."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from directory import clock
from directory.models import User
from tests.merger import DAY as MERGER_DAY
from tests.merger import merge
from tests.portal.access import (
    OWN_PAGES,
    Visitor,
    _leaks,
    text_of,
)
from tests.portal.chains import Chains
from tests.portal.sides import FOREIGN
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("after_the_issue")]


def mixed(chains: Chains) -> list[tuple[str, str, str, dict[str, Any]]]:
    """Own addresses with a stranger's object in the parameters, the query or the form: user, method, …"""
    own, foreign, neighbour = chains.own, chains.foreign, chains.neighbour
    other_place = {"pk": own.survey.pk, "section": "warm_clothing", "place": neighbour.place.pk}
    other_commune = {"pk": own.round.pk, "commune": neighbour.commune.pk}
    days = {"valid_from": "01/07/2025", "valid_to": "02/07/2025", "reason": "x"}
    place = {"unit": foreign.commune.pk, "kind": "village", "name": "Thôn 9", "valid_from": "01/06/2025"}
    return [
        ("coordinator", "get", reverse("allocation_board"), {"need": foreign.need.pk}),
        ("coordinator", "post", reverse("allocation_create"), _pair(foreign.need, own.supply)),
        ("coordinator", "post", reverse("allocation_create"), _pair(own.need, foreign.supply)),
        ("coordinator", "post", reverse("place_create"), place),
        ("officer.iadom", "post", reverse("delegation_create"), {"to_user": foreign.account.pk, **days}),
        ("officer.iadom", "post", reverse("survey_row_save", kwargs=other_place), {"version": "0"}),
        ("officer.iadom", "post", reverse("survey_start", kwargs=other_commune), {}),
        ("coordinator", "post", reverse("pledge_create"), {"donor": foreign.donor.pk}),
        ("coordinator", "post", reverse("period_create"), {"scope": foreign.period.scope_id, "year": "2024"}),
        ("coordinator", "post", reverse("round_create"), {"scope": foreign.round.scope_id, "year": "2024"}),
    ]


def _pair(need: Any, supply: Any) -> dict[str, Any]:
    return {"need": need.pk, "supply_line": supply.pk, "quantity": "1"}


def searches(chains: Chains) -> list[tuple[str, dict[str, Any]]]:
    """Lists asked for a stranger's objects by number."""
    foreign = chains.foreign
    return [
        (reverse("need_list"), {"commune": foreign.commune.pk, "round": foreign.round.pk}),
        (reverse("pledge_create"), {"donor": foreign.donor.pk}),
        (reverse("pledge_list"), {"donor": foreign.donor.pk}),
        (reverse("distribution_create"), {"place": foreign.place.pk, "area": foreign.distribution.area_id}),
        (reverse("distribution_list"), {"commune": foreign.commune.pk, "place": foreign.place.pk}),
        (reverse("allocation_board"), {"commune": foreign.commune.pk}),
        (reverse("period_rows", kwargs={"pk": chains.own.period.pk}), {"commune": foreign.commune.pk}),
    ]


def test_the_canary_sings_where_it_may(chains: Chains) -> None:
    """The marks are really in the pages: whoever has reach reads them, in the PDF too."""
    visitor = Visitor(User.objects.get(username="sathay.coordinator"))
    singing = {
        page.name
        for page in OWN_PAGES
        if FOREIGN in text_of(visitor.ask("get", page.address(chains.foreign)))
    }
    assert singing >= {
        "round_detail",
        "survey_grid",
        "need_detail",
        "donor_list",
        "donor_detail",
        "pledge_detail",
    }
    assert singing >= {"receipt_detail", "distribution_detail", "paper_file"}


def test_a_strangers_object_in_a_form_is_refused(chains: Chains) -> None:
    wrong = []
    for username, method, address, body in mixed(chains):
        answer = Visitor(User.objects.get(username=username)).ask(method, address, body)
        marks = _leaks(username, "", answer)
        if answer.status_code not in (404, 422) or marks:
            wrong.append(f"{address} {body}: {answer.status_code} {marks}")
    assert not wrong, "\n".join(["", *wrong])


def test_a_query_shows_nothing_of_strangers(chains: Chains) -> None:
    visitor = Visitor(User.objects.get(username="coordinator"))
    wrong = []
    for address, query in searches(chains):
        answer = visitor.ask("get", address, query)
        if marks := _leaks("coordinator", "", answer):
            wrong.append(f"{address} {query}: {marks}")
    assert not wrong, "\n".join(["", *wrong])


def test_the_files_of_the_back_office_hold_no_records(chains: Chains) -> None:
    visitor = Visitor(User.objects.get(username="administrator"))
    form = {"format": "1", "resource": "0"}  # CSV
    answer = visitor.ask("post", reverse("admin:directory_place_export"), form)
    assert (answer.status_code, _leaks("administrator", "", answer)) == (200, [])
    assert "Thôn 1" in text_of(answer)


# After a reorganisation ----------------------------------------------------------------------------

AFTER_THE_MERGER = ("survey_check", "need_detail", "pledge_detail", "distribution_detail", "round_detail")


def test_successors_see_what_predecessors_left_and_strangers_still_nothing(
    world: World, administrator: User, chains: Chains
) -> None:
    with clock.standing_on(MERGER_DAY):
        merge(world, administrator)
        wrong = []
        for username in ("officer.iadom", "officer.iatoi", "officer.iadal", "coordinator", "leader"):
            visitor = Visitor(User.objects.get(username=username))
            for name in AFTER_THE_MERGER:
                page = next(page for page in OWN_PAGES if page.name == name)
                status = visitor.ask("get", page.address(chains.own)).status_code
                sees = username != "officer.iadal" or name == "round_detail"
                if status != (200 if sees else 404):
                    wrong.append(f"{username} {name}: {status}")
    assert not wrong, "\n".join(["", *wrong])
