"""Which needs a correction would take below what is covered, and what covers them.

Asked before the approval, to say it in time, and by the approval itself, to refuse.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F
from django.utils.translation import gettext as _

from directory.errors import Problem
from needs.cells import in_row, quantity_cell
from needs.claims import Claim, claims_on_each
from needs.contents import Contents
from needs.models import Need
from needs.sections import Section
from needs.states import SurveyState


@dataclass(frozen=True)
class Shortfall:
    """``need`` cannot shrink to ``wanted``: ``covered`` (item's unit) of it is spoken for by ``claims``."""

    need: Need
    wanted: int
    covered: int
    claims: list[Claim]

    @property
    def message(self) -> str:
        claims = ", ".join(f"{claim.label}: {claim.quantity}" for claim in self.claims)
        message = _(
            "%(need)s: the correction asks for %(wanted)s, but %(covered)s are already allocated "
            "(%(claims)s). Ask for at least %(covered)s, or have allocations reversed first."
        )
        figures = {"need": self.need, "wanted": self.wanted, "covered": self.covered}
        return message % {**figures, "claims": claims or _("no details")}

    def as_problem(self) -> Problem:
        cell = quantity_cell(self.need.item_id, self.need.age_band_id)
        return Problem(self.message, in_row(self.need.place_id, cell))


def shortfalls_of(short: Iterable[tuple[Need, int, int]]) -> list[Shortfall]:
    """From (need, wanted, covered): all of them with what covers them, at the price of one."""
    short = list(short)
    claims = claims_on_each([need for need, _wanted, _covered in short])
    return [Shortfall(need, wanted, covered, claims[need.pk]) for need, wanted, covered in short]


def shortfalls_in(contents: Contents, sections: Iterable[Section]) -> list[Shortfall]:
    """What an approval of this version would be refused for, as things stand, in these sections."""
    survey = contents.survey
    if survey.version == 1 or survey.state == SurveyState.APPROVED:
        return []
    areas = [section.area for section in sections if section.area]
    needs = Need.objects.filter(round=survey.round_id, place__unit=survey.commune_id, balance__covered__gt=0)
    needs = needs.filter(item__area__in=areas)
    needs = needs.select_related("place__unit", "item", "age_band").annotate(spoken_for=F("balance__covered"))
    short = []
    for need in needs.order_by("pk"):
        stated = contents.statements.get((need.place_id, need.item_id, need.age_band_id))
        wanted = (stated.quantity or 0) if stated else 0
        if wanted < need.spoken_for:
            short.append((need, wanted, need.spoken_for))
    return shortfalls_of(short)
