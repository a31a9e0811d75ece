"""Home: the task list per role, late ones first."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils.html import escape

from directory.models import User
from directory.todo import Todo, in_order
from needs.actions import approve_survey, submit_survey
from tests.needs.build import Statement, approved_survey, filled_survey

pytestmark = pytest.mark.django_db


def test_home_asks_a_stranger_to_log_in(client) -> None:
    response = client.get(reverse("home"))
    assert (response.status_code, response.url) == (302, f"{reverse('account_login')}?next=/")


@pytest.mark.parametrize(
    "username",
    ["officer.iadom", "coordinator", "leader", "health", "culture", "union", "administrator"],
)
def test_home_opens_for_every_role(world, client_of, username: str) -> None:
    user = world.user(username)
    response = client_of(user).get(reverse("home"))
    assert response.status_code == 200
    assert escape(str(response.context["role"].purpose)) in response.content.decode()


def test_late_tasks_stand_first() -> None:
    soon = Todo("b", "/b", due_on=date(2025, 6, 3))
    late = Todo("c", "/c", due_on=date(2025, 6, 1))
    undated = Todo("a", "/a")
    assert in_order([undated, soon, late]) == [late, soon, undated]


def test_counts_are_only_those_that_the_role_may_open(administrator: User, client_of) -> None:
    counts = client_of(administrator).get(reverse("home")).context["counts"]
    assert [count.url for count in counts] == [reverse("account_list")]


def test_the_count_of_open_needs_leads_to_those_needs(world, officer: User, client_of) -> None:
    """Of every round, while the list by itself shows the newest open one."""
    of_2024 = filled_survey(world, needs=[Statement(world.village("Ia Dom"), quantity=30)], year=2024)
    approve_survey(by=world.user("coordinator"), survey=submit_survey(by=officer, survey=of_2024))
    approved_survey(world, "Ia Đal", [Statement(world.village("Ia Đal"), quantity=20)])
    client = client_of(world.user("coordinator"))
    count = client.get(reverse("home")).context["counts"][0]
    assert count.value == client.get(count.url).context["page"].paginator.count == 2


def test_needs_that_nobody_reported_are_not_counted_as_0(
    world, officer: User, union_officer: User, client_of
) -> None:
    filled_survey(world)
    counts = [client_of(user).get(reverse("home")).context["counts"] for user in (officer, union_officer)]
    [own, out] = [count.value for found in counts for count in found if count.url.startswith("/needs/")]
    assert (own, isinstance(out, str)) == (None, True)
    approved_survey(world, "Ia Dom")
    assert client_of(officer).get(reverse("home")).context["counts"][0].value == 0
