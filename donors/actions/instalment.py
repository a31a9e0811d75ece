"""A pledge that comes in parts, each by its own day."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from directory import history
from directory.deeds import action
from directory.errors import Problem, Refusal, Stale, WrongState
from directory.models import HistoryEntry, User
from directory.stale import says_both
from donors import ledger
from donors.checks import days_of_pledge
from donors.models import Instalment, Pledge, PledgeLine
from donors.numbers import grouped
from donors.permissions import demand_handling
from donors.states import PledgeState


@dataclass(frozen=True)
class Part:
    """What is due on a day: pieces or đồng by the id of the pledge line. ``at``: its place in a form."""

    due_on: date
    sizes: Mapping[int, int]
    at: str = ""


Days = dict[int, dict[date, int]]


def instalments_of(pledge: Pledge) -> Days:
    """Pieces or đồng by line and day."""
    return {
        line.pk: {each.due_on: each.size for each in line.instalments.all()} for line in pledge.lines.all()
    }


@action
def set_instalments(
    *,
    by: User,
    pledge: Pledge,
    known: Days,
    parts: Sequence[Part],
    reason: str,
    key: uuid.UUID | None = None,
) -> Pledge:
    """Say which part of each line is due on which day; none: the whole pledge has its one day again.

    The parts of a line make the whole of it. The pledge is due on the day of the last part, or on
    the day named for the whole if that is later and a line does not come in parts.
    Raises ``Forbidden``; ``WrongState`` unless open; ``Stale`` if others changed what ``known`` says;
    ``Refusal`` naming each day and line that is wrong.
    """
    demand_handling(by, pledge)
    pledge = ledger.lock_pledge(pledge)
    if pledge.state != PledgeState.OPEN:
        raise WrongState(
            _("Pledge %(code)s is “%(state)s”: nothing of it is awaited, so it needs no instalments.")
            % {"code": pledge.code, "state": pledge.get_state_display()}
        )
    lines = list(pledge.lines.select_related("item").prefetch_related("instalments").order_by("pk"))
    stored, wanted = instalments_of(pledge), _by_line(lines, parts)
    _refuse_stale(pledge, lines, known, stored, wanted)
    if problems := list(_problems(pledge, lines, parts, reason)):
        raise Refusal(problems, code="invalid_instalments")
    due_before = pledge.due_on
    _store(lines, wanted)
    _fit_due_day(pledge, wanted)
    history.record(
        pledge,
        gettext_noop("set the instalments"),
        by=by,
        reason=reason,
        before={"instalments": instalments_in_words(lines, stored)} | _day(due_before, pledge.due_on),
        after={"instalments": instalments_in_words(lines, wanted)} | _day(pledge.due_on, due_before),
    )
    return pledge


def change_of_parts(
    pledge: Pledge, lines: Sequence[PledgeLine], parts: Days, day: date | None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Instalments and day before and after, where another size of a line has changed them too."""
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    now = instalments_of(pledge)
    if now != parts:
        before["instalments"] = instalments_in_words(lines, parts)
        after["instalments"] = instalments_in_words(lines, now)
    return before | _day(day, pledge.due_on), after | _day(pledge.due_on, day)


def _day(day: date | None, other: date | None) -> dict[str, str | None]:
    """The pledge's own day, if it is another than on the other side of the change."""
    return {} if day == other else {"due_on": day.isoformat() if day else None}


def count_chosen(line: PledgeLine) -> None:
    """What receipts said came for each instalment, counted anew after a receipt or a change of the parts."""
    came = line.receipt_lines.by_instalment()
    for row in Instalment.objects.filter(line=line):  # as they are now, whatever ``line`` was read with
        chosen = min(row.size, max(came.get(row.due_on, 0), 0))
        if row.chosen != chosen:
            row.chosen = chosen
            row.save(update_fields=["chosen"])


def fit_instalments(pledge: Pledge, lines: Sequence[PledgeLine]) -> None:
    """After a change of the lines' sizes: the last instalment takes the difference, up or down."""
    for line in lines:
        _fit(line)
    _fit_due_day(pledge, instalments_of(pledge))


