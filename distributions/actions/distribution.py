"""Plan a distribution, send it, or cancel the plan."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _

from directory import clock, history
from directory.codes import next_code
from directory.deeds import action
from directory.errors import Forbidden, NotEnough, Refusal
from directory.models import Agency, Place, SupportArea, User
from directory.prepared import Prepared
from directory.scope import is_difficult
from directory.states import target_of
from distributions import ledger
from distributions.actions.planning import PlannedLine, check_lines, check_whole
from distributions.models import Allocation, Distribution, DistributionLine
from distributions.permissions import may_distribute_for
from distributions.problems import Problems
from distributions.scope import lead_agency_of
from distributions.states import DISTRIBUTION_TRANSITIONS, DistributionState
from distributions.wording import day, number, state_refusal, thing


@action
def plan_distribution(
    *,
    by: User,
    area: SupportArea,
    lead_agency: Agency,
    place: Place,
    planned_on: date,
    lines: Sequence[PlannedLine],
    note: str = "",
    key: uuid.UUID | None = None,
) -> Distribution:
    """The lead agency plans to bring ``lines`` to a place in one support area [plan II.3].

    Raises ``Forbidden`` (not one's own agency, or it does not lead the area there on that day);
    ``NotEnough`` (more than is open of an allocation and in no other plan); ``Refusal`` for lines of
    another area or commune, lines named twice, none at all.
    """
    check_lead(by, lead_agency, area, place, planned_on)
    balances = ledger.lock(allocations={line.allocation.pk for line in lines if line.allocation}).allocations
    problems = Problems()
    in_scope = is_difficult(place.unit, planned_on)
    check_whole(problems, place, planned_on, lines, note, in_scope)
    check_lines(problems, area, place, planned_on, lines, balances)
    problems.refuse()
    distribution = Distribution.objects.create(
        code=next_code("HT", clock.today().year),
        area=area,
        lead_agency=lead_agency,
        place=place,
        planned_on=planned_on,
        in_scope=in_scope,
        planned_by=by,
        note=note.strip(),
    )
    for line in lines:
        create_line(distribution, line)
    history.record(
        distribution, "plan", by=by, to_state=DistributionState.PLANNED, lines=len(lines), reason=note.strip()
    )
    return distribution


@action
def send_distribution(
    *, by: User, distribution: Distribution, sent_on: date | None = None, key: uuid.UUID | None = None
) -> Distribution:
    """The goods leave the stock for the place, on ``sent_on`` (None: today).

    Raises ``NotEnough`` for what is not in stock yet, ``Forbidden`` for others than the lead agency,
    ``WrongState`` unless planned, ``Refusal`` for a day that has not come.
    """
    sent_on = sent_on or clock.today()
    distribution = locked(distribution)
    _check_own(by, distribution)
    target = _target("send", distribution)
    lines = goods_of(distribution)
    allocations = [line.allocation for line in lines if line.allocation]
    balances = ledger.lock_of(allocations)
    problems = Problems()
    _check_sending_day(problems, sent_on)
    _check_stock(problems, lines, balances)
    problems.refuse()
    for line in lines:
        ledger.send_out(line, ledger.Deed(by, sent_on))
        line.unit_value = line.allocation.supply_line.unit_value  # type: ignore[union-attr]
        line.save(update_fields=["unit_value"])
    source, distribution.state = distribution.state, target
    distribution.sent_by, distribution.sent_at, distribution.sent_on = by, clock.now(), sent_on
    distribution.save(update_fields=["state", "sent_by", "sent_at", "sent_on"])
    history.record(distribution, "send", by=by, from_state=source, to_state=target)
    return distribution


@action
def call_back_distribution(
    *, by: User, distribution: Distribution, reason: str, key: uuid.UUID | None = None
) -> Distribution:
    """Sent by mistake, and not confirmed yet: the goods are in the stock again, their allocation stays.

    By counter-rows of today; the distribution is given up, and its goods may be planned anew. Raises
    ``Forbidden`` for others than the lead agency, ``WrongState`` unless sent, ``Refusal`` without a reason.
    """
    distribution = locked(distribution)
    _check_own(by, distribution)
    target = _target("call back", distribution)
    if not reason.strip():
        raise Refusal(_("Calling back needs a reason: the commune reads why nothing comes."), place="reason")
    lines = goods_of(distribution)
    ledger.lock_of([line.allocation for line in lines if line.allocation])
    for line in lines:
        ledger.call_back(line, ledger.Deed(by, clock.today(), reason.strip()))
    source, distribution.state = distribution.state, target
    distribution.save(update_fields=["state"])
    history.record(
        distribution, "call back", by=by, from_state=source, to_state=target, reason=reason.strip()
    )
    return distribution


@action
def cancel_distribution(
    *, by: User, distribution: Distribution, reason: str, key: uuid.UUID | None = None
) -> Distribution:
    """Give up a plan: what its lines held of the allocations is free for other plans.

    Raises ``Forbidden``, ``WrongState`` unless planned, ``Refusal`` without a reason.
    """
    distribution = locked(distribution)
    _check_own(by, distribution)
    target = _target("cancel", distribution)
    if not reason.strip():
        raise Refusal(_("Cancelling needs a reason: say why it does not take place."), place="reason")
    source, distribution.state = distribution.state, target
    distribution.save(update_fields=["state"])
    history.record(distribution, "cancel", by=by, from_state=source, to_state=target, reason=reason.strip())
    return distribution


def locked(distribution: Distribution) -> Distribution:
    """The row as it stands now, held until the transaction ends: before any balance."""
    (row,) = LOCKED.ask(pk=distribution.pk)
    return row


def line_of_now(line: DistributionLine) -> DistributionLine:
    """The line with all its names as they stand now."""
    (row,) = LINE.ask(pk=line.pk)
    return row


# A dozen tables each: planned anew every time that took PostgreSQL longer than all that a deed writes.
LOCKED = Prepared[Distribution](
    lambda pk: (
        Distribution.objects.select_for_update(of=("self",), no_key=True)
        .select_related("place__unit", "area", "lead_agency", "sent_by", "confirmed_by")
        .filter(pk=pk)
    )
)
LINE = Prepared[DistributionLine](
    lambda pk: DistributionLine.objects.with_names().prefetch_related(None).filter(pk=pk)
)


def goods_of(distribution: Distribution) -> list[DistributionLine]:
    """The lines that move goods, in the order of their allocations."""
    lines = distribution.lines.filter(allocation__isnull=False).order_by("allocation_id")
    return list(
        lines.select_related(
            "allocation__supply_line__pledge_line__pledge", "allocation__need__item", "distribution"
        )
    )


def _target(verb: str, distribution: Distribution) -> str:
    deed = {"send": _("be sent"), "cancel": _("be cancelled"), "call back": _("be called back")}[verb]
    return target_of(DISTRIBUTION_TRANSITIONS, verb, distribution.state, state_refusal(distribution, deed))


def _check_own(by: User, distribution: Distribution) -> None:
    if not may_distribute_for(by, distribution.lead_agency):
        raise Forbidden(
            _("%(code)s is led by %(agency)s: only its officers send, call back or cancel it. Ask them.")
            % {"code": distribution.code, "agency": distribution.lead_agency}
        )


def check_lead(by: User, agency: Agency, area: SupportArea, place: Place, planned_on: date) -> None:
    lead = lead_agency_of(area, place.unit, planned_on)
    if lead is None or lead.pk != agency.pk:
        raise Forbidden(
            _(
                "On %(day)s %(agency)s does not lead “%(area)s” in %(commune)s; %(lead)s does. "
                "Choose an area that your agency leads."
            )
            % {
                "day": day(planned_on),
                "agency": agency,
                "area": area,
                "commune": place.unit.name,
                "lead": lead or _("no agency"),
            }
        )
    if not may_distribute_for(by, agency):
        raise Forbidden(
            _("Only officers of %(agency)s plan its distributions. Ask them to plan this one.")
            % {"agency": agency}
        )


def create_line(distribution: Distribution, line: PlannedLine) -> DistributionLine:
    return DistributionLine.objects.create(
        distribution=distribution,
        allocation=line.allocation,
        service=line.service,
        funding_source=line.funding_source if line.service else None,
        planned=line.planned,
        unit_value=line.worth_in(distribution.planned_on.year),
    )


def _check_sending_day(problems: Problems, sent_on: date) -> None:
    if sent_on > clock.today():
        problems.add(
            "future",
            _("%(day)s has not come yet. Enter the day on which the goods really left.")
            % {"day": day(sent_on)},
            "sent_on",
        )


def _check_stock(problems: Problems, lines: list[DistributionLine], balances: ledger.Locked) -> None:
    left = {pk: balance.in_stock for pk, balance in balances.supply.items()}
    for line in lines:
        allocation = line.allocation
        if allocation is None:
            continue
        supply = balances.supply[allocation.supply_line_id]
        if line.planned > left[supply.pk]:
            _add_not_in_stock(problems, line, allocation, left[supply.pk], supply.to_come)
        left[supply.pk] = max(left[supply.pk] - line.planned, 0)


def _add_not_in_stock(
    problems: Problems, line: DistributionLine, allocation: Allocation, in_stock: int, to_come: int
) -> None:
    pledge = allocation.supply_line.pledge_line.pledge
    problems.add(
        "not_in_stock",
        _(
            "Only %(left)s/%(planned)s %(thing)s of pledge %(pledge)s are in stock (%(to_come)s still to "
            "come from %(giver)s). Record their receipt first, or cancel this plan and plan fewer."
        )
        % {
            "left": number(in_stock),
            "planned": number(line.planned),
            "thing": thing(allocation.need.item),
            "pledge": pledge.code,
            "to_come": number(to_come),
            "giver": pledge.giver,
        },
        f"line-{line.pk}",
        NotEnough,
        left=in_stock,
        whole=line.planned,
    )
