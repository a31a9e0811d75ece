"""Supervision: samples by chance that can be drawn again, visits, what they found and what follows of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from directory import clock, history
from directory.errors import Forbidden, Refusal, WrongState
from directory.models import HistoryEntry, User
from distributions.actions import (
    Found,
    Recommended,
    add_question,
    answer_recommendation,
    cancel_visit,
    change_question,
    close_recommendation,
    draw_sample,
    plan_visit,
    recommend,
    record_visit,
    retire_question,
    send_back_recommendation,
)
from distributions.actions.visit import questions_for
from distributions.models import ChecklistItem, Recommendation, SupervisionSample, SupervisionVisit
from distributions.todo import todo
from tests.distributions import build
from tests.distributions.refused import places_of, refusal_of
from tests.portal.files import rows_of
from tests.queries import queries_of
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
ClientOf = Callable[[User], Client]
TODAY, SOON = date(2025, 6, 2), date(2025, 6, 20)


@pytest.fixture
def inspector(second_coordinator: User) -> User:
    """A colleague of the coordinator who sends what is looked at."""
    return second_coordinator


def answers(visit: SupervisionVisit, wrong: int = 0) -> list[Found]:
    """All in order but the first ``wrong``."""
    return [
        Found(item, "no", "Danh sách ký nhận lưu lẫn với hồ sơ khác") if n < wrong else Found(item, "yes")
        for n, item in enumerate(questions_for(visit.place))
    ]


def planned(world: World, by: User, **given: object) -> SupervisionVisit:
    given = {"place": world.village("Ia Dom"), "planned_on": TODAY, "team": "Hai cán bộ LĐTBXH"} | given
    return plan_visit(by=by, **given)  # type: ignore[arg-type]


def done(world: World, by: User, *asked: Recommended, wrong: int = 1, **given: object) -> SupervisionVisit:
    visit = planned(world, by, **given)
    return record_visit(
        by=by,
        visit=visit,
        done_on=TODAY,
        findings=answers(visit, wrong),
        conclusion="Cơ bản đúng quy định",
        recommendations=asked,
    )


def asked_of(world: World, agency: str = "UBND xã Ia Dom", due_on: date = SOON) -> Recommended:
    return Recommended("Lập sổ theo dõi hàng tại kho xã", world.agency(agency), due_on)


@pytest.fixture
def recommendation(world: World, inspector: User) -> Recommendation:
    return done(world, inspector, asked_of(world)).recommendations.get()


# Samples --------------------------------------------------------------------------------------------


def sample_of(
    world: World, by: User, size: int = 2, seed: int | None = None, **days: date
) -> SupervisionSample:
    days = {"from_on": TODAY, "to_on": TODAY} | days
    return draw_sample(by=by, scope=world.district, size=size, seed=seed, **days)


def test_the_same_seed_draws_the_same_deliveries_again(world: World, inspector: User) -> None:
    for band in ("0-2", "3-5", "6-10", "11-15"):
        build.delivered(world, 5, band=band)
    build.sent(world, 3, band="0-2", commune="Ia Đal")
    drawn = {
        seed: [list(sample_of(world, inspector, 2, seed).distributions.order_by("code")) for _ in range(2)]
        for seed in range(6)
    }
    assert all(first == second and len(first) == 2 for first, second in drawn.values())
    assert len({tuple(row.pk for row in first) for first, _second in drawn.values()}) > 1
    sample = sample_of(world, inspector, 9)
    assert (sample.size, sample.population, sample.seed < 1_000_000) == (4, 4, True)


def test_samples_are_refused_with_all_that_is_wrong(world: World, inspector: User, officer: User) -> None:
    assert refusal_of(lambda: sample_of(world, inspector)).code == "nothing"
    refusal = refusal_of(lambda: sample_of(world, inspector, 0, to_on=date(2025, 1, 1)))
    assert places_of(refusal) == ["size", "to_on"]
    assert type(refusal_of(lambda: sample_of(world, officer))) is Forbidden


def test_only_what_a_sample_drew_is_visited_as_its_own(world: World, inspector: User) -> None:
    drawn = build.delivered(world, 5)
    sample = sample_of(world, inspector, 1)
    other = build.delivered(world, 5, band="0-2")
    for distribution in (other, None):
        refusal = refusal_of(
            lambda d=distribution: planned(world, inspector, place=other.place, distribution=d, sample=sample)
        )
        assert refusal.code == "not_drawn"
    assert planned(world, inspector, place=drawn.place, distribution=drawn, sample=sample).sample == sample


def test_a_cancelled_visit_leaves_its_delivery_to_another(world, inspector, client_of) -> None:
    drawn = build.delivered(world, 5)
    sample = sample_of(world, inspector, 1)
    visit = planned(world, inspector, place=drawn.place, distribution=drawn, sample=sample)
    address, again = reverse("sample_detail", args=[sample.pk]), f"?distribution={drawn.pk}"
    assert again not in client_of(inspector).get(address).content.decode()
    cancel_visit(by=inspector, visit=visit, reason="Mưa lũ")
    assert again in client_of(inspector).get(address).content.decode()


def test_nobody_looked_at_a_delivery_before_it_was_sent(world: World, inspector: User) -> None:
    visit = planned(world, inspector, distribution=build.delivered(world, 5))
    refusal = refusal_of(
        lambda: record_visit(
            by=inspector,
            visit=visit,
            done_on=TODAY - timedelta(days=1),
            findings=answers(visit),
            conclusion="Đúng",
        )
    )
    assert (refusal.code, places_of(refusal)) == ("before_sent", ["done_on"])


# Visits ---------------------------------------------------------------------------------------------


def test_a_visit_to_a_delivery_keeps_the_words_that_were_asked(world: World, inspector: User) -> None:
    distribution = build.delivered(world, 20)
    visit = done(world, inspector, asked_of(world), distribution=distribution)
    assert (visit.state, visit.area, visit.code) == ("done", distribution.area, "GS-2025-001")
    first = visit.findings.first()
    item = first.item
    change_question(
        by=inspector, item=item, question="Câu hỏi mới", order=1, version=history.version_of(item)
    )
    first.refresh_from_db()
    assert (first.question == "Câu hỏi mới", first.answer, visit.findings.count()) == (False, "no", 6)
    assert [entry.verb for entry in HistoryEntry.objects.of(visit)] == ["record visit", "plan"]
    assert visit.recommendations.get().owner == world.agency("UBND xã Ia Dom")


def test_all_that_is_missing_is_named_at_its_place(world: World, inspector: User) -> None:
    visit = planned(world, inspector)
    first, second, *_rest = questions_for(visit.place)
    found = [Found(first, "no"), Found(second, "perhaps"), *answers(visit)[2:5]]
    last = questions_for(visit.place)[5]
    refusal = refusal_of(
        lambda: record_visit(
            by=inspector,
            visit=visit,
            done_on=TODAY + timedelta(days=1),
            findings=found,
            conclusion=" ",
            recommendations=[Recommended("", None, date(2025, 6, 1), "r1")],
        )
    )
    assert places_of(refusal) == [
        "done_on",
        f"item-{last.pk}-answer",
        f"item-{first.pk}-note",
        f"item-{second.pk}-answer",
        "conclusion",
        "r1-text",
        "r1-owner",
        "r1-due_on",
    ]


def test_a_visit_that_looked_at_nothing_is_cancelled_instead(world: World, inspector: User) -> None:
    visit = planned(world, inspector)
    found = [Found(item, "none") for item in questions_for(visit.place)]
    deed = {"by": inspector, "visit": visit, "done_on": TODAY, "findings": found, "conclusion": "x"}
    assert refusal_of(lambda: record_visit(**deed)).code == "nothing_seen"
    assert cancel_visit(by=inspector, visit=visit, reason="Mưa lũ").state == "cancelled"
    assert type(refusal_of(lambda: record_visit(**deed))) is WrongState


def test_who_sent_the_goods_does_not_inspect_them(world: World, coordinator: User) -> None:
    visit = planned(world, coordinator, distribution=build.delivered(world, 20))
    refusal = refusal_of(
        lambda: record_visit(
            by=coordinator, visit=visit, done_on=TODAY, findings=answers(visit), conclusion="Tốt"
        )
    )
    assert type(refusal) is Forbidden


def test_only_the_office_plans_and_only_what_can_be_looked_at(
    world: World, inspector: User, officer: User, health_officer: User
) -> None:
    for user in (officer, health_officer):
        assert type(refusal_of(lambda by=user: planned(world, by))) is Forbidden
    unsent = build.planned(world, 5)
    refusal = refusal_of(lambda: planned(world, inspector, distribution=unsent, team=" "))
    assert places_of(refusal) == ["team", "distribution"]
    elsewhere = build.delivered(world, 5, commune="Ia Đal")
    assert refusal_of(lambda: planned(world, inspector, distribution=elsewhere)).code == "elsewhere"
    visit = planned(world, inspector)
    assert places_of(refusal_of(lambda: cancel_visit(by=inspector, visit=visit, reason=""))) == ["reason"]


def test_nothing_is_written_if_the_history_fails(monkeypatch, world: World, inspector: User) -> None:
    visit = planned(world, inspector)

    def fail(*args: object, **kwargs: object) -> None:
        raise Refusal("no history")

    monkeypatch.setattr(history, "record", fail)
    refusal_of(
        lambda: record_visit(
            by=inspector, visit=visit, done_on=TODAY, findings=answers(visit), conclusion="Tốt"
        )
    )
    assert visit.findings.count() == 0


# Recommendations ------------------------------------------------------------------------------------


def tasks(user: User) -> list[tuple[str, date | None]]:
    found = [(task.url, task.due_on) for task in todo(user)]
    return [(url, due) for url, due in found if url.startswith("/supervision/")]


def test_it_is_followed_from_the_visit_until_it_is_closed(
    world: World, officer: User, inspector: User, recommendation: Recommendation
) -> None:
    url = reverse("recommendation_detail", args=[recommendation.pk])
    assert (tasks(officer), tasks(inspector)) == ([(url, SOON)], [])
    answer_recommendation(by=officer, recommendation=recommendation, answer="Đã lập sổ")
    assert (tasks(world.user("officer.iadom")), tasks(inspector)) == ([], [(url, None)])
    later = SOON + timedelta(days=10)
    send_back_recommendation(by=inspector, recommendation=recommendation, reason="Thiếu chữ ký", due_on=later)
    assert tasks(world.user("officer.iadom")) == [(url, later)]
    answer_recommendation(by=officer, recommendation=recommendation, answer="Đã bổ sung chữ ký")
    closed = close_recommendation(by=inspector, recommendation=recommendation)
    assert (closed.state, closed.answer, closed.closed_by) == ("closed", "Đã bổ sung chữ ký", inspector)
    assert [entry.verb for entry in HistoryEntry.objects.of(recommendation)] == [
        "close recommendation",
        "answer recommendation",
        "send back recommendation",
        "answer recommendation",
        "recommend",
    ]
    assert (tasks(world.user("officer.iadom")), tasks(world.user("coordinator.2"))) == ([], [])


def test_each_deed_has_its_people_and_its_state(
    world: World, officer: User, stranger: User, inspector: User, recommendation: Recommendation
) -> None:
    one = {"recommendation": recommendation}
    refused = [
        (lambda: answer_recommendation(by=stranger, answer="x", **one), Forbidden),
        (lambda: answer_recommendation(by=inspector, answer="x", **one), Forbidden),
        (lambda: close_recommendation(by=officer, reason="x", **one), Forbidden),
        (lambda: send_back_recommendation(by=inspector, reason="x", **one), WrongState),
        (lambda: close_recommendation(by=inspector, **one), Refusal),
        (lambda: answer_recommendation(by=officer, answer=" ", **one), Refusal),
    ]
    assert [type(refusal_of(deed)) for deed, _kind in refused] == [kind for _deed, kind in refused]
    close_recommendation(by=inspector, reason="Kho đã chuyển", **one)
    assert type(refusal_of(lambda: answer_recommendation(by=officer, answer="x", **one))) is WrongState


def test_who_answered_does_not_close(world: World, coordinator: User, inspector: User) -> None:
    own = done(world, inspector, asked_of(world, "LĐTBXH")).recommendations.get()
    answer_recommendation(by=coordinator, recommendation=own, answer="Đã làm")
    assert type(refusal_of(lambda: close_recommendation(by=coordinator, recommendation=own))) is Forbidden
    assert close_recommendation(by=inspector, recommendation=own).state == "closed"


def test_who_answered_does_not_withdraw_it_either_once_it_came_back(world, coordinator, inspector) -> None:
    own = done(world, inspector, asked_of(world, "LĐTBXH")).recommendations.get()
    answer_recommendation(by=coordinator, recommendation=own, answer="Đã làm")
    send_back_recommendation(by=inspector, recommendation=own, reason="Chưa đủ")
    withdraw = {"recommendation": own, "reason": "Thôi"}
    assert type(refusal_of(lambda: close_recommendation(by=coordinator, **withdraw))) is Forbidden
    assert close_recommendation(by=inspector, **withdraw).state == "closed"


def test_more_is_recommended_later_but_not_before_the_visit(world: World, inspector: User) -> None:
    visit = planned(world, inspector)
    more = {"by": inspector, "recommended": asked_of(world)}
    assert type(refusal_of(lambda: recommend(visit=visit, **more))) is WrongState
    assert recommend(visit=done(world, inspector), **more).state == "open"


def test_overdue_is_what_is_not_closed_after_its_day(world: World, inspector: User, recommendation) -> None:
    assert list(Recommendation.objects.overdue()) == []
    with clock.standing_on(SOON + timedelta(days=1)):
        assert list(Recommendation.objects.overdue()) == [recommendation]
        close_recommendation(by=inspector, recommendation=recommendation, reason="Không còn cần")
        assert list(Recommendation.objects.overdue()) == []


# The checklist --------------------------------------------------------------------------------------


def test_the_checklist_is_the_offices_own(world: World, inspector: User, officer: User) -> None:
    add = {"scope": world.district, "question": "Có biển công khai", "order": 9}
    assert type(refusal_of(lambda: add_question(by=officer, **add))) is Forbidden
    item = add_question(by=inspector, **add)
    assert refusal_of(lambda: add_question(by=inspector, **add)).code == "twice"
    change = {"by": inspector, "item": item, "order": 1, "version": history.version_of(item)}
    assert refusal_of(lambda: change_question(question=" ", **change)).code == "empty"
    assert questions_for(world.village("Ia Dom"))[-1] == item
    retire_question(by=inspector, item=item)
    assert item not in questions_for(world.village("Ia Dom"))
    assert [row.history_type for row in item.history.all()] == ["~", "+"]


def test_a_question_that_a_colleague_has_changed_meanwhile_is_shown_both_ways(
    world, coordinator, inspector, client_of
) -> None:
    item, client = questions_for(world.village("Ia Dom"))[0], client_of(inspector)
    address = reverse("checklist_change", args=[item.pk])
    read = client.get(address).context["form"].initial["version"]
    change_question(by=coordinator, item=item, question="Của đồng nghiệp", order=1, version=read)
    mine = {"question": "Của tôi", "order": "1"}
    answer = client.post(address, mine | {"version": read})
    item.refresh_from_db()
    assert (answer.status_code, item.question) == (409, "Của đồng nghiệp")
    assert "Của đồng nghiệp" in answer.context["form"].errors["question"][0]
    assert client.post(address, mine | {"version": answer.context["form"].data["version"]}).status_code == 302
    item.refresh_from_db()
    assert item.question == "Của tôi"


# The pages ------------------------------------------------------------------------------------------


def test_from_a_sample_to_a_visit_that_is_written_down(
    world: World, inspector: User, client_of: ClientOf
) -> None:
    distribution, client = build.delivered(world, 20), client_of(inspector)
    drawn = {"from_on": "01/06/2025", "to_on": "02/06/2025", "size": "1", "seed": "7"}
    drawn["scope"] = str(world.district.pk)
    page = client.post(reverse("sample_create"), drawn)["Location"]
    assert list(client.get(page).context["rows"]) == [distribution]
    sample = SupervisionSample.objects.get()
    address = f"{reverse('visit_create')}?distribution={distribution.pk}&sample={sample.pk}"
    answer = client.post(address, {"planned_on": "02/06/2025", "team": "Tổ giám sát"})
    visit = SupervisionVisit.objects.get()
    assert (answer["Location"], visit.sample) == (page, sample)
    record = reverse("visit_record", args=[visit.pk])
    assert "label-optional" not in client.get(record).content.decode()  # the action asks for nearly all of it
    items = questions_for(visit.place)
    body = {f"item-{item.pk}-answer": "yes" for item in items} | {
        "done_on": "02/06/2025",
        "conclusion": "Tốt",
    }
    body |= {f"item-{items[0].pk}-answer": "no"}
    assert client.post(record, body).status_code == 422
    body |= {f"item-{items[0].pk}-note": "Sai cỡ", "r1-text": "Đổi cỡ", "r1-due_on": "20/06/2025"}
    body |= {"r1-owner": str(world.agency("LĐTBXH").pk)}
    assert client.post(record, body).status_code == 302
    visit.refresh_from_db()
    assert (visit.state, visit.recommendations.get().text) == ("done", "Đổi cỡ")
    assert client.get(record).status_code == 409


def test_the_pages_of_a_recommendation(
    recommendation: Recommendation, officer: User, inspector: User, client_of: ClientOf
) -> None:
    office, commune = client_of(inspector), client_of(officer)
    page = reverse("recommendation_detail", args=[recommendation.pk])
    context = commune.get(page).context
    assert (context["may_answer"], context["may_close"], context["visit"]) == (
        True,
        False,
        recommendation.visit,
    )
    answer = commune.post(reverse("recommendation_answer", args=[recommendation.pk]), {"answer": "Đã làm"})
    assert answer["Location"] == page
    back = reverse("recommendation_send_back", args=[recommendation.pk])
    assert office.post(back, {"reason": "Chưa đủ", "due_on": "01/01/2025"}).status_code == 422
    assert office.post(back, {"reason": "Chưa đủ"}).status_code == 302
    close = reverse("recommendation_close", args=[recommendation.pk])
    assert office.post(close, {"reason": ""}).status_code == 422
    assert office.post(close, {"reason": "Thôi"}).status_code == 302


def test_strangers_see_neither_visit_nor_recommendation(
    world: World, stranger: User, health_officer: User, inspector: User, client_of: ClientOf
) -> None:
    visit = done(world, inspector, asked_of(world), distribution=build.delivered(world, 20))
    asked = visit.recommendations.get()
    addresses = [reverse("visit_detail", args=[visit.pk]), reverse("recommendation_detail", args=[asked.pk])]
    for user in (stranger, health_officer):
        assert [client_of(user).get(address).status_code for address in addresses] == [404, 404]


def test_the_lists_as_files(world: World, inspector: User, recommendation, client_of: ClientOf) -> None:
    client = client_of(inspector)
    _headings, row = rows_of(client.get(reverse("visit_export", args=["csv"])))
    assert (row[0], row[7], row[9:11]) == (
        "GS-2025-001",
        recommendation.visit.get_state_display(),
        ["1", "1"],
    )
    _headings, row = rows_of(client.get(reverse("recommendation_export", args=["csv"])))
    assert (row[0], row[3], row[5]) == ("GS-2025-001", recommendation.text, "20/06/2025")
    assert len(rows_of(client.get(reverse("recommendation_export", args=["csv"]) + "?show=overdue"))) == 1


def test_the_lists_cost_the_same_for_one_and_for_three(
    world: World, inspector: User, client_of: ClientOf
) -> None:
    client = client_of(inspector)
    addresses = [reverse("visit_list"), reverse("recommendation_list"), reverse("home")]
    done(world, inspector, asked_of(world))
    planned(world, inspector)
    before = [queries_of(client, address) for address in addresses]
    for _ in range(2):
        done(world, inspector, asked_of(world))
        planned(world, inspector)
    assert [queries_of(client, address) for address in addresses] == before
    assert ChecklistItem.objects.count() == 6
