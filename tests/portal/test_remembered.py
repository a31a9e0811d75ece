"""What tests set up alike: the rows that are put back are those that were built, and only after the same."""

from __future__ import annotations

import pytest
from django.db import transaction

from directory.codes import next_code
from directory.models import Place, Unit
from tests.remembered import step
from tests.world import World, build_world

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
built: list[str] = []


@step
def village(world: World, name: str) -> Place:
    built.append(name)
    return Place.objects.create(
        unit=world.commune("Ia Dom"), kind="village", name=name, valid_from=world.district.valid_from
    )


def rows() -> list[tuple[object, ...]]:
    return [*Place.objects.order_by("pk").values_list(), *Place.history.order_by("pk").values_list()]


@pytest.fixture(autouse=True)
def nothing_built() -> None:
    built.clear()


def after(*names: str, write: bool = False) -> list[tuple[object, ...]]:
    """The rows of a district with these villages; then all is undone."""
    with transaction.atomic():
        world = build_world()
        if write:
            Unit.objects.filter(name="nowhere").update(name="nowhere")
        for name in names:
            village(world, name)
        found = rows()
        transaction.set_rollback(True)
    return found


def test_the_same_after_the_same_is_put_back() -> None:
    after("A")
    kept = after("A")
    assert after("A") == after("A") == kept
    assert built == ["A", "A"]


def test_a_step_follows_the_steps_before_it() -> None:
    for _ in range(4):
        after("B", "C")
    kept = after("B", "C")
    assert built == ["B", "C", "B", "C", "C"]
    assert after("B", "C") == kept
    assert after("C", "B") != kept


def test_after_anything_else_it_is_built() -> None:
    for _ in range(3):
        after("D")
    assert built == ["D", "D"]
    after("D", write=True)
    assert built == ["D", "D", "D"]


def test_where_a_test_changes_code_it_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(4):
        after("F")
    assert built == ["F"] * 4


def test_a_changed_row_is_put_back_too() -> None:
    @step
    def numbered(world: World) -> str:
        return next_code("CK", 2025)

    codes = []
    for _ in range(4):
        with transaction.atomic():
            world = build_world()
            codes.append((numbered(world), next_code("CK", 2025)))
            transaction.set_rollback(True)
    assert codes == [("CK-2025-001", "CK-2025-002")] * 4


def test_the_answer_is_a_copy() -> None:
    told = []
    for _ in range(4):
        with transaction.atomic():
            place = village(build_world(), "E")
            told.append(place.name)
            transaction.set_rollback(True)
        place.name = "set by a test"
    assert told == ["E"] * 4
