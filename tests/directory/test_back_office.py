"""The back office: administrators, registers of the directory, the same rules as everywhere."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from directory.models import Agency, AreaStatus, HistoryEntry, Holiday, Place, Unit, User
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
    """The preview of an import."""
    file = SimpleUploadedFile("rows.csv", ("\ufeff" + text).encode(), "text/csv")
    return browser.post(f"/admin/directory/{model}/import/", {"import_file": file, "format": "0"})


def confirm(browser: Client, model: str, preview: Any) -> Any:
    form = preview.context["confirm_form"]
    return browser.post(f"/admin/directory/{model}/process_import/", form.initial)


PLACES = "commune_code,kind,name,valid_from,valid_to,order\n"


def test_places_are_read_after_a_preview(world: World, browser: Client, administrator: User) -> None:
    before = Place.objects.count()
    preview = read_file(browser, "place", PLACES + "23537,village,Thôn 9,01/01/2025,,9\n")
    assert preview.status_code == 200
    assert Place.objects.count() == before
    assert confirm(browser, "place", preview).status_code == 302
    place = Place.objects.get(name="Thôn 9")
    assert (place.unit.name, place.order) == ("xã Ia Dom", 9)
    entry = HistoryEntry.objects.of(place).get()
    assert (entry.verb, entry.by) == ("enter in the register", administrator)


def test_an_import_ends_a_place_that_is_there(world: World, browser: Client) -> None:
    preview = read_file(browser, "place", PLACES + "23537,village,Thôn 1,01/01/2019,31/05/2025,1\n")
    confirm(browser, "place", preview)
    assert world.village("Ia Dom", 1).valid_to == date(2025, 5, 31)


@pytest.mark.parametrize(
    ("row", "part"),
    [
        ("23537,village,Thôn 1,01/06/2025,,1", "Thôn 1"),
        ("99999,village,Thôn 9,01/06/2025,,1", "99999"),
        ("23537,castle,Thôn 9,01/06/2025,,1", "castle"),
    ],
)
def test_a_wrong_row_is_named_and_nothing_is_read(world: World, browser: Client, row: str, part: str) -> None:
    before = Place.objects.count()
    preview = read_file(browser, "place", f"{PLACES}23537,village,Thôn 8,01/01/2025,,8\n{row}\n")
    assert "confirm_form" not in preview.context
    assert part in preview.content.decode()
    assert Place.objects.count() == before


def test_what_is_exported_can_be_read_again_and_holds_no_formula(world: World, browser: Client) -> None:
    Place.objects.create(
        unit=world.commune("Ia Dom"), kind="village", name="=1+1", valid_from=date(2025, 1, 1)
    )
    text = browser.post("/admin/directory/place/export/", {"format": "0", "resource": "0"}).content.decode(
        "utf-8-sig"
    )
    assert "'=1+1" in text
    assert "23537,village,Thôn 1,01/01/2019,," in text
    preview = read_file(browser, "place", text)
    assert {row.import_type for row in preview.context["result"].rows} == {"skip"}


def test_holidays_are_read(browser: Client) -> None:
    confirm(browser, "holiday", read_file(browser, "holiday", "day,name\n02/09/2025,Quốc khánh\n"))
    assert str(Holiday.objects.get()) == "02/09/2025 Quốc khánh"


def test_only_administrators_read_files(coordinator: User, client_of: Any) -> None:
    assert read_file(client_of(coordinator), "place", PLACES).status_code == 403


def test_an_agency_keeps_its_former_names(world: World, browser: Client, administrator: User) -> None:
    agency = world.agency("TTYT")
    page = f"/admin/directory/agency/{agency.pk}/change/"
    form = browser.get(page).context["adminform"].form
    data = {name: form.initial.get(name) or "" for name in form.fields}
    data |= {"name": "Trung tâm Y tế huyện", "valid_from": "01/01/2019"}
    assert browser.post(page, data).status_code == 302
    assert [row.name for row in Agency.history.filter(id=agency.pk)] == [
        "Trung tâm Y tế huyện",
        "Trung tâm Y tế",
    ]
    assert browser.get(f"/admin/directory/agency/{agency.pk}/history/").status_code == 200
