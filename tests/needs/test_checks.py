"""Each check: what it finds, what it lets pass, and where exactly the line runs."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from directory.models import Place, User
from needs.actions import approve_survey, open_round, start_survey, submit_survey
from needs.checks import Grade, findings_in
from needs.contents import Contents
from needs.models import ChildCount, NeedStatement, SupportItem, Survey, SurveyRow
from tests.needs.build import Statement, filled_survey, started_survey, state_need
from tests.remembered import step
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def found(survey: Survey, *codes: str) -> list[tuple[str, str]]:
    """Place and figures of the findings of these checks, or place and code of all there are."""
    findings = findings_in(Contents(survey))
    if codes:
        return [(finding.place.name, finding.figures) for finding in findings if finding.code in codes]
    return [(finding.place.name, finding.code) for finding in findings]


def count(survey: Survey, place: Place, world: World, number: int, group: str = "total") -> None:
    """Children of 3-5 years."""
    ChildCount.objects.update_or_create(
        survey=survey,
        place=place,
        age_band=world.band("3-5"),
        subgroup=world.subgroup(group),
        defaults={"value": number},
    )


def whole(world: World) -> Place:
    return Place.objects.get(unit=world.commune("Ia Dom"), kind=Place.Kind.COMMUNE)


@step
def last_year(world: World, needs: Iterable[Statement] = (), counted: int = 100) -> None:
    """The review of 2024, approved; ``counted`` children of 3-5 in the first village."""
    survey = filled_survey(world, needs=needs, year=2024)
    count(survey, world.village("Ia Dom"), world, counted)
    count(survey, whole(world), world, counted + 100)
    submit_survey(by=survey.created_by, survey=survey)
    approve_survey(by=world.user("coordinator"), survey=survey)


@step
def this_year(world: World, needs: Iterable[Statement] = (), counted: int = 100) -> Survey:
    survey = filled_survey(world, needs=needs)
    count(survey, world.village("Ia Dom"), world, counted)
    count(survey, whole(world), world, counted + 100)
    return survey


def test_a_survey_in_order_has_no_findings(world: World) -> None:
    survey = filled_survey(world, needs=[Statement(world.village("Ia Dom"))])
    assert found(survey) == []


# Missing -------------------------------------------------------------------------------------------


def test_an_empty_survey_misses_each_count_and_each_answer(world: World) -> None:
    codes = [code for _place, code in found(started_survey(world))]
    assert (codes.count("total_missing"), codes.count("row_missing"), len(codes)) == (16, 12, 28)


def test_a_row_is_answered_by_a_need_or_by_needing_nothing(world: World) -> None:
    survey, place = filled_survey(world), world.village("Ia Dom")
    SurveyRow.objects.filter(survey=survey, place=place, area__code="play").update(nothing=False)
    [finding] = findings_in(Contents(survey), Grade.MISSING)
    assert (finding.code, finding.section, finding.name) == ("row_missing", "play", f"{place.pk}.z")
    state_need(world, survey, Statement(place, "activity", "all"))
    assert found(survey) == []


@pytest.mark.parametrize(
    ("by_sex", "children", "girls", "missing"),
    [(True, 20, None, 1), (True, 20, 0, 0), (True, 0, None, 0), (False, 20, None, 0)],
)
def test_girls_are_asked_for_where_an_item_differs_by_sex(
    world: World, by_sex: bool, children: int, girls: int | None, missing: int
) -> None:
    item = world.item("warm_clothing")
    item.by_sex = by_sex
    item.save()
    need = Statement(world.village("Ia Dom"), children=children, quantity=children, girls=girls)
    assert len(found(filled_survey(world, needs=[need]), "girls_missing")) == missing


# Errors --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("part", "errors"), [(100, 0), (101, 1)])
def test_a_subgroup_is_part_of_the_whole(world: World, part: int, errors: int) -> None:
    survey = filled_survey(world)
    count(survey, world.village("Ia Dom"), world, part, "poor")
    assert len(found(survey, "part_over_total")) == errors


@pytest.mark.parametrize(("children", "errors"), [(100, 0), (101, 1)])
def test_not_more_children_in_need_than_there_are(world: World, children: int, errors: int) -> None:
    need = Statement(world.village("Ia Dom"), children=children, quantity=1)
    assert len(found(filled_survey(world, needs=[need]), "needs_over_children")) == errors


@pytest.mark.parametrize(("children", "errors"), [(0, 1), (1, 0)])
def test_a_quantity_is_for_somebody(world: World, children: int, errors: int) -> None:
    survey = filled_survey(world, needs=[Statement(world.village("Ia Dom"))])
    NeedStatement.objects.update(children=children)
    assert len(found(survey, "quantity_without_children")) == errors


@pytest.mark.parametrize(
    ("children", "girls", "counted", "errors"),
    [
        (20, 20, None, 0),
        (20, 21, None, 1),
        (40, 30, 30, 0),
        (40, 31, 30, 1),
        (80, 10, 30, 0),  # 70 boys, and the place has 70
        (81, 10, 30, 1),
    ],
)
def test_girls_and_boys_in_need_are_among_those_of_the_place(
    world: World, children: int, girls: int, counted: int | None, errors: int
) -> None:
    SupportItem.objects.filter(code="warm_clothing").update(by_sex=True)
    need = Statement(world.village("Ia Dom"), children=children, quantity=1, girls=girls)
    survey = filled_survey(world, needs=[need])
    if counted is not None:
        count(survey, need.place, world, counted, "girls")
    assert len(found(survey, "girls_over_children")) == errors


# Warnings: last year -------------------------------------------------------------------------------


def test_without_an_earlier_review_nothing_is_compared(world: World) -> None:
    assert found(this_year(world, [Statement(world.village("Ia Dom"), quantity=1000)])) == []


@pytest.mark.parametrize(
    ("before", "now", "figures"),
    [
        (20, 30, None),  # 50 % is not over 50 %
        (20, 31, "20 → 31"),
        (20, 10, None),
        (20, 9, "20 → 9"),
        (4, 8, None),  # off by 4: too few to ask about
        (4, 9, "4 → 9"),
        (0, 4, None),
        (0, 5, "0 → 5"),
        (9, 0, "9 → 0"),
        (10, 0, "10 → 0"),
        (4, 0, None),
    ],
)
def test_children_far_off_last_year(world: World, before: int, now: int, figures: str | None) -> None:
    last_year(world, counted=before)
    survey = this_year(world, counted=now)
    expected = [("Thôn 1", figures)] if figures else []
    assert found(survey, "children_changed", "children_gone") == expected


@pytest.mark.parametrize(("before", "code"), [(9, "children_changed"), (10, "children_gone")])
def test_none_where_there_were_many(world: World, before: int, code: str) -> None:
    last_year(world, counted=before)
    assert [finding for finding in found(this_year(world, counted=0))] == [("Thôn 1", code)]


@pytest.mark.parametrize(
    ("before", "now", "figures"),
    [(20, 30, None), (20, 31, "20 → 31"), (20, 10, None), (20, 9, "20 → 9"), (1, 5, None), (1, 6, "1 → 6")],
)
def test_quantities_far_off_last_year(world: World, before: int, now: int, figures: str | None) -> None:
    place = world.village("Ia Dom")
    last_year(world, [Statement(place, quantity=before)])
    survey = this_year(world, [Statement(place, quantity=now)])
    assert found(survey, "quantity_changed") == ([("Thôn 1", figures)] if figures else [])


@pytest.mark.parametrize("answer", ["nothing", "another", "zero"])
@pytest.mark.parametrize(("before", "warnings"), [(9, 0), (10, 1)])
def test_nothing_needed_where_many_were(world: World, before: int, warnings: int, answer: str) -> None:
    place = world.village("Ia Dom")
    last_year(world, [Statement(place, quantity=before)])
    others = {
        "nothing": [],
        "another": [Statement(place, band="6-10")],
        "zero": [Statement(place, children=0, quantity=0)],
    }
    survey = this_year(world, others[answer])
    assert found(survey, "quantity_gone") == [("Thôn 1", "10 → 0")] * warnings


def test_an_unanswered_row_is_missing_and_no_surprise(world: World) -> None:
    place = world.village("Ia Dom")
    last_year(world, [Statement(place, quantity=50)])
    survey = this_year(world)
    SurveyRow.objects.filter(survey=survey, place=place, area__code="warm_clothing").update(nothing=False)
    assert found(survey) == [("Thôn 1", "row_missing")]


def test_the_lines_are_settings(world: World, settings: Settings) -> None:
    settings.SURVEY_CHANGE_PERCENT, settings.SURVEY_CHANGE_LEAST, settings.SURVEY_MANY = 10, 3, 200
    last_year(world, counted=20)
    survey = this_year(world, counted=23)
    assert found(survey) == [("Thôn 1", "children_changed")]
    count(survey, world.village("Ia Dom"), world, 22)
    assert found(survey, "children_changed") == []


def test_what_a_disaster_took_is_not_compared_with_an_ordinary_year(
    world: World, officer: User, coordinator: User, the_day: object
) -> None:
    place = world.village("Ia Dom")
    last_year(world, [Statement(place, quantity=10)])
    survey_round = open_round(
        by=coordinator,
        scope=world.district,
        kind="supplementary",
        year=2025,
        name="Sau lũ",
        event="Lũ quét",
        places=[place],
        opens_on=the_day,
        due_on=the_day,
    )
    survey = start_survey(by=officer, survey_round=survey_round, commune=world.commune("Ia Dom"))
    count(survey, place, world, 20)
    state_need(world, survey, Statement(place, quantity=90))
    assert found(survey, "quantity_changed", "children_changed") == [("Thôn 1", "100 → 20")]


# Warnings: the same children twice -----------------------------------------------------------------


def beside(world: World, *, lies_in: int | None, asked_in: Iterable[int], **school: int) -> Survey:
    """The school asks for clothing for 20 children of 3-5, as do the villages ``asked_in``."""
    place = world.school("Ia Dom")
    place.lies_in = world.village("Ia Dom", lies_in) if lies_in else None
    place.save()
    needs = [Statement(world.village("Ia Dom", number), children=7) for number in asked_in]
    return filled_survey(world, needs=[*needs, Statement(place, **school)])


@pytest.mark.parametrize(
    ("lies_in", "asked_in", "figures"),
    [(1, [1], "20 + 7"), (1, [2], None), (None, [2], "20 + 7"), (None, [1, 2], "20 + 14"), (None, [], None)],
)
def test_a_school_beside_its_village(
    world: World, lies_in: int | None, asked_in: list[int], figures: str | None
) -> None:
    survey = beside(world, lies_in=lies_in, asked_in=asked_in)
    expected = [(world.school("Ia Dom").name, figures)] if figures else []
    assert found(survey, "school_and_village") == expected


def test_the_villages_are_named(world: World) -> None:
    survey = beside(world, lies_in=None, asked_in=[1, 2])
    [finding] = findings_in(Contents(survey), Grade.WARNING)
    assert "Thôn 1, Thôn 2" in finding.message


def test_a_school_that_asks_for_none_counts_nobody_twice(world: World) -> None:
    assert found(beside(world, lies_in=1, asked_in=[1], children=0, quantity=0)) == []


# Warnings: the whole commune -----------------------------------------------------------------------


@pytest.mark.parametrize(("children", "figures"), [(200, None), (199, "199 / 200"), (201, "201 / 200")])
def test_the_commune_is_its_villages(world: World, children: int, figures: str | None) -> None:
    survey = filled_survey(world)
    count(survey, whole(world), world, children)
    expected = [(whole(world).name, figures)] if figures else []
    assert found(survey, "commune_not_villages") == expected


def test_the_sum_waits_for_the_last_village(world: World) -> None:
    survey = filled_survey(world)
    count(survey, whole(world), world, 150)
    ChildCount.objects.filter(
        survey=survey, place=world.village("Ia Dom"), age_band=world.band("3-5")
    ).delete()
    assert found(survey, "commune_not_villages") == []


@pytest.mark.parametrize(("own", "figures"), [(50, None), (51, "201 / 200")])
def test_the_commune_has_so_many_children(world: World, own: int, figures: str | None) -> None:
    numbers = {whole(world): own, world.village("Ia Dom", 1): 100, world.village("Ia Dom", 2): 50}
    survey = filled_survey(world, needs=[Statement(place, children=n) for place, n in numbers.items()])
    expected = [(whole(world).name, figures)] if figures else []
    assert found(survey, "commune_exceeded") == expected


# The cost ------------------------------------------------------------------------------------------


def test_checking_costs_the_same_for_more_places(world: World) -> None:
    last_year(world, [Statement(world.village("Ia Dom"))])

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            findings_in(Contents(Survey.objects.select_related("round", "commune").latest("pk")))
        return len(captured)

    this_year(world, [Statement(world.village("Ia Dom"))])
    before = queries()
    village = world.village("Ia Dom")
    for number in range(3, 40):
        Place.objects.create(
            unit=village.unit, kind="village", name=f"Thôn {number}", valid_from=village.valid_from
        )
    assert queries() == before
