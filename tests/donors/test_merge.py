"""Two entries that are one donor: all that hangs on the one moves, nothing is lost, and it is said."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.db import DatabaseError
from django.test import Client
from django.urls import reverse

from directory import history
from directory.errors import Forbidden, Refusal, Stale, WrongState
from directory.models import HistoryEntry, User
from donors.actions import (
    CapacityRow,
    ContactRow,
    change_donor,
    merge_donors,
    record_pledge,
    set_capacities,
    set_contacts,
)
from donors.donor_rules import facts_of
from donors.forms import PledgeForm
from donors.merging import dealings, merge_plan
from donors.models import Donor, DonorCapacity, DonorContact, Pledge
from tests.donors.build import cash, donor, goods, pledged, received
from tests.donors.counting import rows, unchanged
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
ClientOf = Callable[[User], Client]
REASON = "cùng mã số thuế trên giấy đăng ký"


def _merge(by: User, gone: Donor, kept: Donor, reason: str = REASON) -> Donor:
    return merge_donors(by=by, gone=gone, kept=kept, seen=merge_plan(gone, kept).seen, reason=reason)


def _pair(world: World) -> tuple[Donor, Donor]:
    kept = donor(world, name="Công ty Đại Phát", tax_code="6100", phone="0900000001")
    return donor(world, name="Cty Đại Phát", phone="0900000002", email="dp@dp.vn"), kept


def test_every_table_that_points_to_a_donor_is_taken_along() -> None:
    """A new one needs a ``Dealing``, of this room or registered by the room above that has it."""
    pointing = {(relation.related_model, relation.field.name) for relation in Donor._meta.related_objects}
    assert {(dealing.model, dealing.field) for dealing in dealings()} == pointing


def test_a_merge_moves_open_pledges_contacts_and_capacity(world: World, coordinator: User) -> None:
    gone, kept = _pair(world)
    open_one = pledged(world, giver=gone, due_on=date(2025, 6, 30))
    done = pledged(world, giver=gone, lines=[cash(1_000)])
    received(world, done, amount=1_000)
    own = pledged(world, giver=kept)
    set_contacts(by=coordinator, donor=gone, version=0, rows=[ContactRow("Lan"), ContactRow("Minh")])
    clothes, meals = world.item("warm_clothing"), world.item("meal")
    for giver, items in ((gone, (clothes, meals)), (kept, (clothes,))):
        capacity = [CapacityRow(item.area, item, 100 + giver.pk) for item in items]
        set_capacities(by=coordinator, donor=giver, version=0, rows=capacity)
    counted = [rows(model) for model in (Pledge, DonorContact, DonorCapacity, Donor)]
    plan = merge_plan(gone, kept)
    assert plan.moved[0].names == [open_one.code, done.code]
    assert [name for _kind, name, _why in plan.staying] == [gone.capacities.get(item=clothes).in_words]
    assert (dict(plan.taken_over), [row[1:] for row in plan.differing]) == (
        {"email": "dp@dp.vn"},
        [("0900000002", "0900000001")],
    )
    assert _merge(coordinator, gone, kept) == kept
    assert [rows(model) for model in (Pledge, DonorContact, DonorCapacity, Donor)] == counted
    assert set(Pledge.objects.filter(donor=kept)) == {open_one, done, own}
    assert [row.name for row in kept.contacts.for_page()] == ["Lan", "Minh"]
    assert {row.item for row in kept.capacities.all()} == {clothes, meals}
    assert kept.capacities.get(item=clothes).quantity == 100 + kept.pk
    assert gone.capacities.get().quantity == 100 + gone.pk
    gone, kept = Donor.objects.get(pk=gone.pk), Donor.objects.get(pk=kept.pk)
    assert (gone.merged_into, kept.email, kept.phone) == (kept, "dp@dp.vn", "0900000001")
    assert HistoryEntry.objects.of(open_one).first().verb == "move to the merged donor"
    told = HistoryEntry.objects.of(kept).first()
    assert told.details["moved"] == {
        "donors.pledge": 2,
        "donors.donorcontact": 2,
        "donors.donorcapacity": 1,
    }
    assert open_one.code in told.reason
    assert REASON in told.reason
    received(world, Pledge.objects.get(pk=open_one.pk), 200)


def test_a_merged_entry_points_on_and_is_found_but_not_offered(
    world: World, client_of: ClientOf, coordinator: User
) -> None:
    gone, kept = _pair(world)
    older = donor(world, name="Đại Phát cũ")
    _merge(coordinator, older, gone)
    _merge(coordinator, gone, kept)
    assert set(Donor.objects.filter(merged_into=kept)) == {older, gone}
    browser = client_of(coordinator)
    for query in ("", "?q=dai+phat+cu", "?q=0900000002"):
        assert list(browser.get(reverse("donor_list") + query).context["page"]) == [kept]
    assert list(PledgeForm(coordinator).fields["donor"].queryset) == [kept]  # type: ignore[attr-defined]
    assert [row for row in Donor.objects.like(world.district, name="Cty Dai Phat")] == [kept]
    page = browser.get(reverse("donor_detail", args=[gone.pk]))
    assert reverse("donor_detail", args=[kept.pk]) in page.text
    assert (page.context["may_change"], page.context["may_merge"]) == (False, False)
    assert browser.get(reverse("donor_change", args=[gone.pk])).status_code == 409
    for deed in (
        lambda: change_donor(by=coordinator, donor=gone, version=0, facts=facts_of(gone)),
        lambda: set_contacts(by=coordinator, donor=gone, version=0, rows=[ContactRow("Lan")]),
    ):
        with unchanged(HistoryEntry, DonorContact), pytest.raises(WrongState):
            deed()


def test_no_pledge_is_recorded_of_a_merged_entry(world: World, coordinator: User) -> None:
    gone, kept = _pair(world)
    _merge(coordinator, gone, kept)
    with unchanged(Pledge), pytest.raises(Refusal) as refusal:
        record_pledge(
            by=coordinator,
            scope=world.district,
            mobilised_by=coordinator.agency,
            pledged_on=date(2025, 3, 1),
            donor=gone,
            lines=[goods(world)],
        )
    assert [problem.place for problem in refusal.value.problems] == ["donor"]
    assert kept.name in str(refusal.value)


def test_what_was_not_previewed_is_not_merged(world: World, coordinator: User) -> None:
    gone, kept = _pair(world)
    seen = merge_plan(gone, kept).seen
    pledged(world, giver=gone)
    with unchanged(HistoryEntry), pytest.raises(Stale):
        merge_donors(by=coordinator, gone=gone, kept=kept, seen=seen, reason=REASON)
    assert not Donor.objects.filter(merged_into__isnull=False).exists()


def test_a_merge_is_refused_twice_to_itself_without_a_reason_and_to_others(
    world: World, coordinator: User, officer: User, leader: User
) -> None:
    gone, kept = _pair(world)
    for user in (officer, leader):
        with unchanged(HistoryEntry), pytest.raises(Forbidden):
            _merge(user, gone, kept)
    with unchanged(HistoryEntry), pytest.raises(Refusal) as refusal:
        _merge(coordinator, gone, gone, reason=" ")
    assert [problem.place for problem in refusal.value.problems] == ["into", "reason"]
    _merge(coordinator, gone, kept)
    for one, other in ((gone, kept), (kept, gone)):
        with unchanged(HistoryEntry), pytest.raises(WrongState):
            _merge(coordinator, one, other)


def test_a_merge_is_atomic(world: World, coordinator: User, monkeypatch: pytest.MonkeyPatch) -> None:
    gone, kept = _pair(world)
    pledge = pledged(world, giver=gone)

    def broken(*args: object, **kwargs: object) -> None:
        raise DatabaseError("the history cannot be written")

    monkeypatch.setattr(history, "record", broken)
    with unchanged(HistoryEntry, Donor.history.model), pytest.raises(DatabaseError):
        _merge(coordinator, gone, kept)
    pledge.refresh_from_db()
    assert pledge.donor == gone


def test_the_screens_choose_preview_and_merge(
    world: World, client_of: ClientOf, coordinator: User, officer: User
) -> None:
    gone, kept = _pair(world)
    pledge = pledged(world, giver=gone)
    browser, address = client_of(coordinator), reverse("donor_merge", args=[gone.pk])
    assert list(browser.get(address).context["found"]) == [kept]
    assert list(browser.get(address, {"q": "hội"}).context["found"]) == []
    preview = browser.get(address, {"into": kept.pk})
    assert pledge.code in preview.text
    assert browser.get(address, {"into": 999_999}).status_code == 404
    form = {"into": kept.pk, "seen": preview.context["plan"].seen, "reason": REASON}
    pledged(world, giver=gone)
    stale = browser.post(address, form)
    assert (stale.status_code, Pledge.objects.filter(donor=kept).count()) == (409, 0)
    form["seen"] = stale.context["plan"].seen
    assert browser.post(address, form).url == reverse("donor_detail", args=[kept.pk])
    assert Pledge.objects.filter(donor=kept).count() == 2
    theirs = donor(world, by=officer, name="Hội của xã")
    assert client_of(officer).get(reverse("donor_merge", args=[theirs.pk])).status_code == 403
