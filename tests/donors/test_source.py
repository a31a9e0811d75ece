"""Funds and budgets: entered, changed, closed; management cost stays apart."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from directory import history
from directory.errors import Forbidden, Refusal, Stale, WrongState
from directory.models import HistoryEntry, User
from distributions.scope import funding_sources_for
from donors.actions import record_pledge, withdraw_pledge
from donors.actions.source import (
    SourceFacts,
    change_source,
    close_source,
    create_source,
    facts_of,
    reopen_source,
)
from donors.forms import PledgeForm
from donors.models import FundingSource, Pledge
from tests.donors.build import cash, goods
from tests.donors.counting import unchanged
from tests.queries import queries_of
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
ClientOf = Callable[[User], Client]


def _fund(world: World, name: str = "Quỹ Khuyến học", kind: str = "fund", agency: str = "") -> FundingSource:
    keeper = world.agency(agency) if agency else None
    return create_source(
        by=world.user("coordinator"), scope=world.district, facts=SourceFacts(kind, name, keeper)
    )


def _pledge(world: World, source: FundingSource) -> Pledge:
    by = world.user("coordinator")
    return record_pledge(
        by=by,
        scope=world.district,
        mobilised_by=by.agency,
        source=source,
        pledged_on=date(2025, 3, 1),
        lines=[cash(1_000_000)],
    )


def test_a_fund_is_entered_once_by_its_name(world: World, coordinator: User) -> None:
    fund = _fund(world, "Quỹ  Khuyến học")
    assert (fund.name, fund.history.get().history_user) == ("Quỹ Khuyến học", coordinator)
    for name in ("quỹ khuyến học", " "):
        with unchanged(FundingSource, HistoryEntry), pytest.raises(Refusal) as refusal:
            _fund(world, name)
        assert [problem.place for problem in refusal.value.problems] == ["name"]


def test_only_the_coordinators_keep_the_list_and_the_keeper_sees_its_own(
    world: World, union_officer: User, officer: User, leader: User, client_of: ClientOf
) -> None:
    fund = _fund(world, agency="Hội LHPN")
    for user in (union_officer, officer, leader):
        for deed in (
            lambda by=user: create_source(by=by, scope=world.district, facts=SourceFacts("fund", "X")),
            lambda by=user: change_source(by=by, source=fund, version=0, facts=SourceFacts("fund", "X")),
            lambda by=user: close_source(by=by, source=fund, on=date(2025, 6, 2), reason="x"),
            lambda by=user: reopen_source(by=by, source=fund),
        ):
            with unchanged(FundingSource, HistoryEntry), pytest.raises(Forbidden):
                deed()
    page = client_of(union_officer).get(reverse("source_list"))
    assert (page.context["support"], page.context["management"]) == ([fund], [])
    assert client_of(union_officer).get(reverse("source_change", args=[fund.pk])).status_code == 403
    assert client_of(officer).get(reverse("source_detail", args=[fund.pk])).status_code == 404


def test_its_kind_stays_once_it_is_used(world: World, coordinator: User, second_coordinator: User) -> None:
    fund = _fund(world)
    read = history.version_of(fund)
    change_source(
        by=coordinator, source=fund, version=read, facts=SourceFacts("local_budget", "Ngân sách xã")
    )
    with unchanged(HistoryEntry), pytest.raises(Stale):
        change_source(by=second_coordinator, source=fund, version=read, facts=SourceFacts("fund", "Quỹ X"))
    _pledge(world, FundingSource.objects.get(pk=fund.pk))
    newest = history.version_of(fund)
    with unchanged(HistoryEntry), pytest.raises(Refusal) as refusal:
        change_source(by=coordinator, source=fund, version=newest, facts=SourceFacts("fund", "Ngân sách xã"))
    assert (refusal.value.code, refusal.value.problems[0].place) == ("source_used", "kind")
    fund = change_source(
        by=coordinator, source=fund, version=newest, facts=SourceFacts("local_budget", "Ngân sách xã 2025")
    )
    assert facts_of(fund).name == "Ngân sách xã 2025"


def test_a_closed_fund_takes_nothing_new(world: World, coordinator: User) -> None:
    fund = _fund(world)
    pledge = _pledge(world, fund)
    with unchanged(HistoryEntry), pytest.raises(Refusal) as refusal:
        close_source(by=coordinator, source=fund, on=date(2025, 3, 1), reason=" ")
    assert [problem.place for problem in refusal.value.problems] == ["", "on", "reason"]
    assert pledge.code in str(refusal.value)
    withdraw_pledge(by=coordinator, pledge=pledge, reason="quỹ giải thể")
    fund = close_source(by=coordinator, source=fund, on=date(2025, 6, 2), reason="quỹ giải thể")
    with unchanged(HistoryEntry), pytest.raises(WrongState):
        close_source(by=coordinator, source=fund, on=date(2025, 6, 2), reason="x")
    assert fund not in PledgeForm(coordinator).fields["source"].queryset  # type: ignore[attr-defined]
    assert fund not in funding_sources_for(coordinator)
    with unchanged(Pledge), pytest.raises(Refusal) as refusal:
        _pledge(world, fund)
    assert [problem.place for problem in refusal.value.problems] == ["source"]
    assert reopen_source(by=coordinator, source=fund).closed_on is None
    with unchanged(HistoryEntry), pytest.raises(WrongState):
        reopen_source(by=coordinator, source=fund)


def test_management_cost_is_money_and_no_goods(world: World, coordinator: User) -> None:
    source = _fund(world, "Kinh phí điều phối", "management")
    with unchanged(Pledge), pytest.raises(Refusal) as refusal:
        record_pledge(
            by=coordinator,
            scope=world.district,
            mobilised_by=coordinator.agency,
            source=source,
            pledged_on=date(2025, 3, 1),
            lines=[cash(1), goods(world)],
        )
    assert [problem.place for problem in refusal.value.problems] == ["lines-1-item"]
    assert source not in funding_sources_for(coordinator)


def test_the_screens(world: World, client_of: ClientOf, coordinator: User) -> None:
    browser = client_of(coordinator)
    form = {"kind": "management", "name": "Kinh phí điều phối", "agency": world.agency("LĐTBXH").pk}
    assert browser.post(reverse("source_create"), {**form, "name": ""}).status_code == 422
    browser.post(reverse("source_create"), form)
    source = FundingSource.objects.get(name="Kinh phí điều phối")
    page = browser.get(reverse("source_list"))
    assert source in page.context["management"]
    assert source not in page.context["support"]
    change = reverse("source_change", args=[source.pk])
    version = browser.get(change).context["form"].initial["version"]
    assert browser.post(change, {**form, "name": "Kinh phí quản lý", "version": version}).status_code == 302
    closing = {"on": "02/06/2025", "reason": "hết năm"}
    assert browser.post(reverse("source_close", args=[source.pk]), {"on": ""}).status_code == 422
    assert browser.post(reverse("source_close", args=[source.pk]), closing).status_code == 302
    assert browser.get(reverse("source_detail", args=[source.pk])).context["is_closed"]
    assert browser.post(reverse("source_reopen", args=[source.pk])).status_code == 302


def test_the_list_costs_the_same_with_three(world: World, client_of: ClientOf, coordinator: User) -> None:
    browser, costs = client_of(coordinator), []
    for name in ("một", "hai"):
        _pledge(world, _fund(world, f"Quỹ {name}", agency="MTTQ"))
        costs.append(queries_of(browser, reverse("source_list")))
    assert costs[0] == costs[1]
