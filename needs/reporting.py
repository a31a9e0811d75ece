"""Which communes have reported their needs in the review that is in hand: "not reported" is not 0."""

from __future__ import annotations

from dataclasses import dataclass

from directory import clock
from directory.models import Succession, Unit, User
from needs.models import Survey, SurveyRound


@dataclass(frozen=True)
class Reporting:
    """``silent``: the communes without an approved survey; ``reported``: how many have one."""

    silent: list[Unit]
    reported: int

    @property
    def is_unknown(self) -> bool:
        """No commune has said anything, so that no need is no answer."""
        return bool(self.silent) and not self.reported


def reporting_of(user: User, commune: Unit | None = None) -> Reporting:
    """Within reach, or of one commune; of the yearly reviews in hand. Without one nobody is asked."""
    rounds = SurveyRound.objects.visible_to(user).in_hand().filter(kind=SurveyRound.Kind.YEARLY)
    surveys = Survey.objects.approved().filter(round__in=rounds, commune__in=user.reach.communes)
    approved = set(surveys.values_list("commune_id", flat=True))
    if not approved and not rounds.exists():
        return Reporting([], 0)
    communes = Unit.objects.on(clock.today()).communes().filter(pk__in=user.reach.communes)
    present = list(communes.order_by("code", "pk"))
    reported = approved | _heirs_of(approved - {each.pk for each in present})
    asked = [each for each in present if commune in (None, each)]
    silent = [each for each in asked if each.pk not in reported]
    return Reporting(silent, len(asked) - len(silent))


def _heirs_of(ended: set[int]) -> set[int]:
    """A commune that has absorbed one with an approved survey has reported."""
    found: set[int] = set()
    while ended := ended - found:
        found |= ended
        rows = Succession.objects.filter(predecessor__in=ended, on__lte=clock.today())
        ended = set(rows.values_list("successor_id", flat=True))
    return found
