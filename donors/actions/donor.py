"""The registry of donors [plan II.2]."""

from __future__ import annotations

import uuid

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from directory import history
from directory.deeds import action
from directory.errors import Forbidden, Refusal
from directory.models import Unit, User
from directory.text import unaccented
from donors.donor_checks import problems_of_donor
from donors.models import Donor
from donors.models.donor import phone_key, tax_key
from donors.permissions import may_register_donor


@action
def register_donor(
    *,
    by: User,
    scope: Unit,
    kind: str,
    origin: str,
    name: str,
    phone: str = "",
    email: str = "",
    tax_code: str = "",
    address: str = "",
    note: str = "",
    key: uuid.UUID | None = None,
) -> Donor:
    """Register a donor, on behalf of the own agency. Likely duplicates are the form's to warn of.

    Raises ``Forbidden`` outside the own scope, ``Refusal`` naming all that is wrong.
    """
    if not may_register_donor(by, scope) or by.agency is None:
        raise Forbidden(
            _("You may not register donors in %(scope)s. Ask its coordinating office.") % {"scope": scope}
        )
    name = " ".join(name.split())
    if problems := list(problems_of_donor(name=name, email=email)):
        raise Refusal(problems, code="invalid_donor")
    donor = Donor(
        scope=scope,
        registered_by=by.agency,
        kind=kind,
        origin=origin,
        name=name,
        name_key=unaccented(name)[:200],
        phone=phone_key(phone),
        email=email,
        tax_code=tax_key(tax_code),
        address=address,
        note=note,
    )
    donor._history_user = by  # type: ignore[attr-defined]
    donor.save()
    history.record(donor, gettext_noop("register the donor"), by=by)
    return donor
