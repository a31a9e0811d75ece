"""The registry of donors [plan II.2]."""

from __future__ import annotations

import uuid

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from directory import history
from directory.deeds import action
from directory.errors import Forbidden, Refusal
from directory.models import Unit, User
from directory.stale import refuse_stale
from directory.text import unaccented
from donors.donor_checks import problems_of_donor
from donors.donor_rules import DonorFacts, completed, facts_of
from donors.merging import lock_donor, refuse_merged
from donors.models import Donor
from donors.permissions import demand_donor_change, may_register_donor


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
    facts = completed(DonorFacts(name, kind, origin, tax_code, phone, email, address, note))
    donor = _written(Donor(scope=scope, registered_by=by.agency), facts, by)
    history.record(donor, gettext_noop("register the donor"), by=by)
    return donor


@action
def change_donor(*, by: User, donor: Donor, version: int, facts: DonorFacts) -> Donor:
    """Change what the registry says of a donor. ``version``: ``history.version_of`` when it was read.

    Raises ``Forbidden``; ``WrongState`` once it is merged into another entry; ``Stale`` with both values
    over a newer edit; ``Refusal`` naming each field that is wrong.
    """
    demand_donor_change(by, donor)
    donor = lock_donor(donor)
    refuse_merged(donor)
    before, facts = facts_of(donor), completed(facts)
    refuse_stale(donor, version, theirs=before.in_words(), yours=facts.in_words())
    if before == facts:
        return donor
    _written(donor, facts, by)
    old, new = before.in_words(), facts.in_words()
    changed = [name for name in old if old[name] != new[name]]
    history.record(
        donor,
        gettext_noop("change the donor"),
        by=by,
        before={name: old[name] for name in changed},
        after={name: new[name] for name in changed},
    )
    return donor


def _written(donor: Donor, facts: DonorFacts, by: User) -> Donor:
    if problems := list(problems_of_donor(name=facts.name, email=facts.email)):
        raise Refusal(problems, code="invalid_donor")
    for name, value in vars(facts).items():
        setattr(donor, name, value)
    donor.name_key = unaccented(donor.name)[:200]
    history.save(donor, by=by)
    return donor
