"""What is wrong with a pledge or a receipt as typed: all of it at once, each with its place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from directory import clock
from directory.errors import Problem
from directory.models import Agency, Unit, User
from donors.models import Donor, FundingSource, Pledge, PledgeLine
from donors.numbers import MOST_DONG, MOST_PIECES, grouped

if TYPE_CHECKING:
    from donors.actions.pledge import PledgedLine
    from donors.actions.receipt import ReceivedLine

Kind, Earmark = PledgeLine.Kind, PledgeLine.Earmark


def problems_of_pledge(
    *,
    by: User,
    scope: Unit,
    mobilised_by: Agency,
    pledged_on: date,
    due_on: date | None,
    donor: Donor | None,
    source: FundingSource | None,
    lines: Sequence[PledgedLine],
) -> list[Problem]:
    problems = [
        *_giver(by, donor, source),
        *agency_within(by, mobilised_by, pledged_on, "mobilised_by"),
        *days_of_pledge(pledged_on, due_on),
    ]
    if not lines:
        problems.append(
            Problem(_("The pledge has no line. Enter at least one kind of goods or an amount."), "lines")
        )
    for number, line in enumerate(lines):
        problems += pledged_line(line, scope, f"lines-{number}-")
        if source and source.is_management and line.kind != Kind.CASH:
            message = _("Management cost is money of the unit’s own budget and no goods. Enter an amount.")
            problems.append(Problem(message, f"lines-{number}-item"))
    return problems


def problems_of_receipt(
    *,
    by: User,
    pledge: Pledge,
    custodian: Agency,
    occurred_on: date,
    lines: Sequence[ReceivedLine],
) -> list[Problem]:
    problems = [
        *agency_within(by, custodian, occurred_on, "custodian"),
        *day_of_receipt(occurred_on, pledge),
    ]
    if not any(line.accepted or line.refused or line.amount for line in lines):
        problems.append(
            Problem(
                _("Nothing was entered. Type what was accepted or refused of at least one line."), "lines"
            )
        )
    if len({line.pledge_line.pk for line in lines}) < len(lines):
        problems.append(
            Problem(_("A line of the pledge stands twice in the receipt. Add the two up."), "lines")
        )
    for number, line in enumerate(lines):
        problems += received_line(line, pledge, f"lines-{number}-")
    return problems


def days_of_pledge(pledged_on: date, due_on: date | None) -> Iterator[Problem]:
    yield from not_in_future(pledged_on, "pledged_on")
    if due_on and due_on < pledged_on:
        yield Problem(
            _("The due day %(due)s lies before the day of the pledge, %(day)s. Correct one of them.")
            % {"due": day_in_words(due_on), "day": day_in_words(pledged_on)},
            "due_on",
        )


def day_of_receipt(occurred_on: date, pledge: Pledge) -> Iterator[Problem]:
    yield from not_in_future(occurred_on, "occurred_on")
    if occurred_on < pledge.pledged_on:
        yield Problem(
            _("The receipt of %(day)s lies before the pledge of %(pledged)s. Correct the day.")
            % {"day": day_in_words(occurred_on), "pledged": day_in_words(pledge.pledged_on)},
            "occurred_on",
        )


def _giver(by: User, donor: Donor | None, source: FundingSource | None) -> Iterator[Problem]:
    if (donor is None) == (source is None):
        yield Problem(_("A pledge comes from a donor, or from a fund or budget: choose one."), "donor")
    elif donor and not Donor.objects.visible_to(by).filter(pk=donor.pk).exists():
        yield Problem(_("You do not work with this donor. Choose one of your list."), "donor")
    elif donor and donor.merged_into:
        message = _("“%(donor)s” was merged into “%(kept)s”. Choose that entry.")
        yield Problem(message % {"donor": donor, "kept": donor.merged_into}, "donor")
    elif source and not FundingSource.objects.visible_to(by).filter(pk=source.pk).exists():
        yield Problem(_("You do not work with this fund or budget. Choose one of your list."), "source")
    elif source and source.is_closed_on(clock.today()):
        message = _("“%(source)s” is closed from %(day)s: nothing new is recorded of it. Choose another.")
        shown = {"source": source, "day": day_in_words(source.closed_on)}  # type: ignore[arg-type]
        yield Problem(message % shown, "source")


def agency_within(by: User, agency: Agency, day: date, place: str) -> Iterator[Problem]:
    if not Agency.objects.visible_to(by).filter(pk=agency.pk).exists():
        yield Problem(
            _("%(agency)s is not an office of your scope. Choose one of your list.") % {"agency": agency},
            place,
        )
    elif not agency.is_valid_on(day):
        yield Problem(
            _("%(agency)s did not exist on %(day)s. Choose the office of that day.")
            % {"agency": agency, "day": day_in_words(day)},
            place,
        )


def not_in_future(day: date, place: str) -> Iterator[Problem]:
    if day > clock.today():
        yield Problem(
            _("%(day)s lies in the future; today is %(today)s. Correct the day.")
            % {"day": day_in_words(day), "today": day_in_words(clock.today())},
            place,
        )


def pledged_line(line: PledgedLine, scope: Unit, place: str) -> Iterator[Problem]:
    if line.kind == Kind.CASH:
        yield from _pledged_cash(line, place)
    else:
        yield from _pledged_goods(line, place)
    yield from earmark_problems(line, scope, f"{place}earmark")


def _pledged_cash(line: PledgedLine, place: str) -> Iterator[Problem]:
    yield from size_of(line.amount, MOST_DONG, f"{place}amount", _("The amount in đồng is missing. Type it."))
    if line.item is not None or line.quantity is not None or line.unit_value is not None:
        yield Problem(
            _("A line is either goods or cash: clear the quantity and the value, or choose the goods."),
            f"{place}quantity",
        )


def _pledged_goods(line: PledgedLine, place: str) -> Iterator[Problem]:
    if line.item is None:
        yield Problem(_("What is promised is missing. Choose the goods or cash."), f"{place}item")
    elif line.item.retired_on and line.item.retired_on <= clock.today():
        yield Problem(
            _("“%(item)s” is no longer in use. Choose another.") % {"item": line.item}, f"{place}item"
        )
    yield from size_of(line.quantity, MOST_PIECES, f"{place}quantity", _("The quantity is missing. Type it."))
    if line.unit_value is not None and not 0 <= line.unit_value <= MOST_DONG:
        yield out_of_bounds(line.unit_value, MOST_DONG, f"{place}unit_value")
    elif (line.quantity or 0) * (line.unit_value or 0) > MOST_DONG:
        yield out_of_bounds((line.quantity or 0) * (line.unit_value or 0), MOST_DONG, f"{place}unit_value")
    if line.amount is not None:
        yield Problem(
            _("A line is either goods or cash: clear the amount, or choose cash."), f"{place}amount"
        )


def earmark_problems(line: PledgedLine, scope: Unit, place: str) -> Iterator[Problem]:
    named = {
        Earmark.AREA: line.earmark_area,
        Earmark.PLACE: line.earmark_place,
        Earmark.NEED: line.earmark_need,
    }
    if [kind for kind, value in named.items() if value] != [kind for kind in named if kind == line.earmark]:
        yield Problem(_("The earmark names nothing, or too much. Choose one."), place)
        return
    need = line.earmark_need
    area = line.earmark_area or (need.item.area if need else None)
    spot = line.earmark_place or (need.place if need else None)
    if spot and spot.unit_id not in Unit.objects.within([scope.pk], clock.today()):
        yield Problem(
            _("%(place)s does not lie in %(scope)s. Choose another place.") % {"place": spot, "scope": scope},
            place,
        )
    if line.item and area and line.item.area_id != area.pk:
        yield Problem(
            _("“%(item)s” belongs to “%(own)s”, the earmark to “%(area)s”. Change one of them.")
            % {"item": line.item, "own": line.item.area, "area": area},
            place,
        )
    if need and need.closed_at:
        yield Problem(_("The need “%(need)s” is closed. Choose another.") % {"need": need}, place)
    if need and line.item and need.item_id != line.item.pk:
        yield Problem(
            _("The need asks for “%(item)s”. Promise that, or choose another need.") % {"item": need.item},
            place,
        )


def received_line(line: ReceivedLine, pledge: Pledge, place: str) -> Iterator[Problem]:
    if line.pledge_line.pledge_id != pledge.pk:
        yield Problem(
            _("The line belongs to another pledge. Open that pledge’s own receipt form."), f"{place}accepted"
        )
    for value, most, name in (
        (line.accepted, MOST_PIECES, "accepted"),
        (line.refused, MOST_PIECES, "refused"),
        (line.amount, MOST_DONG, "amount"),
        (line.unit_value or 0, MOST_DONG, "unit_value"),
        ((line.accepted + line.refused) * (line.unit_value or 0), MOST_DONG, "unit_value"),
    ):
        if not 0 <= value <= most:
            yield out_of_bounds(value, most, f"{place}{name}")
    if line.refused and not line.refuse_reason.strip():
        yield Problem(
            _("%(refused)s were refused and no reason is given. Say why.")
            % {"refused": grouped(line.refused)},
            f"{place}refuse_reason",
        )
    if line.refuse_reason.strip() and not line.refused:
        yield Problem(_("A reason is given and nothing was refused. Type how many were."), f"{place}refused")
    if line.pledge_line.is_goods and line.amount:
        yield Problem(_("This line is goods: an amount of money belongs to a cash line."), f"{place}amount")
    if not line.pledge_line.is_goods and (line.accepted or line.refused):
        yield Problem(_("This line is cash: type the amount that came."), f"{place}accepted")


def size_of(value: int | None, most: int, place: str, missing: str) -> Iterator[Problem]:
    if not value:
        yield Problem(missing, place)
    elif not 0 < value <= most:
        yield out_of_bounds(value, most, place)


def out_of_bounds(value: int, most: int, place: str) -> Problem:
    return Problem(
        _("%(value)s is not between 0 and %(most)s. Correct the number.")
        % {"value": grouped(value), "most": grouped(most)},
        place,
    )


def day_in_words(day: date) -> str:
    return date_format(day, "SHORT_DATE_FORMAT")
