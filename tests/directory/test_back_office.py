"""The back office: administrators, registers of the directory, the same rules as everywhere."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from directory.models import AreaStatus, HistoryEntry, Holiday, Place, Unit, User
from documents.models import WorkbookImport
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(administrator: User, client_of: Any) -> Client:
    return client_of(administrator)


def test_it_keeps_registers_of_the_directory_only() -> None:
    assert {model._meta.label for model in admin.site._registry} == {
        "directory.Agency",
        "directory.AgencySuccession",
        "directory.AreaStatus",
        "directory.CoordinationScope",
        "directory.Holiday",
        "directory.LeadArea",
        "directory.Place",
        "directory.Signer",
        "directory.Succession",
        "directory.SupportArea",
        "directory.Unit",
    }


def test_only_administrators_come_in(world: World, client_of: Any) -> None:
    statuses = {
        user.username: client_of(user).get("/admin/").status_code
        for user in User.objects.filter(
            username__in=["officer.iadom", "coordinator", "leader", "administrator"]
        )
    }
    assert statuses == {"officer.iadom": 403, "coordinator": 403, "leader": 403, "administrator": 200}


def test_staff_and_superuser_flags_open_nothing(coordinator: User, client_of: Any) -> None:
    User.objects.filter(pk=coordinator.pk).update(is_staff=True, is_superuser=True)
    assert client_of(coordinator).get("/admin/").status_code == 403


def test_a_one_time_password_does_not_open_it(administrator: User, client_of: Any) -> None:
    User.objects.filter(pk=administrator.pk).update(must_change_password=True)
    assert client_of(administrator).get("/admin/")["Location"] == "/password/"


def test_its_login_is_the_portals(world: World, browser: Client) -> None:
    assert Client().get("/admin/")["Location"] == "/login/?next=/admin/"
    assert browser.get("/admin/login/")["Location"] == "/login/?next=%2Fadmin%2F"
    assert browser.get("/admin/password_change/")["Location"] == "/password/"


@pytest.mark.parametrize("model", [m for m in admin.site._registry], ids=lambda m: m._meta.model_name)
def test_every_list_and_form_opens(world: World, browser: Client, model: Any) -> None:
    name = model._meta.model_name
    assert browser.get(reverse(f"admin:directory_{name}_changelist")).status_code == 200
    row = model._default_manager.first()
    if row is not None:
        assert browser.get(reverse(f"admin:directory_{name}_change", args=[row.pk])).status_code == 200
        assert browser.post(reverse(f"admin:directory_{name}_delete", args=[row.pk])).status_code == 403


def test_a_save_goes_through_the_action(world: World, browser: Client, administrator: User) -> None:
    form = {
        "unit": world.commune("Ia Tơi").pk,
        "legal_basis": "Quyết định số 1/QĐ-TTg",
        "valid_from": "01/06/2025",
    }
    assert browser.post("/admin/directory/areastatus/add/", form).status_code == 302
    status = AreaStatus.objects.get(unit=world.commune("Ia Tơi"))
    entry = HistoryEntry.objects.of(status).get()
    assert (entry.verb, entry.by, status.valid_from) == (
        "enter in the register",
        administrator,
        date(2025, 6, 1),
    )


def test_an_overlap_is_refused_and_named(world: World, browser: Client) -> None:
    form = {"unit": world.commune("Ia Dom").pk, "legal_basis": "khác", "valid_from": "01/06/2025"}
    response = browser.post("/admin/directory/areastatus/add/", form)
    assert response.status_code == 200
    message = response.context["adminform"].form.errors["valid_from"][0]
    assert "Quyết định số 861/QĐ-TTg" in message
    assert AreaStatus.objects.filter(legal_basis="khác").count() == 0


def test_an_agency_leads_within_one_scope(world: World, browser: Client) -> None:
    other = Unit.objects.create(
        level="district", code="616", name="huyện Sa Thầy", valid_from=date(2019, 1, 1)
    )
    form = {
        "area": world.area("play").pk,
        "scope": other.pk,
        "agency": world.agency("TTYT").pk,
        "valid_from": "01/06/2025",
    }
    response = browser.post("/admin/directory/leadarea/add/", form)
    assert response.context["adminform"].form.has_error("__all__", "two_scopes")


def test_a_holiday_can_be_struck(browser: Client) -> None:
    holiday = Holiday.objects.create(day=date(2025, 9, 2), name="Quốc khánh")
    assert browser.post(f"/admin/directory/holiday/{holiday.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not Holiday.objects.exists()
    assert HistoryEntry.objects.get().verb == "strike from the register"


# Files ---------------------------------------------------------------------------------------------


def read_file(browser: Client, model: str, text: str) -> Any:
    file = SimpleUploadedFile("rows.csv", ("\ufeff" + text).encode(), "text/csv")
    return browser.post(f"/admin/directory/{model}/import/", {"import_file": file, "format": "0"})


PLACES = "Mã xã;Kind;Name;Exists from;Last day;Order in lists\n"


def test_a_file_becomes_a_preview_that_waits(world: World, browser: Client, administrator: User) -> None:
    before = Place.objects.count()
    answer = read_file(browser, "place", PLACES + "23537;village;Thôn 9;01/01/2025;;9\n")
    found = WorkbookImport.objects.get()
    assert answer["Location"] == f"/workbooks/{found.pk}/"
    assert (found.kind, found.by, found.state, found.added) == ("places", administrator, "previewed", 1)
    assert Place.objects.count() == before
    browser.post(f"/workbooks/{found.pk}/confirm/")
    place = Place.objects.get(name="Thôn 9")
    assert (place.unit.name, place.order) == ("xã Ia Dom", 9)
    assert HistoryEntry.objects.of(place).get().by == administrator


def test_every_file_page_opens_and_none_writes(world: World, browser: Client) -> None:
    for model in ("unit", "place", "holiday"):
        assert browser.get(f"/admin/directory/{model}/import/").status_code == 200
        assert browser.get(f"/admin/directory/{model}/export/").status_code == 200
        assert browser.post(f"/admin/directory/{model}/process_import/", {}).status_code == 404


def test_a_wrong_row_is_named_in_the_preview(world: World, browser: Client) -> None:
    read_file(
        browser, "place", PLACES + "23537;village;Thôn 8;01/01/2025;;8\n99999;village;x;01/06/2025;;1\n"
    )
    found = WorkbookImport.objects.get()
    assert (found.added, found.refused) == (1, 1)


def test_what_is_no_list_is_refused_on_the_page(world: World, browser: Client) -> None:
    answer = read_file(browser, "place", "")
    assert answer["Location"] == "/admin/directory/place/import/"
    assert not WorkbookImport.objects.exists()
    assert 'class="error"' in browser.get(answer["Location"]).content.decode()


@pytest.mark.parametrize(
    ("format", "model"), [("0", "place"), ("1", "place"), ("0", "unit"), ("1", "holiday")]
)
def test_what_is_exported_comes_back_unchanged(
    world: World, browser: Client, format: str, model: str
) -> None:
    Place.objects.create(
        unit=world.commune("Ia Dom"), kind="village", name="=1+1", valid_from=date(2025, 1, 1)
    )
    Holiday.objects.create(day=date(2025, 9, 2), name="@Quốc khánh")
    answer = browser.post(f"/admin/directory/{model}/export/", {"format": format, "resource": "0"})
    file = SimpleUploadedFile("rows", answer.content)
    browser.post(f"/admin/directory/{model}/import/", {"import_file": file, "format": "0"})
    found = WorkbookImport.objects.get()
    count = {"place": Place, "unit": Unit, "holiday": Holiday}[model].objects.count()  # type: ignore[attr-defined]
    assert (found.unchanged, found.added, found.changed, found.refused) == (count, 0, 0, 0)
    assert found.problems == []
