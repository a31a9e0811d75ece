"""What changed against last year, the version in force, and what was returned."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils.translation import gettext as _

from directory import clock
from directory.models import User
from needs.actions import (
    approve_survey,
    correct_survey,
    return_survey,
    save_row,
    send_back_survey,
    submit_survey,
)
from needs.contents import Contents
from needs.differences import Difference, Differences, differences_in
from needs.models import Survey, SurveyRow
from needs.said import said_in, said_when_returned
from needs.sections import sections_for
from tests.needs.build import (
    Statement,
    approved_survey,
    filled_survey,
    signing_survey,
    state_need,
    submitted_survey,
)
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def test_a_return_keeps_what_the_survey_said(world: World, coordinator: User) -> None:
    survey = submitted_survey(world, needs=[Statement(world.village("Ia Dom"), reason="Ở vùng cao")])
    assert said_when_returned(survey) is None
    survey = return_survey(by=coordinator, survey=survey, reason="Thiếu thôn 2")
    survey.refresh_from_db()
    kept = said_when_returned(survey)
    assert kept == said_in(Contents(survey))
    assert kept is not None
    assert (len(kept.counts), len(kept.statements), len(kept.nothing)) == (16, 1, 11)


def differences(survey: Survey, user: User, against: str = "") -> Differences:
    contents = Contents(Survey.objects.select_related("round__scope", "commune").get(pk=survey.pk))
    return differences_in(contents, sections_for(user, contents), against)


def told(found: Differences) -> list[tuple[str, str, str, object, object]]:
    return [
        (section.section.code, place.place.name, cell.label, cell.before, cell.now)
        for section in found.sections
        for place in section.places
        for cell in place.cells
    ]


def count_children(world: World, survey: Survey, number: int | None, subgroup: str = "total") -> None:
    place, key = world.village("Ia Dom"), (world.band("3-5").pk, world.subgroup(subgroup).pk)
    version = SurveyRow.objects.get(survey=survey, place=place, area=None).version
    save_row(
        by=survey.created_by, survey=survey, place=place, area=None, version=version, cells={key: number}
    )


def test_a_first_survey_has_nothing_to_be_compared_with(world: World, coordinator: User) -> None:
    found = differences(submitted_survey(world), coordinator)
    assert (found.choices, found.chosen, found.sections) == ([], None, [])


def test_nothing_changed_since_the_return(world: World, coordinator: User) -> None:
    survey = return_survey(by=coordinator, survey=submitted_survey(world), reason="Kiểm tra lại")
    found = differences(survey, coordinator)
    assert found.chosen is not None
    assert (found.chosen.against, found.number) == ("return", 0)


def test_what_changed_since_the_return(world: World, coordinator: User) -> None:
    place = world.village("Ia Dom")
    survey = submitted_survey(world, needs=[Statement(place, children=20, quantity=40, reason="Cũ")])
    survey = return_survey(by=coordinator, survey=survey, reason="Kiểm tra lại")
    count_children(world, survey, 130)
    count_children(world, survey, 0, "girls")
    state_need(world, survey, Statement(place, children=20, quantity=10, priority=1, reason="Mới"))
    item = world.item("warm_clothing")
    with_bands = f"{item} ({item.unit}), 3-5, {_('quantity')}"
    assert told(differences(survey, coordinator, "return")) == [
        ("children", "Thôn 1", f"{world.band('3-5')}, {world.subgroup('total')}", 100, 130),
        ("children", "Thôn 1", f"{world.band('3-5')}, {world.subgroup('girls')}", None, 0),
        ("warm_clothing", "Thôn 1", with_bands, 40, 10),
        ("warm_clothing", "Thôn 1", _("Priority"), 2, 1),
        ("warm_clothing", "Thôn 1", _("Reason"), "Cũ", "Mới"),
    ]


def test_a_need_that_is_new_or_gone(world: World, coordinator: User) -> None:
    place, other = world.village("Ia Dom"), world.village("Ia Dom", 2)
    draft = correct_survey(
        by=world.user("officer.iadom"), survey=approved_survey(world, needs=[Statement(place)])
    )
    item, band = world.item("warm_clothing"), world.band("3-5")
    row = SurveyRow.objects.filter(survey=draft, place=place, area=item.area).first()
    save_row(
        by=draft.created_by,
        survey=draft,
        place=place,
        area=item.area,
        version=row.version if row else 0,
        cells={(item.pk, band.pk): None},
        nothing=True,
    )
    state_need(world, draft, Statement(other, children=0, quantity=0))
    label = f"{item} ({item.unit}), 3-5"
    assert told(differences(draft, coordinator, "version")) == [
        ("warm_clothing", "Thôn 1", f"{label}, {_('children')}", 20, None),
        ("warm_clothing", "Thôn 1", f"{label}, {_('quantity')}", 20, None),
        ("warm_clothing", "Thôn 1", _("Nothing is needed"), None, _("said")),
        ("warm_clothing", "Thôn 2", f"{label}, {_('children')}", None, 0),
        ("warm_clothing", "Thôn 2", f"{label}, {_('quantity')}", None, 0),
        ("warm_clothing", "Thôn 2", _("Nothing is needed"), _("said"), None),
    ]


def test_last_year_is_compared_too(world: World, coordinator: User) -> None:
    place = world.village("Ia Dom")
    with clock.standing_on(date(2024, 6, 2)):
        before = filled_survey(
            world, needs=[Statement(place, children=20, quantity=20, reason="2024")], year=2024
        )
        submit_survey(by=before.created_by, survey=before)
        approve_survey(by=coordinator, survey=before)
    survey = submitted_survey(world, needs=[Statement(place, children=20, quantity=50, reason="2025")])
    found = differences(survey, coordinator)
    assert [(choice.against, choice.label) for choice in found.choices] == [
        ("year", _("Year %(year)s") % {"year": "2024"})
    ]
    assert [(label, before, now) for _section, _place, label, before, now in told(found)] == [
        (f"{world.item('warm_clothing')} (bộ), 3-5, {_('quantity')}", 20, 50)
    ]


def test_the_latest_comparison_stands_first(world: World, coordinator: User) -> None:
    draft = correct_survey(by=world.user("officer.iadom"), survey=approved_survey(world))
    submit_survey(by=draft.created_by, survey=draft)
    draft = return_survey(by=coordinator, survey=draft, reason="Kiểm tra lại")
    found = differences(draft, coordinator)
    assert [choice.against for choice in found.choices] == ["return", "version"]
    assert differences(draft, coordinator, "nonsense").chosen == found.choices[0]


def test_the_biggest_change_stands_first(world: World, coordinator: User) -> None:
    places = [world.village("Ia Dom"), world.village("Ia Dom", 2)]
    survey = submitted_survey(world, needs=[Statement(place) for place in places])
    survey = return_survey(by=coordinator, survey=survey, reason="Kiểm tra lại")
    for place, quantity in zip(places, (30, 90), strict=True):
        state_need(world, survey, Statement(place, children=20, quantity=quantity))
    assert [line[1] for line in told(differences(survey, coordinator))] == ["Thôn 2", "Thôn 1"]


def test_an_agency_sees_the_changes_of_its_areas_only(
    world: World, coordinator: User, health_officer: User
) -> None:
    place = world.village("Ia Dom")
    survey = return_survey(by=coordinator, survey=submitted_survey(world), reason="Kiểm tra lại")
    for item in ("warm_clothing", "meal"):
        state_need(world, survey, Statement(place, item=item))
    found = differences(survey, health_officer)
    assert [section.section.code for section in found.sections] == ["health_nutrition"]


@pytest.mark.parametrize(
    ("before", "now", "change", "percent", "great"),
    [
        (100, 130, 30, 30, False),
        (20, 10, -10, -50, True),
        (0, 5, 5, None, True),
        (None, 5, None, None, False),
        (5, None, None, None, False),
        (5, 0, -5, -100, True),
        ("Cũ", "Mới", None, None, False),
    ],
)
def test_change_and_per_cent(
    before: int | str | None, now: int | str | None, change: int | None, percent: int | None, great: bool
) -> None:
    difference = Difference("", before, now)
    assert (difference.change, difference.percent, difference.is_great) == (change, percent, great)


def test_the_chair_keeps_it_too(world: World, chair: User) -> None:
    survey = signing_survey(world)
    survey = send_back_survey(by=chair, survey=survey, reason="Thiếu thôn 2")
    survey.refresh_from_db()
    assert said_when_returned(survey) == said_in(Contents(survey))
