"""A block is laid over the table: by names or by position; what cannot be placed is named."""

from __future__ import annotations

from datetime import date

import pytest

from directory.models import Place
from needs.clipboard import read_block
from needs.contents import Contents
from needs.paste import Layout, labels_of, lay_out
from needs.sections import Section
from tests.needs.build import started_survey
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def tab(world: World) -> Section:
    return Section(Contents(started_survey(world)))


@pytest.fixture
def coats(world: World) -> Section:
    return Section(Contents(started_survey(world)), world.area("warm_clothing"))


def laid(section: Section, text: str, place: int = 0, column: int = 0) -> Layout:
    places = section.contents.places
    return lay_out(section, read_block(text), places[place], list(labels_of(section))[column])


def values(section: Section, layout: Layout) -> dict[str, list[str]]:
    """What goes into each row, by the place's name, from left to right."""
    names = {place.pk: place.name for place in section.contents.places}
    return {names[pk]: list(cells.values()) for pk, cells in layout.cells.items()}


def test_the_columns_are_those_of_the_grid_and_then_priority_and_reason(tab: Section, coats: Section) -> None:
    assert [name[0] for name in labels_of(tab)] == ["c"] * 20
    assert list(labels_of(coats))[-2:] == ["p", "r"]


def test_without_names_a_block_fills_the_cells_right_and_down(tab: Section) -> None:
    layout = laid(tab, "1\t2\r\n3\t\r\n", place=1, column=2)
    columns = list(labels_of(tab))
    places = tab.contents.places
    assert layout == Layout(
        cells={
            places[1].pk: {columns[2]: "1", columns[3]: "2"},
            places[2].pk: {columns[2]: "3", columns[3]: ""},
        }
    )


def test_with_names_rows_go_by_them_whatever_the_order(tab: Section) -> None:
    layout = laid(tab, "Thôn 2\t2\nTRUONG MAM NON IA DOM\t3\n  thon   1\t1\nxã ia dom\t0", place=3)
    assert layout.by_name
    assert values(tab, layout) == {
        "Thôn 2": ["2"],
        "Trường Mầm non Ia Dom": ["3"],
        "Thôn 1": ["1"],
        "xã Ia Dom": ["0"],
    }


@pytest.mark.parametrize(
    "text",
    [
        "STT\tĐịa bàn\t0-2 tuổi\n1\tThôn 1\t5\n2\tThôn 2\t6",
        "Xã\tThôn\tSố trẻ\nxã Ia Dom\tThôn 1\t5\nxã Ia Dom\tThôn 2\t6",
        "xã Ia Dom\tThôn 2\t6\nxã Ia Dom\tThôn 1\t5",
    ],
)
def test_a_running_number_or_the_commune_may_stand_before_the_names(tab: Section, text: str) -> None:
    layout = laid(tab, text)
    assert values(tab, layout) == {"Thôn 1": ["5"], "Thôn 2": ["6"]}
    assert "1" in layout.skipped[-1] or "xã Ia Dom" in layout.skipped[-1]
    assert layout.left_out == []


def test_one_row_with_commune_and_village_goes_to_the_village(tab: Section) -> None:
    assert values(tab, laid(tab, "xã Ia Dom\tThôn 1\t5")) == {"Thôn 1": ["5"]}


def test_the_full_name_is_a_name_too(tab: Section) -> None:
    assert values(tab, laid(tab, "Thôn 1, xã Ia Dom\t5")) == {"Thôn 1": ["5"]}


def test_a_name_that_is_no_place_is_named_and_not_guessed(tab: Section) -> None:
    layout = laid(tab, "Thôn 1\t5\nThôn 9\t7\nTổng cộng\t12\n\t3")
    assert values(tab, layout) == {"Thôn 1": ["5"]}
    assert [message.split(" ")[1].strip(":") for message in layout.left_out] == ["2", "3", "4"]
    assert "Thôn 9" in layout.left_out[0]


def test_a_place_that_stands_twice_is_not_taken(tab: Section) -> None:
    layout = laid(tab, "Thôn 1\t5\nThôn 2\t6\nthon 1\t7")
    assert values(tab, layout) == {"Thôn 2": ["6"]}
    assert len(layout.left_out) == 1
    assert "1, 3" in layout.left_out[0]


def _add(world: World, name: str) -> None:
    Place.objects.create(
        unit=world.commune("Ia Dom"), kind=Place.Kind.VILLAGE, name=name, valid_from=date(2019, 1, 1), order=5
    )


def test_two_places_that_differ_in_diacritics_only_are_told_apart_or_named(world: World) -> None:
    for name in ("Làng Đa", "Làng Đá"):
        _add(world, name)
    tab = Section(Contents(started_survey(world)))
    layout = laid(tab, "LÀNG ĐÁ\t1\nlang da\t2")
    assert values(tab, layout) == {"Làng Đá": ["1"]}
    assert "Làng Đa, xã Ia Dom" in layout.left_out[0]


def test_headings_are_skipped_and_said(tab: Section) -> None:
    layout = laid(tab, "0-2 tuổi\t\nTổng số\tTrẻ em gái\n5\t2\n", place=1)
    assert values(tab, layout) == {"Thôn 1": ["5", "2"]}
    assert len(layout.skipped) == 2


@pytest.mark.parametrize("text", ["12abc\t-3", "1.234,5", "-3", "−3\tba"])
def test_a_wrong_figure_is_no_heading(tab: Section, text: str) -> None:
    layout = laid(tab, text)
    assert (list(layout.cells), layout.skipped) == ([tab.contents.places[0].pk], [])


def test_reasons_alone_are_no_headings(coats: Section) -> None:
    reason = len(labels_of(coats)) - 1
    layout = laid(coats, "Vùng cao, rét\nMới tách thôn", column=reason)
    assert [list(cells.values()) for cells in layout.cells.values()] == [["Vùng cao, rét"], ["Mới tách thôn"]]


def test_what_falls_outside_the_table_is_named(coats: Section) -> None:
    last = len(labels_of(coats)) - 1
    layout = laid(coats, "Rét\t5\n\t\nMưa\t\nGió\t6", place=2, column=last)
    assert [list(cells.values()) for cells in layout.cells.values()] == [["Rét"], [""]]
    assert len(layout.left_out) == 3
    assert "“5”" in layout.left_out[0]
    assert "“Mưa”" in layout.left_out[1]


def test_a_line_without_a_tab_leaves_its_row_alone(tab: Section) -> None:
    layout = laid(tab, "1\t2\n\n3\t4")
    assert list(values(tab, layout).values()) == [["1", "2"], [], ["3", "4"]]


def test_a_long_list_of_values_is_cut_with_its_count(tab: Section) -> None:
    layout = laid(tab, "\t".join("123456789"), place=0, column=19)
    assert layout.left_out[0].count("“") == 6
    assert "2" in layout.left_out[0].rpartition("”")[2]
