"""A proposal on its way to the reader and back: signed, so that what is accepted is what was proposed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core import signing
from django.utils.translation import gettext as _

from directory.access import within_reach
from directory.errors import Refusal, Stale
from directory.models import Unit, User
from distributions.actions import ProposedGap, ProposedLine, Reasons
from distributions.support_plan import Draft, Of
from donors.models import SupplyLine
from needs.models import Need

SALT = "support plan"


@dataclass(frozen=True)
class Offered:
    """What was proposed, read back."""

    of: Of
    made_at: datetime
    reasons: Reasons
    lines: list[ProposedLine]
    gaps: list[ProposedGap]
    narrowed_to: str


def signed(draft: Draft, narrowed_to: str = "") -> str:
    """``narrowed_to``: the filters in words."""
    lines = [
        [line.supply_line.pk, line.need.pk, line.quantity, line.reason, line.left, line.lacking]
        for line in draft.proposed_lines()
    ]
    facts = {
        "of": [draft.of.scope.pk, draft.of.year],
        "at": draft.made_at.isoformat(),
        "reasons": [draft.reasons.out_of_scope, draft.reasons.overlap],
        "narrowed_to": narrowed_to,
        "lines": lines,
        "gaps": [[gap.need.pk, gap.lacking, gap.reason] for gap in draft.proposed_gaps()],
    }
    return signing.dumps(facts, salt=SALT, compress=True)


def read(user: User, text: str) -> Offered:
    """Raises ``Refusal`` if it is not what was signed, ``Stale`` if a side of it is out of reach by now."""
    try:
        facts = signing.loads(text, salt=SALT)
    except signing.BadSignature:
        message = _("The proposal came back damaged, so nothing was allocated. Look at it anew.")
        raise Refusal(message, code="bad_proposal") from None
    scope, year = facts["of"]
    units = Unit.objects.filter(pk__in=user.reach.scopes)
    return Offered(
        Of(within_reach(units, pk=scope), year),
        datetime.fromisoformat(facts["at"]),
        Reasons(*facts["reasons"]),
        *_sides(user, facts["lines"], facts["gaps"]),
        facts.get("narrowed_to", ""),  # not in what was signed before an upgrade
    )


def _sides(user: User, lines: list[Any], gaps: list[Any]) -> tuple[list[ProposedLine], list[ProposedGap]]:
    supply = SupplyLine.objects.visible_to(user).in_bulk({row[0] for row in lines})
    needs = Need.objects.visible_to(user).select_related("place")
    found = needs.in_bulk({row[1] for row in lines} | {row[0] for row in gaps})
    try:
        return (
            [ProposedLine(supply[line], found[need], *rest) for line, need, *rest in lines],
            [ProposedGap(found[need], *rest) for need, *rest in gaps],
        )
    except KeyError:
        message = _(
            "Nothing was allocated: a part of the proposal is out of your reach by now. Look at it anew."
        )
        raise Stale(message) from None
