"""What must hold of a correction besides what must hold of a confirmation."""

from __future__ import annotations

from django.utils.translation import gettext as _

from directory.errors import Forbidden, NotEnough, Stale
from directory.models import User
from directory.roles import Permission
from distributions.actions.delivery_checks import ConfirmedLine
from distributions.claims import covered_by
from distributions.ledger import Locked, Parts
from distributions.models import DistributionLine
from distributions.problems import Problems
from distributions.wording import holders_of, number, thing


def standing(line: DistributionLine) -> Parts:
    """What the line says after all corrections so far."""
    return Parts(line.arrived or 0, line.returned, line.lost, line.missing)


def stands(line: DistributionLine) -> str:
    """All figures of the line as they stand, for a page to send back: “102-0-0-18 5:90 6:12”."""
    quantities = "-".join(str(part) for part in vars(standing(line)).values())
    turns = sorted((row.age_band_id, row.standing) for row in line.child_turns.all())
    return " ".join([quantities, *(f"{band}:{count}" for band, count in turns)])


def check_seen(line: DistributionLine, seen: str) -> None:
    """Raises ``Stale`` if the line does not say any more what the page showed."""
    if stands(line) == seen:
        return
    facts = {name: number(part) for name, part in vars(standing(line)).items()}
    turns = sum(row.standing for row in line.child_turns.all())
    raise Stale(
        _(
            "Somebody changed this line while your page was open: now %(received)s/%(planned)s %(thing)s are "
            "received, %(returned)s returned, %(lost)s lost, %(missing)s missing, %(turns)s child-turns. "
            "Nothing of yours was saved. Reload the page and correct it only if that is wrong."
        )
        % {
            **facts,
            "planned": number(line.planned),
            "thing": thing(line.item),
            "turns": number(turns),
        },
        theirs=vars(standing(line)),
    )


def check_changed(problems: Problems, right: ConfirmedLine, *, changed: bool) -> None:
    if not changed:
        problems.add(
            "nothing_changed",
            _("These are the figures that stand already. Enter the right ones, or leave the page."),
            right.place("received"),
        )
    if not right.difference_reason and right.received >= right.line.planned:
        # Of less than was sent ``check_line`` asks for the reason.
        problems.add(
            "no_reason",
            _("Say what was wrong and how the right figures are known: the sender and the commune read it."),
            right.place("difference_reason"),
        )


def check_stock_decided(problems: Problems, by: User, right: ConfirmedLine, parts: Parts) -> None:
    """A commune says what arrived; what came back to the stock or is lost is not its word."""
    if (parts.returned or parts.lost) and not by.may(Permission.DECIDE_LOSS):
        problems.add(
            "stock_decided",
            _(
                "%(returned)s returned and %(lost)s lost were written down: only the coordinating office "
                "changes that. Tell it what you know."
            )
            % {"returned": number(right.line.returned), "lost": number(right.line.lost)},
            right.place("received"),
            Forbidden,
        )


def check_room(problems: Problems, right: ConfirmedLine, parts: Parts, balances: Locked) -> None:
    """What arrived after all must still be lacking; what never came back must still lie in the stock."""
    allocation = right.line.allocation
    if allocation is None:
        return
    _check_need(problems, right, parts.received, balances)
    _check_stock(problems, right, -parts.returned, balances)


def _check_need(problems: Problems, right: ConfirmedLine, more: int, balances: Locked) -> None:
    need = right.line.allocation.need  # type: ignore[union-attr]
    balance = balances.needs[need.pk]
    if more <= balance.uncovered:
        return
    problems.add(
        "need_covered",
        _(
            "%(more)s more %(thing)s would have arrived, but %(place)s lacks only %(left)s/%(whole)s by now "
            "(%(covered)s). Take back what was allocated to it since, then correct this; or let the goods "
            "go back to the stock."
        )
        % {
            "more": number(more),
            "thing": thing(need.item),
            "place": need.place.full_name,
            "left": number(balance.uncovered),
            "whole": number(balance.quantity),
            "covered": covered_by(need) or _("nothing covered yet"),
        },
        right.place("received"),
        NotEnough,
        left=balance.uncovered,
        whole=balance.quantity,
    )


def _check_stock(problems: Problems, right: ConfirmedLine, less: int, balances: Locked) -> None:
    line = right.line.allocation.supply_line  # type: ignore[union-attr]
    balance = balances.supply[line.pk]
    left = max(min(balance.unallocated, balance.in_stock), 0)
    if less <= left:
        return
    problems.add(
        "stock_given_out",
        _(
            "%(less)s %(thing)s would not have come back, but only %(left)s of pledge %(pledge)s are still "
            "free in the stock (%(holders)s). Take back what was allocated of them since, then correct this."
        )
        % {
            "less": number(less),
            "thing": thing(line.item),
            "left": number(left),
            "pledge": line.pledge_line.pledge.code,
            "holders": holders_of(line.pk) or _("nothing allocated yet"),
        },
        right.place("returned"),
        NotEnough,
        left=left,
        whole=balance.quantity,
    )
