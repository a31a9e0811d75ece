"""Many rows of a register at once, as a workbook brings them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from directory import history
from directory.deeds import action
from directory.errors import Stale
from directory.models import Place, Unit, User
from directory.permissions import demand_directory, demand_places_of

FROM_FILE = gettext_noop("read from a workbook")
CORRECT = "correct in the register"


@action
def enter_rows(
    *, by: User, added: Sequence[models.Model], changed: Sequence[models.Model], fields: Sequence[str]
) -> None:
    """Enter new rows of one register and write ``fields`` of those changed, which ``lock_rows`` gave.

    The caller has checked that each is whole and that no two overlap. Raises ``Forbidden``.
    """
    demand_directory(by)
    _save(by, added, changed, fields, "enter in the register")


@action
def enter_units(*, by: User, added: Sequence[Unit], changed: Sequence[Unit], fields: Sequence[str]) -> None:
    """The same for units; a new commune is a place as a whole too. Raises ``Forbidden``."""
    enter_rows(by=by, added=added, changed=changed, fields=fields)
    whole = [
        Place(
            unit=unit,
            kind=Place.Kind.COMMUNE,
            name=unit.name,
            valid_from=unit.valid_from,
            valid_to=unit.valid_to,
        )
        for unit in added
        if unit.level == Unit.Level.COMMUNE
    ]
    history.save_many(whole, by=by, verb="enter place", reason=_(FROM_FILE))


@action
def enter_places(
    *, by: User, added: Sequence[Place], changed: Sequence[Place], fields: Sequence[str]
) -> None:
    """The same for places of communes that the user keeps. Raises ``Forbidden``."""
    for unit in Unit.objects.filter(pk__in={place.unit_id for place in (*added, *changed)}):
        demand_places_of(by, unit)
    _save(by, added, changed, fields, "enter place")


def _save(
    by: User,
    added: Sequence[models.Model],
    changed: Sequence[models.Model],
    fields: Sequence[str],
    enter: str,
) -> None:
    """What ends makes room for what begins."""
    history.save_many(changed, by=by, verb=CORRECT, fields=fields, reason=_(FROM_FILE))
    history.save_many(added, by=by, verb=enter, reason=_(FROM_FILE))


def lock_rows(model: type[models.Model], ids: Sequence[int], related: Sequence[str] = ()) -> dict[int, Any]:
    """The rows by id, held until the action that calls this ends; with them what ``related`` names.

    Raises ``Stale`` if one is gone.
    """
    rows = model._base_manager.select_for_update(no_key=True, of=("self",)).order_by("pk")
    found = rows.select_related(*related).in_bulk(ids) if related else rows.in_bulk(ids)
    if len(found) < len(ids):
        raise Stale(_("A row was deleted meanwhile, so nothing was saved. Upload the file again."))
    return found
