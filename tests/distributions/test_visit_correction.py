"""A recorded visit is put right: what it said before stays, and reports count what stood when they closed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from directory import clock, history
from directory.errors import Forbidden, Refusal, Stale, WrongState
from directory.models import HistoryEntry, User
from distributions.actions import (
    Found,
    RightVisit,
    answer_recommendation,
    cancel_visit,
    change_question,
    close_recommendation,
    correct_visit,
    draw_sample,
    recommend,
    record_visit,
)
from distributions.actions.visit_erasing import ERASED
from distributions.models import CorrectedFinding, SupervisionSample, SupervisionVisit, VisitCorrection
from distributions.visit_versions import changes, stands
from reports.actions import open_period
from reports.figures import Figures
from tests.distributions import build
from tests.distributions.refused import places_of, refusal_of
from tests.distributions.test_supervision import SOON, TODAY, answers, asked_of, done, planned
from tests.queries import queries_of
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
ClientOf = Callable[[User], Client]
YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
def inspector(second_coordinator: User) -> User:
    """A colleague of the coordinator who sends what is looked at."""
    return second_coordinator


@pytest.fixture
def visit(world: World, inspector: User) -> SupervisionVisit:
    """To Ia Dom, today: one answer of six is not in order, one recommendation."""
    return done(world, inspector, asked_of(world))


def as_it_stands(visit: SupervisionVisit, **answers: str) -> RightVisit:
    """``first``, ``second``: another answer to that question."""
    changed = dict(zip(["first", "second"], visit.findings.all(), strict=False))
    findings = [
        Found(
            row.item, next((a for name, a in answers.items() if changed[name] == row), row.answer), row.note
        )
        for row in visit.findings.all()
    ]
    return RightVisit(visit.done_on, visit.team, visit.sample, visit.conclusion, findings)


def corrected(visit: SupervisionVisit, by: User, right: RightVisit, **given: Any) -> VisitCorrection:
    given = {"reason": "Nhầm phiếu", "version": visit.corrections.count()} | given
    return correct_visit(by=by, visit=visit, right=right, **given)


def said(visit: SupervisionVisit) -> dict[str, str]:
    visit = SupervisionVisit.objects.get(pk=visit.pk)
    return stands(visit, visit.findings.all())


@pytest.fixture
def nothing_changes(visit: SupervisionVisit) -> Iterator[None]:
    before = said(visit)
    yield
    assert (said(visit), CorrectedFinding.objects.count()) == (before, VisitCorrection.objects.count())
    assert visit.corrections.count() == 0


# What is corrected --------------------------------------------------------------------------------------


def test_both_versions_are_read_and_its_recommendation_is_followed_on(
    visit, inspector, coordinator, officer
) -> None:
    before, first = said(visit), visit.findings.first()
    right = replace(as_it_stands(visit, first="yes"), done_on=YESTERDAY, conclusion="Đúng quy định")
    correction = corrected(visit, coordinator, right)
    after = said(visit)
    assert (after["done_on"], after["conclusion"]) == ("01/06/2025", "Đúng quy định")
    visit = SupervisionVisit.objects.get(pk=visit.pk)
    [change] = changes(visit, visit.findings.all(), VisitCorrection.objects.of(visit))
    assert (change.correction, change.correction.by, change.correction.reason) == (
        correction,
        coordinator,
        "Nhầm phiếu",
    )
    told = [(was, now) for _label, was, now in change.parts]
    keys = ["done_on", "conclusion", f"item-{first.item_id}-answer"]
    assert told == [(before[key], after[key]) for key in keys]
    # Who first wrote it down stays, and so does what came of it.
    assert (visit.done_by, visit.state) == (inspector, "done")
    recommendation = visit.recommendations.get()
    answer_recommendation(by=officer, recommendation=recommendation, answer="Đã lập sổ")
    recommendation.refresh_from_db()
    assert (recommendation.state, recommendation.due_on) == ("answered", SOON)
    entry = HistoryEntry.objects.of(visit)[0]
    assert (entry.verb, entry.by, entry.reason, len(entry.details["changed"])) == (
        "correct visit",
        coordinator,
        "Nhầm phiếu",
        3,
    )


def test_each_version_is_kept_in_turn(visit, inspector) -> None:
    conclusions = ["Bản hai", "Bản ba"]
    for text in conclusions:
        visit.refresh_from_db()
        corrected(visit, inspector, replace(as_it_stands(visit), conclusion=text))
    visit.refresh_from_db()
    told = changes(visit, visit.findings.all(), VisitCorrection.objects.of(visit))
    assert [part[1:] for change in told for part in change.parts] == [
        ("Cơ bản đúng quy định", "Bản hai"),
        ("Bản hai", "Bản ba"),
    ]
    assert CorrectedFinding.objects.count() == 0


def test_the_questions_are_those_that_were_asked_then(visit, inspector) -> None:
    row = visit.findings.first()
    change = {"question": "Câu hỏi mới", "order": 1, "version": history.version_of(row.item)}
    change_question(by=inspector, item=row.item, **change)
    corrected(visit, inspector, as_it_stands(visit, first="none"))
    row.refresh_from_db()
    assert (row.answer, row.question == "Câu hỏi mới") == ("none", False)


def test_a_delivery_that_a_sample_drew_may_be_counted_to_it_later(world, inspector) -> None:
    distribution = build.delivered(world, 5)
    visit = done(world, inspector, place=distribution.place, distribution=distribution)
    days = {"from_on": TODAY, "to_on": TODAY}
    sample = draw_sample(by=inspector, scope=world.district, size=1, **days)
    corrected(visit, inspector, replace(as_it_stands(visit), sample=sample))
    visit.refresh_from_db()
    assert (visit.sample, visit.corrections.get().sample) == (sample, None)
    other = done(world, inspector)
    refusal = refusal_of(lambda: corrected(other, inspector, replace(as_it_stands(other), sample=sample)))
    assert (refusal.code, places_of(refusal)) == ("not_drawn", ["sample"])


# What is refused ----------------------------------------------------------------------------------------


def test_all_that_is_wrong_is_named_at_its_place(visit, inspector, nothing_changes) -> None:
    first, second, *_rest = visit.findings.all()
    found = [Found(first.item, "no"), Found(second.item, "perhaps")]
    wrong = RightVisit(TODAY + timedelta(days=1), " ", None, " ", found)
    refusal = refusal_of(lambda: corrected(visit, inspector, wrong, reason=" "))
    missing = [f"item-{row.item_id}-answer" for row in visit.findings.all()[2:]]
    places = ["done_on", "team", *missing, f"item-{first.item_id}-note", f"item-{second.item_id}-answer"]
    assert places_of(refusal) == [*places, "conclusion", "reason"]


def test_it_took_place_before_it_was_written_down(visit, inspector, nothing_changes) -> None:
    with clock.standing_on(SOON):
        later = replace(as_it_stands(visit), done_on=TODAY + timedelta(days=1))
        assert refusal_of(lambda: corrected(visit, inspector, later)).code == "after_written"


def test_what_stands_already_or_looked_at_nothing_is_refused(visit, inspector, nothing_changes) -> None:
    stands_already = as_it_stands(visit)
    assert refusal_of(lambda: corrected(visit, inspector, stands_already)).code == "nothing_changed"
    nothing = [Found(row.item, "none") for row in visit.findings.all()]
    refusal = refusal_of(lambda: corrected(visit, inspector, replace(stands_already, findings=nothing)))
    assert refusal.code == "nothing_seen"


def test_it_is_the_offices_deed_and_not_of_who_sent_the_goods(
    world, visit, inspector, officer, health_officer, leader, coordinator
) -> None:
    for by in (officer, health_officer, leader):
        right = replace(as_it_stands(visit), conclusion="Khác")
        assert type(refusal_of(lambda by=by, right=right: corrected(visit, by, right))) is Forbidden
    of_delivery = done(world, inspector, distribution=build.delivered(world, 20))
    right = replace(as_it_stands(of_delivery), conclusion="Khác")
    assert type(refusal_of(lambda: corrected(of_delivery, coordinator, right))) is Forbidden


def test_only_what_was_written_down_is_corrected(world, inspector) -> None:
    visit = planned(world, inspector)
    right = RightVisit(TODAY, "Tổ", None, "Tốt", [])
    assert type(refusal_of(lambda: corrected(visit, inspector, right))) is WrongState
    cancel_visit(by=inspector, visit=visit, reason="Mưa lũ")
    assert type(refusal_of(lambda: corrected(visit, inspector, right))) is WrongState


def test_over_a_colleagues_newer_correction_both_values_are_told(visit, inspector, coordinator) -> None:
    mine = replace(as_it_stands(visit), done_on=date(2025, 5, 30), conclusion="Của tôi")
    corrected(visit, coordinator, replace(as_it_stands(visit), conclusion="Của đồng nghiệp"))
    before = said(visit)
    refusal = refusal_of(lambda: corrected(visit, inspector, mine, version=0))
    assert isinstance(refusal, Stale)
    # The day is only the second writer's: there is no other value to tell.
    assert (places_of(refusal), refusal.details["by"]) == (["conclusion"], coordinator)
    assert (refusal.details["theirs"], refusal.details["yours"]) == (
        {"conclusion": "Của đồng nghiệp"},
        {"conclusion": "Của tôi"},
    )
    assert said(visit) == before
    # Having seen both, the second puts theirs in its place, and all three are kept.
    corrected(visit, inspector, mine, version=refusal.details["version"])
    assert [row.conclusion for row in visit.corrections.all()] == ["Cơ bản đúng quy định", "Của đồng nghiệp"]


def test_nothing_is_written_if_the_history_fails(monkeypatch, visit, inspector, nothing_changes) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise Refusal("no history")

    monkeypatch.setattr(history, "record", fail)
    right = replace(as_it_stands(visit, first="yes"), conclusion="Khác")
    refusal_of(lambda: corrected(visit, inspector, right))


def test_two_versions_never_bear_the_same_number(visit, inspector) -> None:
    first = corrected(visit, inspector, replace(as_it_stands(visit), conclusion="Khác"))
    first.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        VisitCorrection.objects.bulk_create([first])


def test_no_day_after_what_it_recommended_is_due(world, inspector) -> None:
    visit = visited_on(world, inspector, TODAY, written=SOON)
    with clock.standing_on(SOON):
        row = recommend(by=inspector, visit=visit, recommended=asked_of(world, due_on=TODAY))
        later = replace(as_it_stands(visit), done_on=TODAY + timedelta(days=1))
        refusal = refusal_of(lambda: corrected(visit, inspector, later))
        assert (refusal.code, places_of(refusal)) == ("due_before", ["done_on"])
        assert row.text in str(refusal.problems[0].message)
        close_recommendation(by=inspector, recommendation=row, reason="Kiến nghị lại")
        corrected(visit, inspector, later)


# A child's name -----------------------------------------------------------------------------------------

NAME = "Rơ Châm H'Lan"


def test_words_that_name_a_child_go_from_every_former_version(visit, inspector, coordinator) -> None:
    def now(**right: Any) -> None:
        visit.refresh_from_db()
        erase = right.pop("erase", False)
        corrected(visit, coordinator, replace(as_it_stands(visit), **right), erase=erase)

    first, *others = as_it_stands(visit).findings
    now(conclusion=f"Đã gặp {NAME}", findings=[replace(first, note=NAME), *others])
    now(team="Ba cán bộ")
    now(conclusion="Đã gặp gia đình", findings=[replace(first, answer="yes", note=""), *others])
    rows = list(VisitCorrection.objects.of(visit))
    assert [NAME in text for text in (rows[1].conclusion, rows[2].findings.get().note)] == [True, True]
    now(erase=True)  # somebody notices later: nothing else is wrong
    kept = [*VisitCorrection.objects.values(), *CorrectedFinding.objects.values()]
    assert NAME not in str(kept)
    rows = list(VisitCorrection.objects.of(visit))
    assert [row.team for row in rows] == [ERASED, ERASED, "Ba cán bộ", "Ba cán bộ"]
    assert [row.conclusion for row in rows] == [ERASED, ERASED, ERASED, "Đã gặp gia đình"]
    assert [(f.answer, f.note) for row in rows for f in row.findings.all()] == [("no", ERASED)] * 2
    assert [(row.by, row.done_on) for row in rows] == [(coordinator, TODAY)] * 4
    visit.refresh_from_db()
    assert visit.conclusion == "Đã gặp gia đình"
    entry = HistoryEntry.objects.of(visit)[0]
    assert (len(entry.details["erased"]), NAME in str(entry.details)) == (3, False)
    refusal = refusal_of(lambda: corrected(visit, inspector, as_it_stands(visit), erase=True))
    assert refusal.code == "nothing_changed"


# Reports ------------------------------------------------------------------------------------------------


def test_a_report_counts_what_stood_when_its_data_closed(world, visit, inspector, coordinator) -> None:
    """The first half closes on 16 June: what is corrected later enters the year's report only."""
    half, year = (
        open_period(by=coordinator, scope=world.district, kind=kind, year=2025)
        for kind in ("half_year", "year")
    )
    moved = replace(as_it_stands(visit), done_on=date(2024, 12, 1))  # the year before
    with clock.standing_on(date(2025, 6, 10)):
        corrected(visit, inspector, moved)
    assert [_counted(period) for period in (half, year)] == [(0, 0), (0, 0)]
    visit.refresh_from_db()
    with clock.standing_on(date(2025, 6, 12)):
        corrected(visit, inspector, replace(moved, done_on=TODAY))
    assert [_counted(period) for period in (half, year)] == [(1, 1), (1, 1)]
    with clock.standing_on(date(2025, 8, 1)):
        corrected(visit, inspector, moved)
    assert [_counted(period) for period in (half, year)] == [(1, 1), (0, 0)]


