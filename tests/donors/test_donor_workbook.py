"""The registry of donors as a workbook: who is meant, what changes, what is refused and why."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import gettext
from openpyxl import load_workbook

from directory import history
from directory.errors import Forbidden, Stale
from directory.models import HistoryEntry, User
from documents.actions import confirm_import, upload_workbook
from documents.imports.columns import ERRORS, key_of
from documents.imports.importer import importer_of
from donors.models import Donor
from tests.donors.build import donor as registered
from tests.donors.build import pledged
from tests.workbooks import changes, fates, file_of, imported, planned, previewed, problems, unchanged_again
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

HEADINGS = ["Tên nhà tài trợ", "Kind", "Where from", "Tax code", "Telephone", "E-mail", "Somebody else"]
NEW = ["Công ty Đại Phát", "enterprise", "in_country", "0312345678", "0901 234 567", "a@daiphat.vn", None]


def row(**changed: Any) -> list[Any]:
    names = ["name", "kind", "origin", "tax_code", "phone", "email", "other"]
    return [changed.get(name, value) for name, value in zip(names, NEW, strict=True)]


def test_added_then_unchanged_then_changed(world: World, coordinator: User) -> None:
    saved = imported(coordinator, "donors", HEADINGS, NEW)
    donor = Donor.objects.get()
    assert (saved.added, donor.phone, donor.name_key) == (1, "0901234567", "cong ty dai phat")
    assert (donor.registered_by, donor.scope) == (coordinator.agency, world.district)
    entry = HistoryEntry.objects.of(donor).get()
    assert (entry.verb, entry.by) == ("register the donor", coordinator)
    assert donor.history.get().history_user == coordinator
    assert fates(planned(coordinator, "donors", HEADINGS, NEW)) == ["unchanged"]
    again = imported(coordinator, "donors", HEADINGS, row(name="Công ty TNHH Đại Phát", email=None))
    donor.refresh_from_db()
    assert (again.changed, donor.name, donor.email) == (1, "Công ty TNHH Đại Phát", "")
    assert (donor.name_key, donor.history.count()) == ("cong ty tnhh dai phat", 2)


def test_a_list_taken_out_and_brought_back_changes_nothing(world: World, coordinator: User) -> None:
    registered(world, note="dòng một\n  dòng hai", phone="912345678")
    for _twice in range(2):  # nothing tells these two apart
        registered(world, "Ông A Bình", kind="individual")
    registered(world, "=1+1", address="+84\x07 5")
    assert unchanged_again(coordinator, "donors") == 4


def test_who_is_meant(world: World, coordinator: User) -> None:
    registered(world, "Công ty Đại Phát", tax_code="0312345678", phone="0901234567")
    registered(world, "Nhóm thiện nguyện", phone="0911111111")
    headings = ["Name", "Kind", "Where from", "Tax code", "Telephone"]
    plan = planned(
        coordinator,
        "donors",
        headings,
        ["Đại Phát", "enterprise", "in_country", 312345678, None],  # the same tax code, without its zero
        ["NHOM THIEN NGUYEN", "enterprise", "in_country", None, "0911 111 111"],
        ["Cong ty Dai Phat", "enterprise", "in_country", "0399999999", None],  # another tax code
        ["Nhóm khác", "enterprise", "in_country", None, "0911111111"],  # only the number is the same
    )
    assert fates(plan) == ["changed", "changed", "refused", "refused"]
    assert changes(plan)[0] == [
        (gettext("Name"), "Công ty Đại Phát", "Đại Phát"),
        (gettext("Telephone"), "0901234567", None),
    ]
    assert [[column for column, _message in row] for row in problems(plan)] == [[0], [0]]
    assert "Công ty Đại Phát, 0312345678, 0901234567" in problems(plan)[0][0][1]


def test_somebody_else_may_bear_the_same_name(world: World, coordinator: User) -> None:
    registered(world, "Công ty Đại Phát", tax_code="0399999999")
    rows = [row(), row(other="yes")]
    assert [fates(planned(coordinator, "donors", HEADINGS, each)) for each in rows] == [
        ["refused"],
        ["added"],
    ]
    imported(coordinator, "donors", HEADINGS, row(other="yes"))
    assert fates(planned(coordinator, "donors", HEADINGS, row(other="yes"))) == ["unchanged"]


def test_several_that_fit_are_named(world: World, coordinator: User) -> None:
    for phone in ("0901000001", "0901000002"):
        registered(world, "Hội đồng hương", kind="organisation", phone=phone)
    without = ["Hội đồng hương", "organisation", "in_country"]
    headings = ["Name", "Kind", "Where from", "Telephone"]
    plan = planned(coordinator, "donors", headings[:3], without)
    assert fates(plan) == ["refused"]
    assert "0901000001; Hội đồng hương, 0901000002" in problems(plan)[0][0][1]
    plan = planned(coordinator, "donors", headings, [*without, "0901000002"])
    assert fates(plan) == ["unchanged"]


def test_every_wrong_cell_is_named_at_its_column(world: World, coordinator: User) -> None:
    plan = planned(
        coordinator,
        "donors",
        HEADINGS,
        [None, "castle", None, None, None, "no mail", None],
        NEW,
        NEW,
    )
    assert fates(plan) == ["refused", "added", "refused"]
    assert [[column for column, _message in row] for row in problems(plan)] == [[0, 1, 2, 5], [0]]
    assert "3" in problems(plan)[1][0][1]


def test_what_others_registered(world: World, coordinator: User, officer: User, stranger: User) -> None:
    hidden = registered(world, "Công ty Đại Phát", by=stranger)
    shared = registered(world, "Nhóm thiện nguyện")
    pledged(world, giver=shared, mobilised_by=officer.agency)
    hers = registered(world, "Nhà hảo tâm", by=officer)
    headings = ["Name", "Kind", "Where from", "Note"]
    rows = [
        [each.name, "enterprise", "in_country", note]
        for each in (hidden, shared, hers)
        for note in (None, "mới")
    ]
    each_alone = [fates(planned(officer, "donors", headings, row))[0] for row in rows]
    assert each_alone == ["refused", "refused", "unchanged", "refused", "unchanged", "changed"]
    message = problems(planned(officer, "donors", headings, rows[0]))[0][0][1]
    assert str(stranger.agency) in message
    assert hidden.name not in message
    assert [fates(planned(coordinator, "donors", headings, row))[0] for row in rows[1::2]] == ["changed"] * 3
    assert unchanged_again(officer, "donors") == 2


def test_who_may_not(world: World, leader: User, administrator: User) -> None:
    for user in (leader, administrator):
        with pytest.raises(Forbidden):
            upload_workbook(by=user, kind="donors", file_name="a.xlsx", content=file_of(HEADINGS, NEW))


def test_what_changed_meanwhile_is_not_overwritten(world: World, coordinator: User) -> None:
    donor = registered(world, "Công ty Đại Phát", tax_code="0312345678")
    preview = previewed(coordinator, "donors", file_of(HEADINGS, NEW))
    assert preview.changed == 1
    donor.phone = "0999999999"
    history.save(donor, by=coordinator)
    with pytest.raises(Stale):
        confirm_import(by=coordinator, workbook_import=preview)
    donor.refresh_from_db()
    assert (donor.phone, donor.email) == ("0999999999", "")


def test_a_change_between_the_stamp_and_the_lock_is_seen(
    world: World, coordinator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    donor = registered(world, "Công ty Đại Phát", tax_code="0312345678")
    importer = importer_of("donors")
    assert importer is not None
    monkeypatch.setattr(importer, "stamp", lambda self: "always the same")
    preview = previewed(coordinator, "donors", file_of(HEADINGS, NEW))
    Donor.objects.filter(pk=donor.pk).update(phone="0999999999")
    with pytest.raises(Stale) as refused:
        confirm_import(by=coordinator, workbook_import=preview)
    assert refused.value.code == "row_moved"
    donor.refresh_from_db()
    assert donor.email == ""


def test_nothing_is_saved_when_the_history_fails(
    world: World, coordinator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    preview = previewed(coordinator, "donors", file_of(HEADINGS, NEW))

    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(history, "_record_many", fail)
    with pytest.raises(RuntimeError):
        confirm_import(by=coordinator, workbook_import=preview)
    preview.refresh_from_db()
    assert (Donor.objects.count(), preview.state) == (0, "previewed")


def test_thirty_rows_cost_the_queries_of_one(world: World, coordinator: User) -> None:
    def queries(first: int, count: int) -> list[int]:
        rows = [row(name=f"Nhóm {n}", tax_code=f"{n:010}", phone=None) for n in range(first, first + count)]
        found = []
        for email in ("a@b.vn", "c@d.vn"):
            content = file_of(HEADINGS, *([*each[:5], email, None] for each in rows))
            with CaptureQueriesContext(connection) as asked:
                confirm_import(by=coordinator, workbook_import=previewed(coordinator, "donors", content))
            found.append(len(asked))
        return found

    queries(1, 1)  # what a process reads once
    assert queries(2, 1) == queries(100, 30)


def test_the_template_offers_what_may_be_chosen(coordinator: User) -> None:
    importer = importer_of("donors")
    assert importer is not None
    content = importer(coordinator).template()
    page = load_workbook(io.BytesIO(content)).worksheets[0]
    headings = next(row for row in page.iter_rows(values_only=True) if len([c for c in row if c]) > 1)
    assert [key_of(cell) for cell in headings if cell] == [
        *(key_of(str(column.heading)) for column in importer(coordinator).columns),
        key_of(str(ERRORS)),
    ]
    checks = {
        str(check.sqref).rstrip("0123456789").split(":")[1]: check.type
        for check in page.data_validations.dataValidation
    }
    assert [column for column, kind in checks.items() if kind == "list"] == ["B", "C", "I"]
