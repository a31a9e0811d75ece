"""Check your answers: the page, the notes on it, handing in, the chair's sign-off."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from directory.models import Place, User
from needs.actions import approve_survey, submit_survey
from needs.checks import Finding, Grade, findings_in
from needs.contents import Contents
from needs.models import CheckNote, ChildCount, Survey, SurveyRow
from needs.sections import sections_for
from needs.states import SurveyState
from needs.summary import summaries_of
from tests.needs.build import (
    Statement,
    approved_survey,
    filled_survey,
    note_all,
    signing_survey,
    started_survey,
    state_need,
    submitted_survey,
)
from tests.world import World

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


@pytest.fixture
def survey(world: World) -> Survey:
    """Complete but for a note: the school of Ia Dom asks for what its village asks for."""
    needs = [Statement(world.village("Ia Dom")), Statement(world.school("Ia Dom"))]
    return filled_survey(world, needs=needs)


def warning_of(survey: Survey) -> Finding:
    [warning] = findings_in(Contents(survey), Grade.WARNING)
    return warning


def typed(warning: Finding, text: str, read: str = "") -> dict[str, str]:
    """What the form sends for one warning."""
    return {
        f"note:{warning.key}": text,
        f"figures:{warning.key}": warning.figures,
        f"read:{warning.key}": read,
        "client_key": str(uuid.uuid4()),
    }


def post(client: Client, name: str, survey: Survey, data: dict[str, str] | None = None) -> HttpResponse:
    return client.post(reverse(name, args=[survey.pk]), data or {"client_key": str(uuid.uuid4())})


def state_of(survey: Survey) -> str:
    survey.refresh_from_db()
    return survey.state


def states(answer: HttpResponse) -> dict[str, tuple[int, int, int, bool]]:
    """By section: gaps, errors, notes to write, complete."""
    return {
        part.section.code: (part.gaps, len(part.errors), len(part.unnoted), part.is_complete)
        for part in answer.context["parts"]
    }


def test_each_part_says_whether_it_is_complete(
    world: World, survey: Survey, officer: User, client_of: ClientOf
) -> None:
    place = world.village("Ia Dom")
    state_need(world, survey, Statement(place, "activity", "all", children=401, quantity=1))
    SurveyRow.objects.filter(survey=survey, place=place, area__code="health_nutrition").update(nothing=False)
    answer = client_of(officer).get(reverse("survey_check", args=[survey.pk]))
    assert states(answer) == {
        "children": (0, 0, 0, True),
        "health_nutrition": (1, 0, 0, False),
        "play": (0, 1, 0, False),
        "warm_clothing": (0, 0, 1, False),
    }
    page = answer.content.decode()
    activity, band = world.item("activity"), world.band("all")
    for link in (f"/health_nutrition/#{place.pk}.z", f"/play/#{place.pk}.n{activity.pk}-{band.pk}"):
        assert f"/surveys/{survey.pk}{link}" in page


def test_what_is_missing_is_one_line_a_row(
    world: World, survey: Survey, officer: User, client_of: ClientOf
) -> None:
    place = world.school("Ia Dom")
    ChildCount.objects.filter(survey=survey, place=place, age_band__code__in=("0-2", "11-15")).delete()
    answer = client_of(officer).get(reverse("survey_check", args=[survey.pk]))
    [(row, findings)] = answer.context["parts"][0].missing
    assert (row, [finding.label for finding in findings]) == (place, ["0-2", "11-15"])


def test_one_form_saves_the_notes(survey: Survey, officer: User, client_of: ClientOf) -> None:
    warning = warning_of(survey)
    answer = post(client_of(officer), "survey_note", survey, typed(warning, " Trẻ\r\nnội trú "))
    assert (answer.status_code, answer["Location"]) == (302, reverse("survey_check", args=[survey.pk]))
    assert list(CheckNote.objects.values_list("text", "figures")) == [("Trẻ nội trú", "20 + 20")]


def test_a_refused_note_stays_in_its_field(survey: Survey, officer: User, client_of: ClientOf) -> None:
    warning = warning_of(survey)
    survey.statements.filter(place__kind="school").update(children=19)
    answer = post(client_of(officer), "survey_note", survey, typed(warning, "Trẻ nội trú"))
    page = answer.content.decode()
    assert (answer.status_code, CheckNote.objects.count()) == (409, 0)
    assert f'<a href="#{warning.key}">' in page
    assert ">Trẻ nội trú</textarea>" in page


def test_a_changed_figure_asks_anew_with_the_old_note(
    survey: Survey, officer: User, client_of: ClientOf
) -> None:
    note_all(survey, "Trẻ nội trú")
    survey.statements.filter(place__kind="school").update(children=19)
    answer = client_of(officer).get(reverse("survey_check", args=[survey.pk]))
    assert states(answer)["warm_clothing"] == (0, 0, 1, False)
    assert ">Trẻ nội trú</textarea>" in answer.content.decode()
    again = typed(warning_of(survey), "Trẻ nội trú", "Trẻ nội trú")
    assert post(client_of(officer), "survey_submit", survey, again).status_code == 302
    assert state_of(survey) == SurveyState.SUBMITTED


def test_without_a_note_it_is_not_submitted(survey: Survey, officer: User, client_of: ClientOf) -> None:
    answer = post(client_of(officer), "survey_submit", survey)
    assert (answer.status_code, state_of(survey)) == (422, SurveyState.DRAFT)
    assert f'<a href="#{warning_of(survey).key}">' in answer.content.decode()


def test_submitting_saves_what_was_typed(survey: Survey, officer: User, client_of: ClientOf) -> None:
    client, data = client_of(officer), typed(warning_of(survey), "Trẻ nội trú")
    answers = [post(client, "survey_submit", survey, data) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert (state_of(survey), CheckNote.objects.get().text) == (SurveyState.SUBMITTED, "Trẻ nội trú")


def test_a_refused_submission_keeps_the_notes(
    world: World, survey: Survey, officer: User, client_of: ClientOf
) -> None:
    SurveyRow.objects.filter(survey=survey, place=world.village("Ia Dom"), area__code="play").update(
        nothing=False
    )
    answer = post(client_of(officer), "survey_submit", survey, typed(warning_of(survey), "Trẻ nội trú"))
    assert (answer.status_code, state_of(survey)) == (422, SurveyState.DRAFT)
    assert CheckNote.objects.get().text == "Trẻ nội trú"


def test_last_years_totals_stand_beside(world: World, officer: User, client_of: ClientOf) -> None:
    from needs.actions import approve_survey, submit_survey

    place = world.village("Ia Dom")
    earlier = filled_survey(world, needs=[Statement(place, quantity=30)], year=2024)
    approve_survey(by=world.user("coordinator"), survey=submit_survey(by=officer, survey=earlier))
    survey = filled_survey(world, needs=[Statement(place, quantity=40)])
    answer = client_of(officer).get(reverse("survey_check", args=[survey.pk]))
    counts, *_others, clothing = [part.summary for part in answer.context["parts"]]
    assert (counts.year, counts.counts[0].pairs) == (2024, [(200, 200)] * 4)
    [line] = clothing.needs
    assert [(band.label, band.quantity, band.before) for band in line.bands] == [("3-5", 40, 30)]


def test_what_is_no_longer_asked_for_stands_in_the_summary(world: World, officer: User) -> None:
    earlier = filled_survey(world, needs=[Statement(world.village("Ia Dom"), quantity=30)], year=2024)
    approve_survey(by=world.user("coordinator"), survey=submit_survey(by=officer, survey=earlier))
    survey = filled_survey(world)
    [line] = summaries_of(sections_for(officer, Contents(survey)))[-1].needs
    assert [(band.label, band.quantity, band.before) for band in line.bands] == [("3-5", 0, 30)]


def test_an_agency_checks_no_more_than_its_areas(world: World, survey: Survey, client_of: ClientOf) -> None:
    answer = client_of(world.user("health")).get(reverse("survey_check", args=[survey.pk]))
    assert states(answer) == {"health_nutrition": (0, 0, 0, True)}
    assert "<textarea" not in answer.content.decode()


def test_the_page_costs_the_same_with_more_warnings(
    world: World, survey: Survey, officer: User, client_of: ClientOf
) -> None:
    note_all(survey)
    client, url = client_of(officer), reverse("survey_check", args=[survey.pk])

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url).status_code == 200
        return len(captured)

    queries()
    before = queries()
    for place in (world.village("Ia Dom"), world.school("Ia Dom")):
        for band in ("0-2", "6-10"):
            state_need(world, survey, Statement(place, band=band))
    note_all(survey)
    assert queries() == before


def test_a_reviewer_reads_the_notes(
    world: World, survey: Survey, officer: User, coordinator: User, client_of: ClientOf
) -> None:
    post(client_of(officer), "survey_submit", survey, typed(warning_of(survey), "Trẻ nội trú"))
    page = client_of(coordinator).get(reverse("survey_check", args=[survey.pk])).content.decode()
    assert "Trẻ nội trú" in page
    assert "<textarea" not in page


# The chair -----------------------------------------------------------------------------------------


def test_handing_in_goes_to_the_chair(
    world: World, officer: User, chair: User, coordinator: User, client_of: ClientOf
) -> None:
    survey = signing_survey(world)
    page = client_of(coordinator).get(reverse("survey_check", args=[survey.pk]))
    assert (page.context["may_sign"], page.context["may_review"]) == (False, False)
    answer = post(client_of(chair), "survey_sign", survey)
    assert (answer.status_code, state_of(survey), survey.signed_by) == (302, SurveyState.SUBMITTED, chair)
    page = client_of(coordinator).get(reverse("survey_check", args=[survey.pk])).content.decode()
    assert "chair.iadom" in page


def test_the_chair_sends_back(world: World, chair: User, client_of: ClientOf) -> None:
    survey, client = signing_survey(world), client_of(chair)
    for reason in (" ", "x" * 301):
        answer = post(client, "survey_send_back", survey, {"reason": reason})
        assert (answer.status_code, state_of(survey)) == (422, SurveyState.SIGNING)
    assert "x" * 301 in answer.content.decode()
    answer = post(client, "survey_send_back", survey, {"reason": "Thiếu thôn 2"})
    assert (answer.status_code, state_of(survey)) == (302, SurveyState.RETURNED)
    assert survey.return_reason == "Thiếu thôn 2"
    officers, grid = (
        client_of(world.user("officer.iadom")),
        reverse("survey_grid", args=[survey.pk, "children"]),
    )
    assert f"{chair}, {chair.agency}, " in officers.get(grid).content.decode()


def test_a_second_signature_is_refused(world: World, chair: User, client_of: ClientOf) -> None:
    survey, client = signing_survey(world), client_of(chair)
    post(client, "survey_sign", survey)
    assert post(client, "survey_sign", survey).status_code == 409
    assert post(client, "survey_send_back", survey, {"reason": "Sai"}).status_code == 409


def test_the_page_says_that_paper_was_signed(world: World, coordinator: User, client_of: ClientOf) -> None:
    survey = filled_survey(world)
    survey.round.__class__.objects.update(asks_chair=True)
    Survey.objects.update(on_behalf_of=world.agency("UBND xã Ia Dom"))
    context = client_of(coordinator).get(reverse("survey_check", args=[survey.pk])).context
    assert (context["from_paper"], context["asks_chair"], context["may_submit"]) == (True, False, True)
    context = client_of(world.user("officer.iadom")).get(reverse("survey_check", args=[survey.pk])).context
    assert (context["from_paper"], context["asks_chair"], context["may_submit"]) == (False, True, True)


def test_without_a_chair_the_page_says_what_to_do(
    world: World, officer: User, chair: User, client_of: ClientOf
) -> None:
    survey = filled_survey(world)
    survey.round.__class__.objects.update(asks_chair=True)
    User.objects.filter(pk=chair.pk).update(is_active=False)
    answer = post(client_of(officer), "survey_submit", survey)
    assert (answer.status_code, state_of(survey)) == (422, SurveyState.DRAFT)
    assert answer.context["refusal"].code == "no_chair"


@pytest.mark.parametrize("name", ["survey_check", "survey_sign", "survey_send_back", "survey_grid"])
def test_a_chair_sees_no_other_commune(world: World, chair: User, client_of: ClientOf, name: str) -> None:
    survey, client = submitted_survey(world, "Ia Đal"), client_of(chair)
    if name == "survey_grid":
        address = reverse(name, args=[survey.pk, "children"])
    else:
        address = reverse(name, args=[survey.pk])
    answer = client.get(address) if name in ("survey_check", "survey_grid") else client.post(address)
    assert answer.status_code == 404


@pytest.mark.parametrize("name", ["survey_review", "survey_approve", "survey_return", "survey_submit"])
def test_a_chair_neither_reviews_nor_hands_in(
    world: World, chair: User, client_of: ClientOf, name: str
) -> None:
    survey = signing_survey(world)
    answer = client_of(chair).post(reverse(name, args=[survey.pk]), {"reason": "Sai"})
    assert (answer.status_code, state_of(survey)) == (403, SurveyState.SIGNING)


def test_a_chair_looks_and_does_not_enter(world: World, chair: User, client_of: ClientOf) -> None:
    survey = filled_survey(world)
    page = client_of(chair).get(reverse("survey_grid", args=[survey.pk, "children"]))
    assert (page.status_code, page.context["grid"].editable) == (200, False)
    assert len(page.context["grid"].rows) == Place.objects.filter(unit=survey.commune).count()


def test_an_approved_survey_shows_its_notes(world: World, officer: User, client_of: ClientOf) -> None:
    needs = [Statement(world.village("Ia Dom")), Statement(world.school("Ia Dom"))]
    survey = approved_survey(world, needs=needs)
    page = client_of(officer).get(reverse("survey_check", args=[survey.pk])).content.decode()
    assert CheckNote.objects.get().text in page


def test_the_grid_shows_errors_and_warnings_apart(
    world: World, survey: Survey, officer: User, client_of: ClientOf
) -> None:
    place, school = world.village("Ia Dom"), world.school("Ia Dom")
    state_need(world, survey, Statement(place, band="6-10", children=101, quantity=1))
    client, url = client_of(officer), reverse("survey_grid", args=[survey.pk, "warm_clothing"])

    def said() -> dict[str, tuple[int, int]]:
        rows = client.get(url).context["grid"].rows
        states = {row.place.name: (len(row.state.problems), len(row.state.warnings)) for row in rows}
        return {name: counts for name, counts in states.items() if any(counts)}

    assert said() == {place.name: (1, 0), school.name: (0, 1)}
    note_all(survey)
    assert said() == {place.name: (1, 0)}


def test_what_nobody_answered_is_no_zero_in_the_summary(world: World, officer: User) -> None:
    earlier = filled_survey(world, needs=[Statement(world.village("Ia Dom"), quantity=30)], year=2024)
    approve_survey(by=world.user("coordinator"), survey=submit_survey(by=officer, survey=earlier))
    survey = started_survey(world)
    *_others, clothing = summaries_of(sections_for(officer, Contents(survey)))
    [band] = clothing.needs[0].bands
    assert (band.children, band.quantity, band.before) == (None, None, 30)
    assert not any(line.answered for line in clothing.needs)