IN_2025, IN_2026 = date(2025, 12, 14), date(2025, 12, 15)


@pytest.fixture
def years(world, coordinator) -> list[Any]:
    """2025 ends on 14 December and closes its data on the 16th."""
    return [open_period(by=coordinator, scope=world.district, kind="year", year=y) for y in (2025, 2026)]


def visited_on(world: World, by: User, day: date, *, written: date) -> SupervisionVisit:
    with clock.standing_on(written):
        visit = planned(world, by)
        return record_visit(by=by, visit=visit, done_on=day, findings=answers(visit), conclusion="Tốt")


@pytest.mark.parametrize(("day", "moved"), [(IN_2025, IN_2026), (IN_2026, IN_2025)])
def test_a_visit_counts_in_one_year_though_its_day_was_wrong(world, inspector, years, day, moved) -> None:
    visit = visited_on(world, inspector, day, written=IN_2026)
    right = replace(as_it_stands(visit), done_on=moved)
    once = [(1, 0), (0, 1)][day == IN_2026]
    with clock.standing_on(date(2026, 1, 20)):
        refusal = refusal_of(lambda: corrected(visit, inspector, right))
        assert (refusal.code, places_of(refusal)) == ("reported", ["done_on"])
        # All else is corrected, the right day in the conclusion too.
        corrected(visit, inspector, replace(right, done_on=day, conclusion=f"Ngày đúng: {moved}"))
    assert tuple(_counted(period)[0] for period in years) == once


