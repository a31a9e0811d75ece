"""No cell of any file that goes out is a formula, whatever somebody typed.

Walks the URL table: every list that ends in a format, and every kind of workbook, its list and its template.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from directory.models import User
from documents.imports.importer import kinds_for
from documents.imports.plan import Fate
from documents.spreadsheet import as_csv, as_xlsx
from donors.models import Donor
from tests.donors.build import donor
from tests.portal.access import OBJECTS, OWN_PAGES, Page
from tests.portal.chains import Chain, Chains
from tests.workbooks import planned
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

# What a spreadsheet takes for a formula: at the start, behind what it drops, behind what separates cells.
PAYLOADS = [
    *(
        "=1+1",
        "==1",
        "+1+1",
        "-1+1",
        "@SUM(1)",
        "\t=1+1",
        "\r=1+1",
        "\n=1+1",
        " =1+1",
        "\u200b=1+1",
        "\uff1d1+1",
    ),
    *("a;=1+1", "a,=1+1", "a\t=1+1", "a|@SUM(1)", '"=1+1', "'=1+1", "a\r\n=1+1"),
]
BEGINS = re.compile(r"(^|[,;|\t\r\n])[\s\"\u00ad\u200b-\u200f\u2060\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20]")
# Words that people type, by model. Codes and choices of the portal's own cannot hold them.
TYPED = {
    "directory.Place": ("name",),
    "directory.Unit": ("name",),
    "directory.Agency": ("name", "short_name"),
    "directory.User": ("full_name",),
    "directory.Holiday": ("name",),
    "directory.SupportArea": ("name", "name_en"),
    "donors.Donor": ("name", "address", "note", "phone", "tax_code"),
    "donors.Pledge": ("note",),
    "donors.Receipt": ("note",),
    "needs.SupportItem": ("name", "name_en", "unit"),
    "reports.Indicator": ("name", "name_en", "unit"),
    "reports.PastFigure": ("source",),
}
EXPORTS = [page for page in OWN_PAGES if page.name.endswith("_export") and page.name != "import_export"]


@pytest.fixture
def chain(chains: Chains) -> Chain:
    return chains.own


def poison(payload: str) -> None:
    """Put the payload in front of whatever somebody typed, past the forms, which would clean it."""
    for label, names in TYPED.items():
        model = apps.get_model(label)
        for row in model._base_manager.all():
            said = {name: _fit(model, name, payload + str(getattr(row, name))) for name in names}
            model._base_manager.filter(pk=row.pk).update(**said)


def _fit(model: type[models.Model], name: str, text: str) -> str:
    return text[: model._meta.get_field(name).max_length]  # type: ignore[union-attr]


def users() -> list[User]:
    return [User.objects.get(username=name) for name in ("coordinator", "administrator", "officer.iadom")]


def files(chain: Chain, browser: Client, user: User) -> Iterator[tuple[str, HttpResponse]]:
    """Each file that the user can take away, by its address."""
    addresses = [address for page in EXPORTS for address in _addresses(page, chain)]
    for kind in kinds_for(user):
        addresses += [reverse("import_export", args=[kind.kind, format]) for format in ("xlsx", "csv")]
        addresses.append(reverse("import_template", args=[kind.kind]))
    for address in addresses:
        answer = browser.get(address)
        assert answer.status_code in (200, 403, 404), (address, answer.status_code)
        if answer.status_code == 200:
            yield address, answer


def _addresses(page: Page, chain: Chain) -> Iterator[str]:
    given = OBJECTS[page.name].parameters(chain)
    for format in ("xlsx", "csv"):
        yield reverse(page.name, kwargs=given | {"format": format})


def wrong_cells(content: bytes) -> list[str]:
    if content.startswith(b"PK"):
        book = load_workbook(io.BytesIO(content))
        cells = [cell for page in book for row in page.iter_rows() for cell in row]
        return [f"{cell.coordinate} {cell.value!r}" for cell in cells if cell.data_type == "f"]
    text = content.decode("utf-8-sig")
    read = csv.reader(io.StringIO(text, newline=""), delimiter=";")
    return [cell for line in read for cell in line if BEGINS.search(cell)]


@pytest.mark.slow
@pytest.mark.parametrize("payload", ["=1+1", "a;\t@SUM(1)"])
def test_no_file_of_the_portal_holds_a_formula(chain: Chain, client_of: Any, payload: str) -> None:
    poison(payload)
    seen: set[str] = set()
    wrong = []
    for user in users():
        for address, answer in files(chain, client_of(user), user):
            seen.add(address)
            wrong += [f"{address}: {cell}" for cell in wrong_cells(answer.content)]
    assert wrong == []
    # Each list went out for somebody, in both formats.
    assert {address for page in EXPORTS for address in _addresses(page, chain)} <= seen


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_payload_passes_a_list_or_a_template(world: World, payload: str) -> None:
    poison(payload)
    for user in users()[:2]:
        for kind in kinds_for(user):
            importer = kind(user)
            made = [] if (sheet := importer.export()) is None else [as_xlsx(sheet)]
            made += [] if (sheet := importer.export()) is None else [b"".join(as_csv(sheet))]
            made += [] if (template := importer.template()) is None else [template]
            assert [cell for content in made for cell in wrong_cells(content)] == []


def test_a_nul_comes_out_of_no_file_and_into_no_row(world: World, coordinator: User) -> None:
    plan = planned(
        coordinator,
        "donors",
        ["Name", "Kind", "Where from"],
        ["Ông\x00 Bình", "individual", "in_district"],
    )
    assert [row.fate for row in plan.rows] == [Fate.ADDED]
    assert "\x00" not in str(plan.as_json())
    assert not Donor.objects.exists()


@pytest.mark.sqlite_only
def test_a_nul_that_is_stored_breaks_no_file(world: World, coordinator: User, client_of: Any) -> None:
    """PostgreSQL stores none at all."""
    donor(world, "Ông\x00 Bình")
    browser = client_of(coordinator)
    lists = [reverse("donor_export", args=[format]) for format in ("xlsx", "csv")]
    for address in [
        *lists,
        *(reverse("import_export", args=["donors", format]) for format in ("xlsx", "csv")),
    ]:
        answer = browser.get(address)
        assert (answer.status_code, b"\x00B" in answer.content) == (200, False), address
