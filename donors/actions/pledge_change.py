"""A pledge that says something else than before: quantities, day, purpose, publicity [plan II.2]."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from directory import clock, history
from directory.deeds import action
from directory.errors import NotEnough, Problem, Refusal, Stale
from directory.models import HistoryEntry, Place, SupportArea, User
from directory.stale import says_both
from directory.states import target_of
from donors import claims, corrections, ledger
from donors.actions.instalment import change_of_parts, fit_instalments, instalments_of
from donors.actions.pledge import PledgedLine
from donors.actions.pledge_state import Balances, close_if_nothing_is_left, hold, named
from donors.checks import days_of_pledge, earmark_problems, out_of_bounds
from donors.models import Pledge, PledgeLine
from donors.numbers import MOST_DONG, MOST_PIECES, grouped
from donors.permissions import demand_handling
from donors.states import PLEDGE_TRANSITIONS, PledgeState
from needs.models import Need


@dataclass(frozen=True)
class Purpose:
    """What a line is meant for: none, an area, a place or a need; binding or a wish."""

    earmark: str = PledgeLine.Earmark.NONE
    earmark_hard: bool = False
    earmark_area: SupportArea | None = None
    earmark_place: Place | None = None
    earmark_need: Need | None = None

    def __str__(self) -> str:
        if self.earmark == PledgeLine.Earmark.NONE:
            return _("not earmarked")
        place = self.earmark_place.full_name if self.earmark_place else ""
        words = place or str(self.earmark_area or self.earmark_need)
        return f"{words} ({_('binding')})" if self.earmark_hard else words


@dataclass(frozen=True)
class LineTerms:
    """``size``: pieces, or đồng of a cash line."""

    size: int
    purpose: Purpose = Purpose()


@dataclass(frozen=True)
class Terms:
    """All of a pledge that may be changed; ``lines`` by the id of the pledge line."""

    due_on: date | None
    anonymous: bool
    note: str
    lines: Mapping[int, LineTerms] = field(default_factory=dict)

    def flat(self) -> dict[str, Any]:
        """Each value by its place: ``due_on``, ``line-7-size``, ``line-7-purpose``."""
        values: dict[str, Any] = {
            "due_on": self.due_on,
            "anonymous": self.anonymous,
            "note": self.note,
        }
        for pk, line in self.lines.items():
            values |= {f"line-{pk}-size": line.size, f"line-{pk}-purpose": line.purpose}
        return values


def terms_of(pledge: Pledge) -> Terms:
    """What the pledge says now. Reads its lines as ``for_list`` loads them, or by itself."""
    lines = {line.pk: LineTerms(line.size, Purpose(**fields_of(line))) for line in pledge.lines.all()}
    return Terms(pledge.due_on, pledge.anonymous, pledge.note, lines)


@action
def change_pledge(
    *, by: User, pledge: Pledge, known: Terms, wanted: Terms, reason: str, key: uuid.UUID | None = None
) -> Pledge:
    """Put what ``wanted`` says in the place of what ``known`` said; what is the same in both is left alone.

    A quantity goes not below what came or is allocated, and the last instalment takes the difference; a
    purpose changes only while nothing is allocated or spent. Of a closed pledge only note and publicity
    change. Raises ``Forbidden``; ``WrongState``; ``Stale`` with both values where somebody else changed the
    same; ``NotEnough``; ``Refusal`` (no reason, nothing changed, wrong values). Places are those of
    ``Terms.flat``.
    """
    demand_handling(by, pledge)
    if not reason.strip():
        raise Refusal(_("No reason was given. Say why the pledge is changed."), place="reason")
    pledge, balances = hold(pledge)
    now, was, will = terms_of(pledge).flat(), known.flat(), wanted.flat()
    changed = [place for place in will if place in now and will[place] != was.get(place)]
    _refuse_stale(pledge, changed, now=now, was=was, will=will)
    changed = [place for place in changed if will[place] != now[place]]
    if not changed:
        raise Refusal(_("Nothing was changed: the pledge says this already."), code="unchanged")
    _demand_open(pledge, changed)
    lines = {line.pk: line for line in pledge.lines.select_related("item__area")}
    if problems := list(_problems(pledge, balances, lines, wanted, changed)):
        raise Refusal(problems, code="invalid_change")
    parts_before, day_before = instalments_of(pledge), pledge.due_on
    _write(pledge, balances, lines, wanted, changed, by, reason)
    fitted = change_of_parts(pledge, list(lines.values()), parts_before, day_before)
    closed_from = close_if_nothing_is_left(pledge, balances) if pledge.state == PledgeState.OPEN else ""
    history.record(
        pledge,
        gettext_noop("change the pledge"),
        by=by,
        from_state=closed_from,
        to_state=pledge.state if closed_from else "",
        reason=reason,
        before=_in_words(lines, now, changed) | fitted[0],
        after=_in_words(lines, will, changed) | fitted[1],
    )
    return pledge


def fields_of(purpose: Purpose | PledgeLine) -> dict[str, Any]:
    """The columns of a pledge line that say what it is meant for."""
    return {each.name: getattr(purpose, each.name) for each in fields(Purpose)}


def _refuse_stale(
    pledge: Pledge,
    changed: list[str],
    *,
    now: Mapping[str, Any],
    was: Mapping[str, Any],
    will: Mapping[str, Any],
) -> None:
    """Both values of what somebody else has changed meanwhile, each at its place."""
    stale = [place for place in changed if now[place] != was.get(place) and now[place] != will[place]]
    if not stale:
        return
    entry = HistoryEntry.objects.of(pledge).first()
    raise Stale(
        [
            Problem(says_both(_shown(now[place]), _shown(will[place]), entry.by if entry else None), place)
            for place in stale
        ],
        theirs={place: now[place] for place in stale},
        yours={place: will[place] for place in stale},
    )


def _shown(value: Any) -> str:
    return grouped(value) if type(value) is int else history.value_in_words(value)


def _demand_open(pledge: Pledge, changed: list[str]) -> None:
    if pledge.state != PledgeState.OPEN and set(changed) - {"note", "anonymous"}:
        refusal = _(
            "Pledge %(code)s is “%(state)s”: only its note and whether the donor is named may still be "
            "changed. Record what is promised besides as a new pledge."
        )
        facts = {"code": pledge.code, "state": pledge.get_state_display()}
        target_of(PLEDGE_TRANSITIONS, "withdraw", pledge.state, refusal % facts)


def _problems(
    pledge: Pledge,
    balances: Balances,
    lines: Mapping[int, PledgeLine],
    wanted: Terms,
    changed: list[str],
) -> Iterator[Problem]:
    if "due_on" in changed:
        yield from days_of_pledge(pledge.pledged_on, wanted.due_on)
        if any(line.instalments.exists() for line in lines.values()):
            yield Problem(
                _(
                    "The pledge comes in instalments, so its day is that of the last one. Change the "
                    "instalments."
                ),
                "due_on",
            )
    for pk, terms in wanted.lines.items():
        if f"line-{pk}-size" in changed:
            yield from _size(lines[pk], terms.size, f"line-{pk}-size")
        if f"line-{pk}-purpose" in changed:
            yield from _purpose(pledge, lines[pk], terms.purpose, balances, f"line-{pk}-purpose")


def _size(line: PledgeLine, size: int, place: str) -> Iterator[Problem]:
    most = MOST_PIECES if line.is_goods else MOST_DONG
    if not 0 < size <= most or size * (line.unit_value or 1) > MOST_DONG:
        yield out_of_bounds(size, min(most, MOST_DONG // (line.unit_value or 1)), place)


def _purpose(
    pledge: Pledge, line: PledgeLine, purpose: Purpose, balances: Balances, place: str
) -> Iterator[Problem]:
    meant = PledgedLine(kind=line.kind, item=line.item, **fields_of(purpose))
    yield from earmark_problems(meant, pledge.scope, place)
    if line.pk in balances.supply:
        goods = [each for each in ledger.lock_goods(pledge) if each.line.pledge_line_id == line.pk]
        held = [each for each in goods if each.allocated]
        taken, named_claims = sum(each.allocated for each in held), [claims.named(each.line) for each in held]
    else:
        money = balances.cash[line.pk]
        taken, named_claims = money.reserved + money.spent, []
    if taken:
        yield Problem(
            _(
                "What %(what)s is meant for cannot be changed: %(taken)s %(unit)s of it are allocated or "
                "spent already%(claims)s. Have the allocations reversed first."
            )
            % {
                "what": line.what,
                "taken": grouped(taken),
                "unit": line.unit,
                "claims": f" ({', '.join(filter(None, named_claims))})" if any(named_claims) else "",
            },
            place,
        )


def _write(
    pledge: Pledge,
    balances: Balances,
    lines: Mapping[int, PledgeLine],
    wanted: Terms,
    changed: list[str],
    by: User,
    reason: str,
) -> None:
    pledge.due_on, pledge.anonymous, pledge.note = (
        getattr(wanted if name in changed else pledge, name) for name in ("due_on", "anonymous", "note")
    )
    if "due_on" in changed:
        pledge.own_due_on = wanted.due_on
    pledge.save(update_fields=["due_on", "own_due_on", "anonymous", "note"])
    short: list[Problem] = []
    resized: list[PledgeLine] = []
    for pk, terms in wanted.lines.items():
        if f"line-{pk}-purpose" in changed:
            _mean(lines[pk], terms.purpose)
        if f"line-{pk}-size" in changed:
            try:
                _resize(lines[pk], terms.size, balances, by, reason)
                resized.append(lines[pk])
            except NotEnough as refusal:
                short.append(Problem(str(refusal), f"line-{pk}-size"))
    if short:
        raise NotEnough(short)
    if resized:
        fit_instalments(pledge, resized)


def _mean(line: PledgeLine, purpose: Purpose) -> None:
    meant = fields_of(purpose)
    for name, value in meant.items():
        setattr(line, name, value)
    line.save(update_fields=list(meant))


def _resize(line: PledgeLine, size: int, balances: Balances, by: User, reason: str) -> None:
    more, today = size - line.size, clock.today()
    if line.is_goods:
        supply = balances.supply[line.pk].line
        corrections.resize_supply(supply, more, by=by, occurred_on=today, reason=reason)
        line.quantity = size
    else:
        corrections.resize_cash(line, more, by=by, occurred_on=today, reason=reason)
        line.amount = size
    line.save(update_fields=["quantity", "amount"])


def _in_words(
    lines: Mapping[int, PledgeLine], values: Mapping[str, Any], changed: list[str]
) -> dict[str, Any]:
    """The changed values as the history shows them: lines and purposes listed, days and yes or no plain."""
    words: dict[str, Any] = {}
    for place in changed:
        value = values[place]
        if place.endswith("-size"):
            words.setdefault("lines", []).append(named(lines[_line_of(place)], value))
        elif place.endswith("-purpose"):
            words.setdefault("purposes", []).append(f"{lines[_line_of(place)].what}: {value}")
        else:
            words[place] = value.isoformat() if isinstance(value, date) else value
    return words


def _line_of(place: str) -> int:
    return int(place.split("-")[1])