def test_until_the_data_of_a_year_close_its_last_days_are_put_right(world, inspector, years) -> None:
    visit = visited_on(world, inspector, IN_2026, written=IN_2026)
    with clock.standing_on(date(2025, 12, 16)):
        corrected(visit, inspector, replace(as_it_stands(visit), done_on=IN_2025))
    assert [_counted(period)[0] for period in years] == [1, 0]


def test_what_came_too_late_for_a_closed_year_may_turn_out_to_be_of_the_next(world, inspector, years) -> None:
    visit = visited_on(world, inspector, IN_2025, written=date(2025, 12, 20))
    with clock.standing_on(date(2026, 1, 20)):
        corrected(visit, inspector, replace(as_it_stands(visit), done_on=date(2025, 12, 1)))  # same year
        visit.refresh_from_db()
        assert [_counted(period)[0] for period in years] == [0, 0]
        corrected(visit, inspector, replace(as_it_stands(visit), done_on=IN_2026))
    assert [_counted(period)[0] for period in years] == [0, 1]


def _counted(period: Any) -> tuple[int, int]:
    """Visits of the year so far, and what they recommended."""
    figures = Figures(period)
    return len(figures.visits["cumulative"]), figures.followed.made


# The pages ----------------------------------------------------------------------------------------------


