"""The catalogue of support items: entered, changed, retired, deleted, priced and sized."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from directory import history
from directory.errors import Forbidden, Refusal, Stale, WrongState
from directory.models import HistoryEntry, User
from needs.actions import (
    ItemFacts,
    change_item,
    close_round,
    create_item,
    delete_item,
    restore_item,
    retire_item,
)
from needs.item_rules import facts_of
from needs.models import ReferencePrice, SupportItem
from reports.models import Indicator, IndicatorTarget
from tests.donors.build import pledged
from tests.needs.build import Statement, approved_survey, open_yearly_round
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

TODAY = date(2025, 6, 2)


def facts(world: World, **changes: Any) -> ItemFacts:
    bands = [world.band("3-5"), world.band("6-10")]
    shoes = ItemFacts(world.area("warm_clothing"), "Giày vải", "Canvas shoes", "đôi", "goods", bands)
    return replace(shoes, **changes)


def shoes(world: World, by: User, **changes: Any) -> SupportItem:
    return create_item(by=by, facts=facts(world, **changes))


def change(item: SupportItem, by: User, **changes: Any) -> SupportItem:
    return change_item(
        by=by, item=item, version=history.version_of(item), facts=replace(facts_of(item), **changes)
    )


def state(item: SupportItem) -> list[Any]:
    """All that an action might change: the rows, the links, the histories."""
    item = SupportItem.objects.get(pk=item.pk)
    return [
        facts_of(item),
        item.retired_on,
        history.version_of(item),
        HistoryEntry.objects.of(item).count(),
        list(Indicator.objects.values_list("code", "name", "unit").order_by("pk")),
    ]


def refused(item: SupportItem, by: User, **changes: Any) -> dict[str, str]:
    """The problems of a change by field; nothing was changed."""
    before = state(item)
    with pytest.raises(Refusal) as caught:
        change(item, by, **changes)
    assert state(item) == before
    return {problem.place: str(problem.message) for problem in caught.value.problems}


# Entering ------------------------------------------------------------------------------------------


def test_an_item_is_entered_at_the_end_of_its_area(world: World, coordinator: User) -> None:
    item = shoes(world, coordinator, name="  Giày   vải ")
    assert (item.name, item.code, item.order) == ("Giày vải", "giay_vai", 6)
    assert [band.code for band in item.age_bands.all()] == ["3-5", "6-10"]
    assert HistoryEntry.objects.of(item).get().verb == "enter item"
    assert item.history.latest().history_user == coordinator
    assert item in SupportItem.objects.askable_in(open_yearly_round(world))


def test_it_has_its_line_in_the_report_at_once(world: World, coordinator: User) -> None:
    shoes(world, coordinator)
    line = Indicator.objects.get(code="quantity-giay_vai")
    assert (line.name, line.name_en, line.unit, line.area.code) == (
        "Giày vải",
        "Canvas shoes",
        "đôi",
        "warm_clothing",
    )


def test_all_that_is_wrong_is_named_at_once(world: World, coordinator: User) -> None:
    before = SupportItem.objects.count()
    wrong = facts(world, name=" ", unit="", age_bands=[])
    with pytest.raises(Refusal) as caught:
        create_item(by=coordinator, facts=wrong)
    assert [problem.place for problem in caught.value.problems] == ["name", "unit", "age_bands"]
    assert SupportItem.objects.count() == before


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"code": "warm_clothing"}, "code"),
        ({"code": "giày vải"}, "code"),
        ({"name": "ĐỒ ẤM"}, "name"),
        ({"kind": "loan"}, "kind"),
        ({"unit": "đ" * 31}, "unit"),
    ],
)
def test_what_cannot_stand(world: World, coordinator: User, changes: dict[str, Any], place: str) -> None:
    with pytest.raises(Refusal) as caught:
        shoes(world, coordinator, **changes)
    assert [problem.place for problem in caught.value.problems] == [place]
    assert Indicator.objects.filter(code__contains="giay").count() == 0


def test_all_ages_stands_alone(world: World, coordinator: User) -> None:
    with pytest.raises(Refusal) as caught:
        shoes(world, coordinator, age_bands=[world.band("all"), world.band("3-5")])
    assert [problem.place for problem in caught.value.problems] == ["age_bands"]


def test_only_the_coordinating_office(world: World, officer: User, leader: User, administrator: User) -> None:
    item = world.item("warm_clothing")
    for user in (officer, leader, administrator):
        for deed in (
            lambda user=user: shoes(world, user),
            lambda user=user: change(item, user, name="x"),
            lambda user=user: retire_item(by=user, item=item, on=TODAY, reason="x"),
            lambda user=user: restore_item(by=user, item=item),
            lambda user=user: delete_item(by=user, item=item),
        ):
            with pytest.raises(Forbidden):
                deed()


# Changing ------------------------------------------------------------------------------------------


def test_an_unused_item_may_change_in_everything(world: World, coordinator: User) -> None:
    item = shoes(world, coordinator)
    change(
        item,
        coordinator,
        area=world.area("play"),
        code="boots",
        name="Ủng",
        name_en="Boots",
        unit="chiếc",
        by_sex=True,
        age_bands=[world.band("11-15")],
        order=1,
    )
    item = SupportItem.objects.get(code="boots")
    assert (item.area.code, item.name, item.unit, item.by_sex, item.order) == (
        "play",
        "Ủng",
        "chiếc",
        True,
        1,
    )
    assert [band.code for band in item.age_bands.all()] == ["11-15"]
    entry = HistoryEntry.objects.of(item).first()
    assert entry is not None
    assert (entry.details["before"]["name"], entry.details["after"]["name"]) == ("Giày vải", "Ủng")
    lines = Indicator.objects.filter(code__in=["quantity-giay_vai", "quantity-boots"])
    assert list(lines.values_list("code", "name", "unit")) == [("quantity-boots", "Ủng", "chiếc")]


def test_a_line_of_the_report_keeps_a_name_of_its_own(world: World, coordinator: User) -> None:
    item = shoes(world, coordinator)
    Indicator.objects.filter(code="quantity-giay_vai").update(name="Giày đã trao")
    change(item, coordinator, name="Ủng", name_en="Boots")
    line = Indicator.objects.get(code="quantity-giay_vai")
    assert (line.name, line.name_en) == ("Giày đã trao", "Boots")


def test_a_used_item_keeps_code_area_kind_and_unit(world: World, coordinator: User) -> None:
    approved_survey(world, needs=[Statement(world.village("Ia Dom"))])
    pledged(world)
    problems = refused(
        world.item("warm_clothing"),
        coordinator,
        code="coats",
        area=world.area("play"),
        kind="service",
        unit="chiếc",
    )
    assert sorted(problems) == ["area", "code", "kind", "unit"]
    assert "“bộ”" in problems["unit"]
    assert "Rà soát nhu cầu năm 2025 – xã Ia Dom" in problems["unit"]
    assert "CK-2025-001" in problems["unit"]


def test_a_used_item_may_be_renamed(world: World, coordinator: User) -> None:
    approved_survey(world, needs=[Statement(world.village("Ia Dom"))])
    item = change(world.item("warm_clothing"), coordinator, name="Áo ấm", order=9)
    assert (item.name, item.order) == ("Áo ấm", 9)


def test_a_band_that_open_surveys_state_stays(world: World, coordinator: User) -> None:
    survey = approved_survey(world, needs=[Statement(world.village("Ia Dom"))])
    item = world.item("warm_clothing")
    kept = [band for band in item.age_bands.all() if band.code != "3-5"]
    assert list(refused(item, coordinator, age_bands=kept)) == ["age_bands"]
    close_round(by=coordinator, survey_round=survey.round, reason="hết đợt")
    change(item, coordinator, age_bands=kept)
    assert [band.code for band in item.age_bands.all()] == ["0-2", "6-10", "11-15"]


def test_a_band_that_nobody_states_may_go(world: World, coordinator: User) -> None:
    approved_survey(world, needs=[Statement(world.village("Ia Dom"))])
    item = change(world.item("warm_clothing"), coordinator, age_bands=[world.band("3-5")])
    assert [band.code for band in item.age_bands.all()] == ["3-5"]


def test_closed_surveys_go_on_showing_a_band_that_went(world: World, coordinator: User) -> None:
    from needs.contents import Contents

    survey = approved_survey(world, needs=[Statement(world.village("Ia Dom"))])
    close_round(by=coordinator, survey_round=survey.round, reason="hết đợt")
    survey.refresh_from_db()
    before = [(item.code, band.code) for item, band in Contents(survey).item_bands]
    change(world.item("warm_clothing"), coordinator, age_bands=[world.band("0-2")])
    after = [(item.code, band.code) for item, band in Contents(survey).item_bands]
    assert [pair for pair in before if pair not in after] == [
        ("warm_clothing", "6-10"),
        ("warm_clothing", "11-15"),
    ]
    assert ("warm_clothing", "3-5") in after


def test_by_sex_stays_while_open_surveys_state_it(world: World, coordinator: User) -> None:
    survey = approved_survey(world, needs=[Statement(world.village("Ia Dom"))])
    item = world.item("warm_clothing")
    assert list(refused(item, coordinator, by_sex=True)) == ["by_sex"]
    close_round(by=coordinator, survey_round=survey.round, reason="hết đợt")
    assert change(item, coordinator, by_sex=True).by_sex


def test_a_newer_edit_is_not_overwritten(world: World, coordinator: User, second_coordinator: User) -> None:
    item = world.item("warm_clothing")
    read = history.version_of(item)
    mine = replace(facts_of(item), name="Áo khoác")
    change(item, second_coordinator, name="Áo ấm", order=7)
    before = state(item)
    with pytest.raises(Stale) as caught:
        change_item(by=coordinator, item=item, version=read, facts=mine)
    assert caught.value.details["theirs"] == {"name": "Áo ấm", "order": "7"}
    assert caught.value.details["yours"] == {"name": "Áo khoác", "order": "5"}
    assert caught.value.details["by"] == second_coordinator
    assert state(item) == before
    change_item(by=coordinator, item=item, version=caught.value.details["version"], facts=mine)
    assert SupportItem.objects.get(pk=item.pk).name == "Áo khoác"


def test_the_same_save_twice_is_no_conflict(world: World, coordinator: User) -> None:
    item = world.item("warm_clothing")
    read, mine = history.version_of(item), replace(facts_of(item), name="Áo khoác")
    for _ in range(2):
        change_item(by=coordinator, item=item, version=read, facts=mine)
    assert HistoryEntry.objects.of(item).count() == 1


# Retiring and deleting -----------------------------------------------------------------------------


def test_a_retired_item_is_offered_no_more_but_open_rounds_keep_it(world: World, coordinator: User) -> None:
    survey = approved_survey(world, needs=[Statement(world.village("Ia Dom"))])
    item = retire_item(by=coordinator, item=world.item("warm_clothing"), on=TODAY, reason=" thay món ")
    assert item not in SupportItem.objects.in_use()
    assert item in SupportItem.objects.askable_in(survey.round)
    assert HistoryEntry.objects.of(item).get().reason == "thay món"
    assert restore_item(by=coordinator, item=item) in SupportItem.objects.in_use()


def test_until_its_day_it_is_in_use(world: World, coordinator: User) -> None:
    item = retire_item(
        by=coordinator, item=world.item("warm_clothing"), on=date(2025, 6, 3), reason="thay món"
    )
    assert item in SupportItem.objects.in_use()
    assert not item.is_retired


def test_a_day_that_would_empty_surveys_is_refused(world: World, coordinator: User) -> None:
    survey = approved_survey(world, needs=[Statement(world.village("Ia Dom"))])
    item = world.item("warm_clothing")
    before = state(item)
    with pytest.raises(Refusal) as caught:
        retire_item(by=coordinator, item=item, on=survey.round.opens_on, reason=" ")
    assert [problem.place for problem in caught.value.problems] == ["on", "reason"]
    assert "02/01/2025" in str(caught.value)
    assert state(item) == before


def test_neither_twice(world: World, coordinator: User) -> None:
    item = world.item("warm_clothing")
    with pytest.raises(WrongState):
        restore_item(by=coordinator, item=item)
    retire_item(by=coordinator, item=item, on=TODAY, reason="x")
    before = state(item)
    with pytest.raises(WrongState):
        retire_item(by=coordinator, item=item, on=TODAY, reason="x")
    assert state(item) == before


def test_what_nobody_used_is_deleted_with_all_that_is_its_own(world: World, coordinator: User) -> None:
    item = shoes(world, coordinator)
    ReferencePrice.objects.create(item=item, year=2025, amount=90_000)
    delete_item(by=coordinator, item=item)
    assert not SupportItem.objects.filter(code="giay_vai").exists()
    assert not Indicator.objects.filter(code="quantity-giay_vai").exists()
    assert not ReferencePrice.objects.exists()
    last = SupportItem.history.filter(code="giay_vai").latest()
    assert (last.history_type, last.history_user) == ("-", coordinator)


def test_what_is_used_is_not_deleted_and_the_refusal_says_where(world: World, coordinator: User) -> None:
    approved_survey(world, needs=[Statement(world.village("Ia Dom"))])
    pledged(world)
    item = world.item("warm_clothing")
    line = Indicator.objects.get(code="quantity-warm_clothing")
    IndicatorTarget.objects.create(scope=world.district, indicator=line, year=2025, value=100)
    before = state(item)
    with pytest.raises(WrongState) as caught:
        delete_item(by=coordinator, item=item)
    assert caught.value.code == "item_used"
    for use in ("Rà soát nhu cầu năm 2025 – xã Ia Dom", "CK-2025-001", "2025 (huyện Ia H'Drai)"):
        assert use in str(caught.value)
    assert state(item) == before


def test_a_draft_is_a_use_too(world: World, coordinator: User) -> None:
    from tests.needs.build import filled_survey

    item = world.item("meal")
    filled_survey(world, needs=[Statement(world.village("Ia Dom"), item="meal")])
    with pytest.raises(WrongState):
        delete_item(by=coordinator, item=item)


def test_nothing_is_saved_when_history_fails(
    world: World, coordinator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    item, unused = world.item("warm_clothing"), shoes(world, coordinator)
    before = [state(item), state(unused)]

    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(history, "record", fail)
    for deed in (
        lambda: shoes(world, coordinator, name="Ủng"),
        lambda: change(item, coordinator, name="Áo ấm"),
        lambda: retire_item(by=coordinator, item=item, on=TODAY, reason="x"),
        lambda: delete_item(by=coordinator, item=unused),
    ):
        with pytest.raises(RuntimeError):
            deed()
    assert [state(item), state(unused)] == before
    assert not SupportItem.objects.filter(name="Ủng").exists()
