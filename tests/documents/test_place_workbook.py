"""Units, places and holidays as workbooks: matched by their own keys, checked together, saved in order."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from django.utils.translation import gettext

from directory import history
from directory.actions.place import end_place
from directory.deeds import acting
from directory.errors import Forbidden, Refusal, Stale
from directory.models import HistoryEntry, Holiday, Place, Unit, User
from documents.actions import confirm_import, upload_workbook
from documents.imports.importer import importer_of
from tests.workbooks import (
    book_of,
    changes,
    fates,
    file_of,
    imported,
    plan_of,
    planned,
    previewed,
    problems,
    unchanged_again,
)
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

PLACES = ["Commune", "Kind", "Name", "Lies in", "Exists from", "Last day", "Order in lists"]
UNITS = ["Level", "GSO code", "Name", "Superior unit", "Exists from", "Last day"]
FROM = date(2025, 1, 1)
START = date(2019, 1, 1)


def village(name: str, code: object = 23537, start: date = FROM, end: date | None = None) -> list[Any]:
    return [code, "village", name, None, start, end, None]


# Places --------------------------------------------------------------------------------------------


def test_a_village_and_its_school_come_together(world: World, coordinator: User) -> None:
    school = ["23537 xã Ia Dom", "school", "Trường Tiểu học", "Thôn 9", FROM, None, 5]
    assert imported(coordinator, "places", PLACES, school, village("Thôn 9")).added == 2
    place = Place.objects.get(name="Trường Tiểu học")
    assert (place.lies_in, place.order) == (Place.objects.get(name="Thôn 9"), 5)
    assert place.unit == world.commune("Ia Dom")
    entry = HistoryEntry.objects.of(place).get()
    assert (entry.verb, entry.by) == ("enter place", coordinator)
    assert place.history.get().history_user == coordinator
    assert fates(planned(coordinator, "places", PLACES, school, village("Thôn 9"))) == ["unchanged"] * 2


def test_what_a_change_says(world: World, coordinator: User) -> None:
    row = [23537, "school", "Trường Mầm non Ia Dom", "Thôn 2", START, date(2025, 12, 31), 10]
    plan = planned(coordinator, "places", PLACES, row)
    assert changes(plan) == [
        [(gettext("Lies in"), None, "Thôn 2"), (gettext("Last day"), None, "31/12/2025")]
    ]
    imported(coordinator, "places", PLACES, row)
    school = world.school("Ia Dom")
    assert (school.lies_in, school.valid_to) == (world.village("Ia Dom", 2), date(2025, 12, 31))
    assert HistoryEntry.objects.of(school).get().verb == "correct in the register"
    # An empty cell empties; a column that the file lacks changes nothing.
    assert fates(planned(coordinator, "places", PLACES[:3] + PLACES[4:5], [*row[:3], START])) == ["unchanged"]
    emptied = [23537, "school", "Trường Mầm non Ia Dom", None, START]
    assert changes(planned(coordinator, "places", PLACES[:5], emptied)) == [
        [(gettext("Lies in"), "Thôn 2", None)]
    ]


def test_one_ends_and_another_begins_in_whatever_order(world: World, coordinator: User) -> None:
    begins, ends = village("Thôn 1"), village("Thôn 1", start=START, end=date(2024, 12, 31))
    alone = planned(coordinator, "places", PLACES, begins)
    assert [(fate, problems(alone)[0][0][0]) for fate in fates(alone)] == [("refused", 4)]
    assert fates(planned(coordinator, "places", PLACES, begins, ends)) == ["added", "changed"]
    imported(coordinator, "places", PLACES, begins, ends)
    named = Place.objects.filter(unit=world.commune("Ia Dom"), name="Thôn 1").order_by("valid_from")
    assert [(place.valid_from, place.valid_to) for place in named] == [
        (START, date(2024, 12, 31)),
        (FROM, None),
    ]


def test_a_refused_row_takes_with_it_what_leans_on_it(world: World, coordinator: User) -> None:
    backwards = village("Thôn 1", start=START, end=date(2018, 1, 1))
    school = [23537, "school", "Trường mới", "Thôn 9", FROM, None, None]
    ended = village("Thôn 9", end=date(2024, 1, 1))
    plan = planned(coordinator, "places", PLACES, backwards, village("Thôn 1"), school, ended)
    assert fates(plan) == ["refused"] * 4
    assert [row[0][0] for row in problems(plan)] == [5, 4, 3, 5]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (village("Thôn 1", code=99999), 0),
        (village("Thôn 1", code="xã Ia Dom"), 0),
        (village("Thôn 9", start=date(2018, 1, 1)), 0),
        ([23537, "commune", "xã Ia Dom mới", None, FROM, None, None], 1),
        ([23537, "village", "Thôn 9", "Thôn 1", FROM, None, None], 3),
        ([23537, "school", "Trường", "Thôn 77", FROM, None, None], 3),
        ([23537, "castle", "Trường", None, FROM, None, None], 1),
        ([23537, "village", None, None, FROM, None, None], 2),
        ([23537, "village", "Thôn 9", None, "31/02/2025", None, None], 4),
        ([23537, "village", "Thôn 9", None, FROM, None, "nhiều"], 6),
    ],
)
def test_refused_at_its_column(world: World, coordinator: User, row: list[Any], column: int) -> None:
    before = Place.objects.count()
    plan = planned(coordinator, "places", PLACES, row)
    assert [[place for place, _message in each] for each in problems(plan)] == [[column]]
    assert imported(coordinator, "places", PLACES, row, village("Thôn 8")).refused == 1
    assert Place.objects.count() == before + 1


def test_names_meet_without_marks_within_a_commune_only(world: World, coordinator: User) -> None:
    rows = [village("Thon 1", start=START), village("Thon 1", code=23535, start=FROM)]
    plan = planned(coordinator, "places", PLACES, *rows)
    assert fates(plan) == ["changed", "added"]
    assert changes(plan)[0][0] == (gettext("Name"), "Thôn 1", "Thon 1")


def test_lists_of_each_role_come_back_unchanged(world: World, coordinator: User, administrator: User) -> None:
    Place.objects.filter(pk=world.school("Ia Dom").pk).update(lies_in=world.village("Ia Dom"))
    Place.objects.create(unit=world.commune("Ia Dom"), kind="village", name="=1+1", valid_from=FROM)
    end_place(by=coordinator, place=world.village("Ia Tơi", 2), last_day=date(2025, 3, 1), reason="x")
    Holiday.objects.create(day=date(2025, 9, 2), name="Quốc khánh")
    count = Place.objects.count()
    assert [unchanged_again(user, "places") for user in (coordinator, administrator)] == [count, count]
    assert unchanged_again(administrator, "units") == Unit.objects.count()
    assert unchanged_again(administrator, "holidays") == 1


def test_confirmed_in_the_other_language(world: World, administrator: User) -> None:
    Holiday.objects.create(day=date(2025, 9, 2), name="Quốc khánh")
    ends = [23537, "village", "Thôn 1", None, START, date(2024, 12, 31), None]
    with translation.override("vi"):
        renamed = previewed(administrator, "holidays", file_of(["Day", "Name"], [date(2025, 9, 2), "Lễ"]))
        ended = previewed(administrator, "places", file_of(PLACES, ends))
    with translation.override("en"):
        assert confirm_import(by=administrator, workbook_import=renamed).changed == 1
        assert confirm_import(by=administrator, workbook_import=ended).changed == 1


def test_a_day_entered_meanwhile_is_refused(world: World, administrator: User) -> None:
    plan = planned(administrator, "holidays", ["Day", "Name"], [date(2025, 9, 2), "Lễ"])
    Holiday.objects.create(day=date(2025, 9, 2), name="Quốc khánh")
    importer = importer_of("holidays")
    assert importer is not None
    with acting(), pytest.raises(Refusal) as caught:
        importer(administrator).save(plan)
    assert (caught.value.code, Holiday.objects.get().name) == ("overlap", "Quốc khánh")


def test_a_new_commune_is_a_place_as_a_whole(world: World, administrator: User) -> None:
    row = ["commune", "23539", "xã Mới", "618", FROM, None]
    assert imported(administrator, "units", UNITS, row).added == 1
    place = Place.objects.get(unit__code="23539")
    assert (place.kind, place.name, place.valid_from, place.valid_to) == ("commune", "xã Mới", FROM, None)
    assert HistoryEntry.objects.of(place).get().verb == "enter place"


def test_two_files_that_add_the_same_are_not_both_saved(world: World, administrator: User) -> None:
    content = file_of(["Day", "Name"], [date(2025, 9, 2), "Lễ"])
    first, second = (previewed(administrator, "holidays", content) for _tab in range(2))
    confirm_import(by=administrator, workbook_import=first)
    with pytest.raises(Stale) as caught:
        confirm_import(by=administrator, workbook_import=second)
    assert caught.value.code == "preview_outdated"


def test_who_may_keep_them(world: World, officer: User, coordinator: User, administrator: User) -> None:
    for user, kind in ((officer, "places"), (coordinator, "units"), (coordinator, "holidays")):
        with pytest.raises(Forbidden):
            upload_workbook(
                by=user, kind=kind, file_name="a.xlsx", content=file_of(PLACES, village("Thôn 9"))
            )
    # An ended place is corrected by administrators only.
    end_place(by=coordinator, place=world.village("Ia Dom"), last_day=date(2025, 3, 1), reason="x")
    row = village("Thôn 1", start=START)
    each = [fates(planned(user, "places", PLACES, row)) for user in (coordinator, administrator)]
    assert each == [["refused"], ["changed"]]


def test_what_is_out_of_reach_does_not_exist(world: World, coordinator: User, administrator: User) -> None:
    foreign = Unit.objects.create(level="commune", code="23500", name="xã Ia Dom", valid_from=START)
    Place.objects.create(unit=foreign, kind="village", name="Thôn 1", valid_from=START)
    row = village("Thôn 1", code=23500, start=START)
    assert fates(planned(administrator, "places", PLACES, row)) == ["unchanged"]
    assert problems(planned(coordinator, "places", PLACES, row))[0][0][0] == 0
    sheet = importer_of("places")(administrator).export()  # type: ignore[misc]
    plan = plan_of(coordinator, "places", book_of(sheet))
    assert [row.label for row in plan.rows if row.problems] == ["Thôn 1"]


def test_what_moved_meanwhile_is_not_overwritten(
    world: World, coordinator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    importer = importer_of("places")
    assert importer is not None
    monkeypatch.setattr(importer, "stamp", lambda self: "always the same")
    preview = previewed(coordinator, "places", file_of(PLACES, village("Thôn 1", start=START, end=FROM)))
    Place.objects.filter(pk=world.village("Ia Dom").pk).update(valid_to=date(2030, 1, 1))
    with pytest.raises(Stale):
        confirm_import(by=coordinator, workbook_import=preview)
    assert world.village("Ia Dom").valid_to == date(2030, 1, 1)


def test_nothing_is_saved_when_the_history_fails(
    world: World, coordinator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [village("Thôn 9"), village("Thôn 1", start=START, end=FROM)]
    preview = previewed(coordinator, "places", file_of(PLACES, *rows))

    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(history, "_record_many", fail)
    with pytest.raises(RuntimeError):
        confirm_import(by=coordinator, workbook_import=preview)
    assert (Place.objects.filter(name="Thôn 9").count(), world.village("Ia Dom").valid_to) == (0, None)


def test_thirty_rows_cost_the_queries_of_one(world: World, coordinator: User) -> None:
    def queries(first: int, count: int) -> list[int]:
        found = []
        for end in (None, date(2025, 5, 1)):
            rows = [village(f"Thôn {number}", end=end) for number in range(first, first + count)]
            with CaptureQueriesContext(connection) as asked:
                imported(coordinator, "places", PLACES, *rows)
            found.append(len(asked))
        return found

    queries(10, 1)  # what a process reads once
    assert queries(20, 1) == queries(100, 30)


# Units and holidays --------------------------------------------------------------------------------


def test_a_district_and_its_communes_come_together(world: World, administrator: User) -> None:
    commune = ["commune", "23500", "xã Sa Bình", 616, FROM, None]
    district = ["district", "616", "huyện Sa Thầy", "62 tỉnh Kon Tum", FROM, None]
    assert imported(administrator, "units", UNITS, commune, district).added == 2
    unit = Unit.objects.get(code="23500")
    assert unit.parent is not None
    assert (unit.parent.name, str(unit.parent.parent)) == ("huyện Sa Thầy", "tỉnh Kon Tum")
    assert HistoryEntry.objects.of(unit).get().verb == "enter in the register"
    assert fates(planned(administrator, "units", UNITS, commune, district)) == ["unchanged"] * 2


def test_the_same_code_is_another_unit_from_another_day(world: World, administrator: User) -> None:
    start = world.commune("Ia Tơi").valid_from
    ends = ["commune", "23538", "xã Ia Tơi", "618", start, date(2025, 5, 31)]
    begins = ["commune", "23538", "xã Ia Tơi", "62", date(2025, 6, 1), None]
    assert [fates(planned(administrator, "units", UNITS, *rows)) for rows in ([begins], [begins, ends])] == [
        ["refused"],
        ["added", "changed"],
    ]
    imported(administrator, "units", UNITS, begins, ends)
    assert Unit.objects.filter(code="23538").count() == 2


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (["commune", "23599", "xã Mới", "77777", FROM, None], 3),
        (["commune", "23599", "xã Mới", "23537", FROM, None], 3),
        (["castle", "23599", "xã Mới", "618", FROM, None], 0),
        (["commune", "23599", "xã Mới", "618", FROM, START], 5),
    ],
)
def test_a_unit_is_refused_at_its_column(
    world: World, administrator: User, row: list[Any], column: int
) -> None:
    plan = planned(administrator, "units", UNITS, row)
    assert [[place for place, _message in each] for each in problems(plan)] == [[column]]


def test_holidays(world: World, administrator: User) -> None:
    Holiday.objects.create(day=date(2025, 9, 2), name="Quốc khánh")
    rows = [[date(2025, 9, 2), "Lễ Quốc khánh"], ["01/01/2026", "Tết Dương lịch"], ["01/01/2026", "Nữa"]]
    plan = planned(administrator, "holidays", ["Day", "Name"], *rows)
    assert fates(plan) == ["changed", "added", "refused"]
    imported(administrator, "holidays", ["Day", "Name"], *rows)
    assert [str(holiday) for holiday in Holiday.objects.in_order()] == [
        "02/09/2025 Lễ Quốc khánh",
        "01/01/2026 Tết Dương lịch",
    ]