def body_of(form: Any) -> dict[str, str]:
    """What the form shows, as a browser sends it."""
    body = {name: form[name].value() for name in form.fields}
    body["done_on"] = form["done_on"].value().strftime("%d/%m/%Y")
    return {name: "" if value is None else str(value) for name, value in body.items()}


def test_it_is_corrected_on_its_page(visit, inspector, coordinator, client_of: ClientOf) -> None:
    client, page = client_of(inspector), reverse("visit_detail", args=[visit.pk])
    address = reverse("visit_correct", args=[visit.pk])
    assert address in client.get(page).content.decode()
    body = body_of(client.get(address).context["form"])
    wrong = client.post(address, body | {"team": " ", "conclusion": ""})  # nor a reason: all at once
    assert (wrong.status_code, list(wrong.context["form"].errors)) == (422, ["team", "conclusion", "reason"])
    corrected(visit, coordinator, replace(as_it_stands(visit), conclusion="Của đồng nghiệp"))
    typed = body | {"reason": "Gõ nhầm", "conclusion": "Của tôi"}
    answer = client.post(address, typed)
    assert (answer.status_code, list(answer.context["form"].errors)) == (409, ["conclusion"])
    version = answer.context["form"].data["version"]
    assert client.post(address, typed | {"version": version})["Location"] == page
    shown = client.get(page)
    assert [part[1:] for change in shown.context["changes"] for part in change.parts] == [
        ("Cơ bản đúng quy định", "Của đồng nghiệp"),
        ("Của đồng nghiệp", "Của tôi"),
    ]
    text = shown.content.decode()
    assert all(words in text for words in ("Gõ nhầm", "Nhầm phiếu", "Cơ bản đúng quy định"))


