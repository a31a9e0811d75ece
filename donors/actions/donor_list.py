"""Many donors at once, as a workbook brings them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from directory import history
from directory.deeds import action
from directory.errors import Forbidden, Stale
from directory.models import User
from directory.text import unaccented
from donors.models import Donor
from donors.permissions import may_change_donor, scopes_of

# What a list says of a donor.
FIELDS = ("kind", "origin", "name", "tax_code", "phone", "email", "address", "note")
FROM_FILE = gettext_noop("read from a workbook")


@action
def register_donors(*, by: User, donors: Sequence[Donor]) -> None:
    """Register donors on behalf of the own agency. The caller has checked what is said of each.

    Raises ``Forbidden`` outside the own scopes.
    """
    scopes = {unit.pk for unit in scopes_of(by)}
    if by.agency is None or any(donor.scope_id not in scopes for donor in donors):
        raise Forbidden(_("You may not register donors outside your scope. Ask its coordinating office."))
    for donor in donors:
        donor.registered_by = by.agency
        donor.name_key = _key(donor)
    history.save_many(donors, by=by, verb=gettext_noop("register the donor"), reason=_(FROM_FILE))


@action
def change_donors(*, by: User, donors: Sequence[Donor]) -> None:
    """Write what was changed in ``FIELDS`` of donors that ``lock_donors`` gave.

    Raises ``Forbidden`` if one of them is another's to change.
    """
    if not all(may_change_donor(by, donor) for donor in donors):
        raise Forbidden(
            _("A donor is changed by who registered it and by the coordinating office. Ask them.")
        )
    for donor in donors:
        donor.name_key = _key(donor)
    fields = [*FIELDS, "name_key"]
    history.save_many(
        donors, by=by, verb=gettext_noop("change the donor"), fields=fields, reason=_(FROM_FILE)
    )


def lock_donors(ids: Sequence[int]) -> Mapping[int, Any]:
    """The donors by id, held until the action that calls this ends. Raises ``Stale`` if one is gone."""
    found = Donor.objects.select_for_update(no_key=True).order_by("pk").in_bulk(ids)
    if len(found) < len(ids) or any(donor.merged_into_id for donor in found.values()):
        raise Stale(_("A donor was merged meanwhile, so nothing was saved. Upload the file again."))
    return found


def _key(donor: Donor) -> str:
    return unaccented(donor.name)[:200]