def _fit_due_day(pledge: Pledge, days: Days) -> None:
    """A line without parts is due on the day that was named for the whole, so it moves to none before that.

    Once nothing comes in parts that day holds again; if none was named, the last one becomes it.
    """
    due = [day for of_line in days.values() for day in of_line]
    if not due:
        pledge.due_on = pledge.own_due_on = pledge.own_due_on or pledge.due_on
    else:
        if pledge.own_due_on and not all(days.values()):
            due.append(pledge.own_due_on)
        pledge.due_on = max(due)
    pledge.save(update_fields=["due_on", "own_due_on"])


def _fit(line: PledgeLine) -> None:
    rows = list(line.instalments.order_by("due_on"))
    more = line.size - sum(row.size for row in rows)
    while rows and more:
        last = rows[-1]
        size = max(last.size + more, 0)
        more += last.size - size
        if size:
            last.quantity, last.amount = (size, None) if line.is_goods else (None, size)
            last.chosen = min(last.chosen, size)
            last.save(update_fields=["quantity", "amount", "chosen"])
        else:
            rows.pop().delete()
    count_chosen(line)


def _by_line(lines: Sequence[PledgeLine], parts: Sequence[Part]) -> Days:
    """Of each line the parts that have a size."""
    days: Days = {}
    for line in lines:
        days[line.pk] = {}
        for part in parts:
            if size := part.sizes.get(line.pk):
                days[line.pk][part.due_on] = days[line.pk].get(part.due_on, 0) + size
    return days


def _refuse_stale(
    pledge: Pledge, lines: Sequence[PledgeLine], known: Days, stored: Days, wanted: Days
) -> None:
    if stored in (known, wanted):
        return
    entry = HistoryEntry.objects.of(pledge).first()
    theirs, yours = (", ".join(instalments_in_words(lines, each)) for each in (stored, wanted))
    raise Stale(says_both(theirs, yours, entry.by if entry else None), theirs=stored, yours=wanted)


def _problems(
    pledge: Pledge, lines: Sequence[PledgeLine], parts: Sequence[Part], reason: str
) -> Iterator[Problem]:
    if not reason.strip():
        yield Problem(_("No reason was given. Say what was agreed with the donor."), "reason")
    days = [part.due_on for part in parts]
    for part in parts:
        for problem in days_of_pledge(pledge.pledged_on, part.due_on):
            yield Problem(problem.message, f"{part.at}due_on")
        if days.count(part.due_on) > 1:
            yield Problem(_("This day stands twice. Add the two instalments up."), f"{part.at}due_on")
        if not any(part.sizes.values()):
            yield Problem(
                _("Nothing is due on this day. Type a part of at least one line, or clear the day."),
                f"{part.at}due_on",
            )
    for line in lines:
        yield from _whole(line, parts)


def _whole(line: PledgeLine, parts: Sequence[Part]) -> Iterator[Problem]:
    """The parts of a line make the whole of it, if it comes in parts at all."""
    sizes = [part.sizes.get(line.pk) or 0 for part in parts]
    made = sum(sizes)
    if not made or made == line.size:
        return
    last = max(number for number, size in enumerate(sizes) if size)
    yield Problem(
        _(
            "The instalments of %(what)s make %(made)s %(unit)s, promised are %(whole)s. Correct them so "
            "that they add up."
        )
        % {"what": line.what, "made": grouped(made), "unit": line.unit, "whole": grouped(line.size)},
        f"{parts[last].at}line-{line.pk}",
    )


def _store(lines: Sequence[PledgeLine], wanted: Days) -> None:
    for line in lines:
        for row in line.instalments.all():
            row.delete()
        for day, size in wanted[line.pk].items():
            quantity, amount = (size, None) if line.is_goods else (None, size)
            Instalment.objects.create(line=line, due_on=day, quantity=quantity, amount=amount)
        count_chosen(line)


def instalments_in_words(lines: Sequence[PledgeLine], days: Days) -> list[str]:
    """“30/06/2025: 100 bộ Áo ấm”, by day."""
    return [
        f"{date_format(day, 'SHORT_DATE_FORMAT')}: {grouped(size)} {line.unit} {line.item or ''}".strip()
        for line in lines
        for day, size in sorted(days.get(line.pk, {}).items())
    ]