def test_its_page_says_that_a_name_stays_to_be_read_and_erases_it(visit, inspector, client_of) -> None:
    client, address = client_of(inspector), reverse("visit_correct", args=[visit.pk])
    page = client.get(address)
    body = body_of(page.context["form"]) | {"conclusion": "Đúng", "reason": "Có tên trẻ"}
    assert 'name="erase"' in page.content.decode()
    assert client.post(address, body | {"erase": "on"}).status_code == 302
    assert visit.corrections.get().conclusion == ERASED


def test_its_own_sample_is_offered_though_its_scope_is_out_of_reach(world, inspector, client_of) -> None:
    distribution = build.delivered(world, 5)
    sample = draw_sample(by=inspector, scope=world.district, size=1, from_on=TODAY, to_on=TODAY)
    visit = done(world, inspector, place=distribution.place, distribution=distribution, sample=sample)
    SupervisionSample.objects.update(scope=world.district.parent)
    client, address = client_of(inspector), reverse("visit_correct", args=[visit.pk])
    body = body_of(client.get(address).context["form"]) | {"conclusion": "Khác", "reason": "Gõ nhầm"}
    assert client.post(address, body).status_code == 302
    visit.refresh_from_db()
    assert (visit.conclusion, visit.sample) == ("Khác", sample)


def test_who_does_not_correct_it_reads_what_was_corrected(
    visit, inspector, officer, stranger, client_of: ClientOf
) -> None:
    corrected(visit, inspector, replace(as_it_stands(visit), conclusion="Khác"))
    address, page = (reverse(name, args=[visit.pk]) for name in ("visit_correct", "visit_detail"))
    assert [client_of(user).get(address).status_code for user in (officer, stranger)] == [403, 403]
    shown = client_of(officer).get(page)
    assert (shown.context["may_correct"], len(shown.context["changes"])) == (False, 1)
    assert client_of(stranger).get(page).status_code == 404


def test_the_page_costs_the_same_for_one_correction_and_for_three(visit, inspector, client_of) -> None:
    client, page, costs = client_of(inspector), reverse("visit_detail", args=[visit.pk]), []
    for text, answer in (("Hai", "yes"), ("Ba", "none"), ("Bốn", "yes")):
        visit.refresh_from_db()
        corrected(visit, inspector, replace(as_it_stands(visit, first=answer), conclusion=text))
        costs.append(queries_of(client, page))
    assert costs[0] == costs[2]
