"""Every role against every URL, by one table that finds the URLs itself (``access.py``)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.apps import apps
from django.urls import reverse

from directory.models import Agency, Place, Unit, User
from tests.portal.access import (
    BODIES,
    LOGIN,
    OBJECTS,
    OWN_PAGES,
    USERS,
    Page,
    Visitor,
    _leaks,
    answer_class,
    expected_of,
    pages,
)
from tests.portal.chains import Chains

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("after_the_issue")]


# The declarations ----------------------------------------------------------------------------------


def test_every_url_has_a_name_of_its_own_and_a_rule() -> None:
    names = [page.name for page in OWN_PAGES]
    assert sorted(names) == sorted(set(names))
    assert [page.name for page in OWN_PAGES if page.rule is None] == []


def test_every_url_with_parameters_has_its_objects() -> None:
    assert {page.name for page in OWN_PAGES if page.parametrised} == set(OBJECTS) - set(BODIES)


def test_only_these_are_open_to_anyone() -> None:
    public = {page.name for page in OWN_PAGES if page.rule and page.rule.public}
    assert public == {"account_login", "healthz", "set_language"}


# The table -----------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("username", USERS)
def test_each_role_gets_what_the_table_says(chains: Chains, username: str) -> None:
    user = User.objects.get(username=username)
    visitor, wrong = Visitor(user), []
    for page in OWN_PAGES:
        for side in ("own", "neighbour", "foreign") if page.shows else ("own",):
            chain = getattr(chains, side)
            read = visitor.ask("get", page.address(chain))
            sent = visitor.ask("post", page.address(chain), page.body(chain))
            got, wanted = answer_class(read.status_code, sent.status_code), expected_of(user, page, side)
            if got != wanted:
                wrong.append(f"{page.name} of {side}: {got} instead of {wanted}")
            marks = {*_leaks(username, page.name, read), *_leaks(username, page.name, sent)}
            wrong += [f"{page.name} of {side}: shows {mark}" for mark in sorted(marks)]
    assert not wrong, "\n".join(["", *wrong])


def test_whoever_is_not_logged_in_is_asked_to(chains: Chains) -> None:
    visitor, wrong = Visitor(None), []
    for page in OWN_PAGES:
        address = page.address(chains.own)
        for method in ("get", "post"):
            answer = visitor.ask(method, address)
            asked = answer.status_code == 302 and answer["Location"].startswith(LOGIN)
            if asked == page.rule.public:
                wrong.append(f"{method} {page.name}: {answer.status_code}")
    assert not wrong, "\n".join(["", *wrong])


@pytest.mark.parametrize("username", USERS)
def test_the_back_office_is_the_administrators(chains: Chains, username: str) -> None:
    visitor = Visitor(User.objects.get(username=username))
    refused = set()
    for page in pages():
        if page.admin:
            address = _admin_address(page)
            if address and visitor.ask("get", address).status_code == 403:
                refused.add(page.name)
    everything = {page.name for page in pages() if page.admin and _admin_address(page)}
    if username == "administrator":
        # Nothing is deleted, successions are written by a reorganisation only, and no list completes itself.
        others = re.compile(r"_delete$|succession_add$|supportarea_add$|:autocomplete$")
        assert {name for name in refused if not others.search(name)} == set()
    else:
        assert refused == everything


def _admin_address(page: Page) -> str:
    for arguments in ([], ["1"], ["1", "1"], ["directory"]):
        try:
            return reverse(page.name, args=arguments)
        except Exception:
            continue
    return ""


# Reach is asked everywhere -------------------------------------------------------------------------

# The directory itself; a scope's targets are read with a period of it, and history with its subject.
BY_ANOTHER_ROAD = {
    *("directory.Succession", "directory.AgencySuccession", "directory.CoordinationScope"),
    *("directory.LeadArea", "directory.AreaStatus", "directory.Signer", "directory.HistoryEntry"),
    "reports.IndicatorTarget",
    "needs.Reopening",  # read with its round
    "distributions.DeliveryCorrection",  # read with its distribution
}
# Rows that are read with the whole that they belong to, which can be asked.
PARTS_OF = {
    "needs.SurveyRow": "survey",
    "needs.ChildCount": "survey",
    "needs.NeedStatement": "survey",
    "needs.NeedBalance": "need",
    "needs.CheckNote": "survey",
    "needs.RowComment": "survey",
    "donors.PledgeLine": "pledge",
    "donors.MobilisationTarget": "plan",
}


def test_every_model_that_carries_a_scope_can_be_asked_what_a_user_sees() -> None:
    scopes = (Unit, Place, Agency)
    carriers = [
        model
        for model in apps.get_models()
        if not model.__name__.startswith("Historical")
        and any(field.related_model in scopes for field in model._meta.concrete_fields)
    ]
    asked = {model._meta.label: _whole(model) for model in carriers}
    without = {
        label for label, model in asked.items() if not hasattr(model._default_manager.none(), "visible_to")
    }
    assert without == BY_ANOTHER_ROAD


def _whole(model: Any) -> Any:
    part_of = PARTS_OF.get(model._meta.label)
    return model._meta.get_field(part_of).related_model if part_of else model
