"""The receiving commune confirms what arrived and whom it reached."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from directory import clock, history
from directory.deeds import action
from directory.errors import Forbidden
from directory.models import Agency, User
from directory.roles import Permission
from directory.scope import is_difficult
from directory.states import target_of
from distributions import ledger
from distributions.actions.distribution import locked
from distributions.models import ChildTurns, Distribution, DistributionLine
from distributions.permissions import check_may_confirm
from distributions.problems import Problems
from distributions.states import DISTRIBUTION_TRANSITIONS
from distributions.wording import day, listed, number, state_refusal, thing
from needs.models import AgeBand


@dataclass(frozen=True)
class ConfirmedLine:
    """What became of a line, in the item's unit; ``child_turns``: lượt trẻ em by id of the age band.

    Of goods received + returned + lost = planned; of a service received ≤ planned.
    """

    line: DistributionLine
    received: int
    returned: int = 0
    lost: int = 0
    difference_reason: str = ""
    child_turns: Mapping[int, int] = field(default_factory=dict)

    def place(self, what: str) -> str:
        """The field of the form where a part of the line stands."""
        return f"line-{self.line.pk}-{what}"


@action
def confirm_delivery(
    *,
    by: User,
    distribution: Distribution,
    occurred_on: date,
    lines: Sequence[ConfirmedLine],
    on_behalf_of: Agency | None = None,
    key: uuid.UUID | None = None,
) -> Distribution:
    """Confirm what was received, returned to stock and lost, and the child-turns of each line.

    By an officer of the receiving commune; or by the coordinating office from the signed paper, then
    ``on_behalf_of`` is the commune's agency and is recorded. What was not received reopens the need.
    Raises ``Forbidden`` (strangers, the sender, a loss without the power to decide it), ``WrongState``
    unless sent, ``Refusal`` with all problems of all lines.
    """
    distribution = locked(distribution)
    on_behalf_of = check_may_confirm(by, distribution, on_behalf_of)
    refusal = state_refusal(distribution, _("be confirmed"))
    target = target_of(DISTRIBUTION_TRANSITIONS, "confirm", distribution.state, refusal)
    rows = _lines_of(distribution)
    by_id = {row.pk: row for row in rows}
    lines = [replace(line, line=by_id.get(line.line.pk, line.line)) for line in lines]
    ledger.lock_of([row.allocation for row in rows if row.allocation])
    _check_loss(by, lines)
    problems = Problems()
    _check_day(problems, distribution, occurred_on)
    _check_all_there(problems, rows, lines)
    bands = {band.pk: band for band in age_bands()}
    for line in lines:
        _check_line(problems, line, bands)
    problems.refuse()
    _write_lines(by, occurred_on, rows, lines)
    source, distribution.state = distribution.state, target
    distribution.occurred_on, distribution.on_behalf_of = occurred_on, on_behalf_of
    distribution.in_scope = is_difficult(distribution.place.unit, occurred_on)
    distribution.confirmed_by, distribution.confirmed_at = by, clock.now()
    distribution.save(
        update_fields=["state", "occurred_on", "on_behalf_of", "in_scope", "confirmed_by", "confirmed_at"]
    )
    history.record(
        distribution,
        "confirm",
        by=by,
        from_state=source,
        to_state=target,
        on_behalf_of=on_behalf_of,
        reason=listed(line.difference_reason.strip() for line in lines if line.difference_reason.strip()),
        child_turns=sum(sum(line.child_turns.values()) for line in lines),
    )
    return distribution


def age_bands() -> list[AgeBand]:
    """All age bands, youngest first, the one for all ages last."""
    return list(AgeBand.objects.order_by("is_all", "from_year"))


def _lines_of(distribution: Distribution) -> list[DistributionLine]:
    return list(
        distribution.lines.select_related(
            "allocation__need__item", "allocation__need__age_band", "service", "distribution"
        ).order_by("pk")
    )


def _check_loss(by: User, lines: Sequence[ConfirmedLine]) -> None:
    if by.may(Permission.DECIDE_LOSS):
        return
    lost = [line for line in lines if line.lost > 0]
    if lost:
        problems = Problems()
        for line in lost:
            problems.add(
                "loss",
                _(
                    "Only the coordinating office decides that goods are lost (%(lost)s %(thing)s here). "
                    "Enter them as returned if they go back to the stock; otherwise ask the coordinating "
                    "office to confirm from the signed paper."
                )
                % {"lost": number(line.lost), "thing": thing(line.line.item)},
                line.place("lost"),
                Forbidden,
            )
        problems.refuse()


def _check_day(problems: Problems, distribution: Distribution, occurred_on: date) -> None:
    if occurred_on > clock.today():
        problems.add(
            "future",
            _("%(day)s has not come yet. Enter the day on which it was really delivered.")
            % {"day": day(occurred_on)},
            "occurred_on",
        )
    sent_on = timezone.localdate(distribution.sent_at)
    if occurred_on < sent_on:
        problems.add(
            "before_sending",
            _("%(code)s was sent on %(sent)s, so it cannot have been delivered on %(day)s. Correct the day.")
            % {"code": distribution.code, "sent": day(sent_on), "day": day(occurred_on)},
            "occurred_on",
        )


def _check_all_there(
    problems: Problems, rows: list[DistributionLine], lines: Sequence[ConfirmedLine]
) -> None:
    given = [line.line.pk for line in lines]
    for row in rows:
        if given.count(row.pk) != 1:
            problems.add(
                "line_missing",
                _("Say what became of %(planned)s %(thing)s: each line is confirmed once.")
                % {"planned": number(row.planned), "thing": thing(row.item)},
                f"line-{row.pk}-received",
            )
    if set(given) - {row.pk for row in rows}:
        problems.add(
            "foreign_line",
            _("A line of another distribution was sent along. Reload the page and enter it again."),
        )


def _check_line(problems: Problems, line: ConfirmedLine, bands: Mapping[int, AgeBand]) -> None:
    row = line.line
    if min(line.received, line.returned, line.lost) < 0:
        problems.add("negative", _("A quantity cannot be below 0."), line.place("received"))
        return
    whole = line.received + line.returned + line.lost
    facts = {"thing": thing(row.item), "planned": number(row.planned), "whole": number(whole)}
    if row.allocation_id and whole != row.planned:
        problems.add(
            "does_not_add_up",
            _(
                "%(planned)s %(thing)s were sent, but received, returned and lost make %(whole)s. Correct "
                "them so that they add up: what did not arrive is returned to stock if the sender still "
                "has it; if it is lost, ask the coordinating office to confirm from the signed paper."
            )
            % facts,
            line.place("received"),
        )
    if not row.allocation_id and (line.received > row.planned or line.returned or line.lost):
        problems.add(
            "more_than_planned",
            _("%(planned)s %(thing)s were planned: enter how many were really given, at most that.") % facts,
            line.place("received"),
        )
    if line.received < row.planned and not line.difference_reason.strip():
        problems.add(
            "no_reason",
            _("Less arrived than the %(planned)s %(thing)s sent. Say why; the sender reads it.") % facts,
            line.place("difference_reason"),
        )
    _check_turns(problems, line, bands)


def _check_turns(problems: Problems, line: ConfirmedLine, bands: Mapping[int, AgeBand]) -> None:
    turns, item = line.child_turns, thing(line.line.item)
    band = line.line.allocation.need.age_band if line.line.allocation else None
    wanted = bands if band is None or band.is_all else {band.pk: band}
    place = line.place(f"band-{next(iter(turns or wanted))}")
    if not turns or any(pk not in wanted for pk in turns):
        problems.add(
            "child_turns",
            _(
                "Enter how many children got %(thing)s (child-turns), for %(bands)s. 0 if none; an empty "
                "field means not reported."
            )
            % {"thing": item, "bands": band if band and not band.is_all else _("at least one age band")},
            place,
        )
        return
    if len(turns) > 1 and any(bands[pk].is_all for pk in turns):
        problems.add(
            "counted_twice",
            _("Enter child-turns by age band or for all ages together, not both: they would count twice."),
            place,
        )
    if any(count < 0 for count in turns.values()):
        problems.add("negative", _("Child-turns cannot be below 0."), place)
    if line.received == 0 and any(turns.values()):
        problems.add(
            "nothing_received",
            _("No %(thing)s arrived, so no child got any: enter 0 child-turns.") % {"thing": item},
            place,
        )


def _write_lines(
    by: User, occurred_on: date, rows: list[DistributionLine], lines: Sequence[ConfirmedLine]
) -> None:
    given = {line.line.pk: line for line in lines}
    # In the order of the allocations, as the locks were taken.
    for row in sorted(rows, key=lambda row: row.allocation_id or 0):
        line = given[row.pk]
        row.received, row.returned, row.lost = line.received, line.returned, line.lost
        row.difference_reason = line.difference_reason.strip()
        row.save(update_fields=["received", "returned", "lost", "difference_reason"])
        for band, turns in line.child_turns.items():
            ChildTurns.objects.create(line=row, age_band_id=band, turns=turns)
        if row.allocation:
            ledger.arrive(row, ledger.Deed(by, occurred_on, row.difference_reason))
