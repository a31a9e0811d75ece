"""A merger on the screens of administrators."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from directory import clock
from directory.models import Agency, Place, Succession, Unit, User
from tests.merger import BASIS, DAY
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def on_the_day() -> Iterator[None]:
    with clock.standing_on(DAY):
        yield


def form_of(world: World, **changes: Any) -> dict[str, Any]:
    return {
        "predecessors": [world.commune("Ia Dom").pk, world.commune("Ia Tơi").pk],
        "on": "01/07/2025",
        "legal_basis": BASIS,
        "name": "xã Ia Tơi",
        "code": "23538",
        "level": "commune",
        "parent": world.district.pk,
        **changes,
    }


def test_two_communes_become_one(world: World, administrator: User, client_of: Any) -> None:
    browser = client_of(administrator)
    assert browser.get("/reorganisation/units/").status_code == 200
    # Villages of one name are named, and asked for.
    response = browser.post("/reorganisation/units/", form_of(world))
    assert (response.status_code, Succession.objects.count()) == (422, 0)
    assert "Thôn 1, xã Ia Dom" in response.content.decode()
    fields = [name for name in response.context["form"].fields if name.startswith("rename_")]
    assert len(fields) == 4
    renamed = {f"rename_{world.village('Ia Dom', number).pk}": f"Thôn {number + 2}" for number in (1, 2)}
    response = browser.post("/reorganisation/units/", form_of(world, **renamed))
    assert response["Location"] == "/reorganisation/"
    commune = Unit.objects.on(DAY).get(code="23538")
    villages = Place.objects.on(DAY).filter(unit=commune, kind="village").values_list("name", flat=True)
    assert sorted(villages) == ["Thôn 1", "Thôn 2", "Thôn 3", "Thôn 4"]
    assert "xã Ia Dom" in browser.get("/reorganisation/").content.decode()


def test_neither_an_old_nor_a_new_unit_is_refused(world: World, administrator: User, client_of: Any) -> None:
    response = client_of(administrator).post("/reorganisation/units/", form_of(world, name="", code=""))
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["into"])


def test_an_agency_hands_over(world: World, administrator: User, client_of: Any) -> None:
    browser = client_of(administrator)
    predecessor, successor = world.agency("TTYT"), world.agency("LĐTBXH")
    form = {
        "predecessor": predecessor.pk,
        "successor": predecessor.pk,
        "on": "01/07/2025",
        "legal_basis": BASIS,
    }
    assert browser.get("/reorganisation/agencies/").status_code == 200
    refused = browser.post("/reorganisation/agencies/", form)
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["successor"])
    response = browser.post("/reorganisation/agencies/", form | {"successor": successor.pk})
    assert response["Location"] == "/reorganisation/"
    assert world.user("health").agency == successor
    assert Agency.objects.on(DAY).filter(pk=predecessor.pk).count() == 0
