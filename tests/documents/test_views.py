"""Downloading the files of a paper."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from directory.deeds import acting
from directory.models import User
from documents.models import PaperFile
from documents.views.paper import disposition
from tests.documents.build import draft, issued
from tests.world import World

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


def address(pk: int, kind: str = "pdf") -> str:
    return reverse("paper_file", args=[pk, kind])


def test_a_leader_downloads_the_issued_paper(world: World, leader: User, client_of: ClientOf) -> None:
    paper = issued(world)
    response = client_of(leader).get(address(paper.pk))
    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    assert response.content == bytes(PaperFile.objects.get().content)
    assert response["Content-Disposition"] == (
        "attachment; filename=\"BC-UBND-12-2025.pdf\"; filename*=UTF-8''BC-UBND-12-2025.pdf"
    )
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["ETag"] == f'"{PaperFile.objects.get().sha256}"'
    assert response["Cache-Control"] == "private, no-cache"


def test_what_the_browser_has_is_not_sent_again(world: World, leader: User, client_of: ClientOf) -> None:
    paper = issued(world)
    etag = f'"{PaperFile.objects.get().sha256}"'
    response = client_of(leader).get(address(paper.pk), headers={"If-None-Match": etag})
    assert (response.status_code, response.content) == (304, b"")


def test_officials_of_the_communes_read_what_the_district_issued(
    world: World, officer: User, client_of: ClientOf
) -> None:
    assert client_of(officer).get(address(issued(world).pk)).status_code == 200


def test_a_strangers_paper_does_not_exist(world: World, stranger: User, client_of: ClientOf) -> None:
    paper = issued(world, agency=world.agency("UBND xã Ia Dom"), symbol="BC-UBND")
    assert client_of(stranger).get(address(paper.pk)).status_code == 404


def test_nobody_signed_in_gets_nothing(world: World, client: Client) -> None:
    path = address(issued(world).pk)
    response = client.get(path)
    assert (response.status_code, response["Location"]) == (302, f"/login/?next={path}")


def test_an_administrator_sees_no_papers(world: World, administrator: User, client_of: ClientOf) -> None:
    assert client_of(administrator).get(address(issued(world).pk)).status_code == 403


@pytest.mark.parametrize("kind", ["pdf", "signed", "other"])
def test_a_draft_has_no_file(world: World, leader: User, client_of: ClientOf, kind: str) -> None:
    assert client_of(leader).get(address(draft(world).pk, kind)).status_code == 404


def test_a_file_is_only_read(world: World, leader: User, client_of: ClientOf) -> None:
    assert client_of(leader).post(address(issued(world).pk)).status_code == 405


def test_a_damaged_file_is_not_sent(
    world: World, leader: User, client_of: ClientOf, caplog: pytest.LogCaptureFixture
) -> None:
    paper = issued(world)
    with acting():  # as after a fault of the disk: bytes and checksum do not belong together
        PaperFile.objects.create(paper=paper, kind="signed", content=b"%PDF-?", sha256="0" * 64)
    browser = client_of(leader)
    browser.raise_request_exception = False
    response = browser.get(address(paper.pk, "signed"))
    assert (response.status_code, response["Content-Type"]) == (500, "text/html; charset=utf-8")
    assert b"%PDF" not in response.content
    assert "does not match its SHA-256" in caplog.text


def test_the_name_of_a_file_has_a_plain_form_and_its_own(world: World) -> None:
    paper = draft(world, symbol='KH-LĐTBXH/x"\r\n')
    paper.number, paper.year = 7, 2025
    assert disposition(paper) == (
        'attachment; filename="KH-LDTBXH-x----07-2025.pdf"; '
        "filename*=UTF-8''KH-L%C4%90TBXH-x----07-2025.pdf"
    )
