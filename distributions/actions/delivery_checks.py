"""What a commune confirms of a line, and what must hold of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from directory import clock
from directory.errors import Forbidden
from directory.models import User
from directory.roles import Permission
from distributions.ledger import Parts
from distributions.models import Distribution, DistributionLine
from distributions.plausible import expected_turns, far_above, is_counted_in_turns
from distributions.problems import Problems
from distributions.wording import day, number, thing
from needs.models import AgeBand


@dataclass(frozen=True)
class ConfirmedLine:
    """What became of a line, in the item's unit; ``child_turns``: lượt trẻ em by id of the age band.

    Of goods received + returned + lost + missing = planned; of a service received ≤ planned. ``missing``:
    neither here nor on its way back; the coordinating office decides. ``turns_note``: why there are so
    many child-turns, where that is asked.
    """

    line: DistributionLine
    received: int
    returned: int = 0
    lost: int = 0
    missing: int = 0
    difference_reason: str = ""
    child_turns: Mapping[int, int] = field(default_factory=dict)
    turns_note: str = ""

    @property
    def parts(self) -> Parts:
        return Parts(self.received, self.returned, self.lost, self.missing)

    def place(self, what: str) -> str:
        """The field of the form where a part of the line stands."""
        return f"line-{self.line.pk}-{what}"


def check_loss(by: User, lines: Sequence[ConfirmedLine]) -> None:
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
                    "Enter them as returned if they go back to the stock, else as missing: it then decides."
                )
                % {"lost": number(line.lost), "thing": thing(line.line.item)},
                line.place("lost"),
                Forbidden,
            )
        problems.refuse()


def check_day(problems: Problems, distribution: Distribution, occurred_on: date) -> None:
    if occurred_on > clock.today():
        problems.add(
            "future",
            _("%(day)s has not come yet. Enter the day on which it was really delivered.")
            % {"day": day(occurred_on)},
            "occurred_on",
        )
    sent_on = distribution.sent_on
    if sent_on is not None and occurred_on < sent_on:
        problems.add(
            "before_sending",
            _("%(code)s was sent on %(sent)s, so it cannot have been delivered on %(day)s. Correct the day.")
            % {"code": distribution.code, "sent": day(sent_on), "day": day(occurred_on)},
            "occurred_on",
        )


def check_all_there(problems: Problems, rows: list[DistributionLine], lines: Sequence[ConfirmedLine]) -> None:
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


def check_line(problems: Problems, line: ConfirmedLine, bands: Mapping[int, AgeBand]) -> None:
    check_quantities(problems, line)
    check_turns(problems, line, bands)
    check_reached(problems, line)


def check_quantities(problems: Problems, line: ConfirmedLine) -> None:
    """What became of the goods, without the children."""
    row = line.line
    if min(line.received, line.returned, line.lost, line.missing) < 0:
        problems.add("negative", _("A quantity cannot be below 0."), line.place("received"))
        return
    whole = line.received + line.returned + line.lost + line.missing
    facts = {"thing": thing(row.item), "planned": number(row.planned), "whole": number(whole)}
    if row.allocation_id and whole != row.planned:
        problems.add(
            "does_not_add_up",
            _(
                "%(planned)s %(thing)s were sent, but %(received)s received, %(returned)s returned, "
                "%(missing)s missing and %(lost)s lost make %(whole)s. Correct them so that they add up: "
                "returned is what goes back to the stock; what neither came nor goes back is missing, and "
                "the coordinating office decides what became of it."
            )
            % (facts | {name: number(part) for name, part in vars(line.parts).items()}),
            line.place("received"),
        )
    if not row.allocation_id and (whole > row.planned or whole > line.received):
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


def check_reached(problems: Problems, line: ConfirmedLine) -> None:
    """Whether so many children can have got so much."""
    turns = line.child_turns
    if turns and line.received > 0:
        _check_many(problems, line)
    if line.received == 0 and any(turns.values()):
        problems.add(
            "nothing_received",
            _("No %(thing)s arrived, so no child got any: enter 0 child-turns.")
            % {"thing": thing(line.line.item)},
            line.place(f"band-{next(iter(turns))}"),
        )


def _check_many(problems: Problems, line: ConfirmedLine) -> None:
    """Far more child-turns than the quantity or the count of children suggests: say why.

    What is counted in turns must have just as many.
    """
    turns = sum(line.child_turns.values())
    if line.turns_note.strip():
        return
    if is_counted_in_turns(line.line):
        _check_same(problems, line, turns)
    elif far_above(turns, expected := expected_turns(line.line, line.received)):
        problems.add(
            "many_turns",
            _(
                "%(turns)s child-turns for %(received)s %(thing)s: about %(expected)s would be expected. "
                "Correct them, or say why so many children were reached."
            )
            % {
                "turns": number(turns),
                "received": number(line.received),
                "thing": thing(line.line.item),
                "expected": number(expected or 0),
            },
            line.place("turns_note"),
        )


def _check_same(problems: Problems, line: ConfirmedLine, turns: int) -> None:
    if turns != line.received:
        problems.add(
            "other_turns",
            _(
                "%(received)s %(thing)s were given, but the age bands make %(turns)s child-turns; each one "
                "is one child-turn. Correct them, or say why they differ."
            )
            % {
                "turns": number(turns),
                "received": number(line.received),
                "thing": thing(line.line.item),
            },
            line.place("turns_note"),
        )


def check_turns(problems: Problems, line: ConfirmedLine, bands: Mapping[int, AgeBand]) -> None:
    """The child-turns of themselves, whatever arrived."""
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
