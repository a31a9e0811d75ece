"""Allocate supply to needs, and take allocations back."""

from __future__ import annotations

import uuid

from django.db.models import Sum
from django.utils.translation import gettext as _

from directory import clock, history
from directory.deeds import action
from directory.errors import Forbidden, NotEnough, WrongState
from directory.models import User
from directory.scope import is_difficult
from distributions import ledger
from distributions.claims import covered_by
from distributions.models import Allocation, AllocationBalance, DistributionLine
from distributions.permissions import may_allocate_from, may_allocate_to, may_reverse
from distributions.problems import Problems
from distributions.scope import same_place
from distributions.states import DistributionState
from distributions.wording import holders_of, listed, number, thing
from donors.models import PledgeLine, SupplyBalance, SupplyLine
from needs.models import Need, NeedBalance


@action
def allocate(
    *,
    by: User,
    supply_line: SupplyLine,
    need: Need,
    quantity: int,
    out_of_scope_reason: str = "",
    key: uuid.UUID | None = None,
) -> Allocation:
    """Set ``quantity`` (item's unit) of a supply line aside for a need, promised or in stock alike.

    A place outside the difficult communes needs the coordinating office's reason [plan I].
    Raises ``Forbidden``; ``NotEnough`` (codes ``not_enough_supply``, ``not_enough_need``); ``WrongState``
    (closed need or round); ``Refusal`` (other item, binding earmark, scope, quantity).
    """
    _check_person(by, supply_line, need)
    locked = ledger.lock({supply_line.pk}, {need.pk})
    supply_line = SupplyLine.objects.select_related("item", "pledge_line__pledge").get(pk=supply_line.pk)
    need = _hold(need)
    problems = Problems()
    _check_need_open(problems, need)
    _check_match(problems, supply_line, need)
    _check_scope(problems, need, out_of_scope_reason)
    if quantity <= 0:
        problems.add("quantity", _("Nothing to allocate: enter a quantity of 1 or more."), "quantity")
    _check_supply_left(problems, supply_line, locked.supply[supply_line.pk], quantity)
    _check_need_left(problems, need, locked.needs[need.pk], quantity)
    problems.refuse()
    allocation = Allocation.objects.create(
        supply_line=supply_line,
        need=need,
        quantity=quantity,
        by=by,
        out_of_scope_reason=out_of_scope_reason.strip(),
    )
    ledger.set_aside(allocation, ledger.Deed(by, clock.today()))
    history.record(
        allocation,
        "allocate",
        by=by,
        reason=out_of_scope_reason.strip(),
        quantity=quantity,
        pledge=supply_line.pledge_line.pledge.code,
        place=need.place.full_name,
    )
    return allocation


@action
def reverse_allocation(
    *, by: User, allocation: Allocation, quantity: int, reason: str, key: uuid.UUID | None = None
) -> Allocation:
    """Take ``quantity`` (item's unit) back that is neither sent nor planned; both sides are free again.

    The row stays: a counter-row with the reason is written. Raises ``Forbidden``, ``NotEnough``
    (what is planned is named: cancel that distribution first), ``Refusal`` without a reason.
    """
    if not may_reverse(by, allocation):
        raise Forbidden(_("Only the coordinating office reverses allocations. Ask it, with your reason."))
    locked = ledger.lock_of([allocation]).allocations[allocation.pk]
    problems = Problems()
    if not reason.strip():
        problems.add("reason", _("A reversal needs a reason: say why it is taken back."), "reason")
    if quantity <= 0:
        problems.add("quantity", _("Nothing to reverse: enter a quantity of 1 or more."), "quantity")
    _check_free(problems, allocation, locked, quantity)
    problems.refuse()
    ledger.take_back(allocation, quantity, ledger.Deed(by, clock.today(), reason.strip()))
    history.record(allocation, "reverse", by=by, reason=reason.strip(), quantity=quantity)
    return allocation


def planned_of(allocation_id: int) -> int:
    """How much of an allocation stands in distributions that are planned and not yet sent."""
    lines = DistributionLine.objects.filter(
        allocation_id=allocation_id, distribution__state=DistributionState.PLANNED
    )
    return lines.aggregate(total=Sum("planned"))["total"] or 0


def planned_in(allocation_id: int) -> str:
    """The planned distributions that hold it: “HT-2025-004 (20)”."""
    lines = DistributionLine.objects.filter(
        allocation_id=allocation_id, distribution__state=DistributionState.PLANNED
    ).order_by("pk")
    return listed(
        f"{code} ({number(planned)})" for code, planned in lines.values_list("distribution__code", "planned")
    )


def _hold(need: Need) -> Need:
    """The need as it stands now; a round that is being closed waits for us, or we for it."""
    rows = Need.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("round", "survey", "item__area", "place__unit", "age_band").get(pk=need.pk)


def _check_person(by: User, supply_line: SupplyLine, need: Need) -> None:
    if not (may_allocate_to(by, need) and may_allocate_from(by, supply_line)):
        raise Forbidden(
            _(
                "Only the coordinating office allocates supply to needs, within its own scope. "
                "Ask it to make this allocation."
            )
        )


def _check_need_open(problems: Problems, need: Need) -> None:
    if need.closed_at is not None or not need.round.is_open_for(need.survey.commune_id):
        reason = need.close_reason or _("the round is closed")
        problems.add(
            "need_closed",
            _(
                "The need “%(need)s” of %(round)s is closed (%(reason)s), so nothing can be allocated to it. "
                "Choose a need of an open round."
            )
            % {"need": need, "round": need.round, "reason": reason},
            "need",
            WrongState,
        )


def _check_match(problems: Problems, supply_line: SupplyLine, need: Need) -> None:
    if supply_line.item_id != need.item_id:
        problems.add(
            "other_item",
            _(
                "Pledge %(pledge)s holds %(supply)s, but %(place)s needs %(needed)s. "
                "Choose a supply line of the same item."
            )
            % {
                "pledge": supply_line.pledge_line.pledge.code,
                "supply": thing(supply_line.item),
                "place": need.place.full_name,
                "needed": thing(need.item),
            },
            "supply_line",
        )
    line = supply_line.pledge_line
    if line.earmark_hard and not obeys_earmark(line, need):
        problems.add(
            "earmark",
            _(
                "The donor of pledge %(pledge)s gave this for %(purpose)s only, and %(place)s is outside "
                "of that. Choose another pledge, or agree with the donor first."
            )
            % {"pledge": line.pledge.code, "purpose": earmark_text(line), "place": need.place.full_name},
            "supply_line",
        )


def obeys_earmark(line: PledgeLine, need: Need) -> bool:
    """Whether the need lies within the purpose that the donor named (a commune includes its villages)."""
    if line.earmark == PledgeLine.Earmark.AREA:
        return need.item.area_id == line.earmark_area_id
    if line.earmark == PledgeLine.Earmark.NEED:
        return need.pk == line.earmark_need_id
    place = line.earmark_place
    if line.earmark == PledgeLine.Earmark.PLACE and place is not None:
        whole_commune = place.kind == place.Kind.COMMUNE and place.unit_id == need.place.unit_id
        return whole_commune or same_place(place, need.place)
    return True


def earmark_text(line: PledgeLine) -> str:
    """The purpose in words, "" for none."""
    if line.earmark_place is not None:
        return line.earmark_place.full_name
    return str(line.earmark_area or line.earmark_need or "")


def _check_scope(problems: Problems, need: Need, reason: str) -> None:
    if not reason.strip() and not is_difficult(need.place.unit, clock.today()):
        problems.add(
            "out_of_scope",
            _(
                "%(commune)s is not a specially difficult commune today, and the plan's support is for "
                "those. Enter the reason why it is helped, or choose another need."
            )
            % {"commune": need.place.unit.name},
            "out_of_scope_reason",
        )


def _check_supply_left(
    problems: Problems, supply_line: SupplyLine, balance: SupplyBalance, quantity: int
) -> None:
    if quantity <= balance.unallocated:
        return
    holders = holders_of(supply_line.pk)
    gone = balance.refused + balance.withdrawn + balance.written_off + balance.moved
    if gone:
        away = _("%(quantity)s refused, withdrawn, written off or moved") % {"quantity": number(gone)}
        holders = listed(part for part in (holders, away) if part)
    problems.add(
        "not_enough_supply",
        _(
            "Only %(left)s/%(whole)s %(thing)s are unallocated in pledge %(pledge)s (%(holders)s). "
            "Reduce the quantity or choose another pledge."
        )
        % {
            "left": number(balance.unallocated),
            "whole": number(balance.quantity),
            "thing": thing(supply_line.item),
            "pledge": supply_line.pledge_line.pledge.code,
            "holders": holders or _("nothing allocated yet"),
        },
        "quantity",
        NotEnough,
        left=balance.unallocated,
        whole=balance.quantity,
    )


def _check_need_left(problems: Problems, need: Need, balance: NeedBalance, quantity: int) -> None:
    if quantity <= balance.uncovered:
        return
    problems.add(
        "not_enough_need",
        _(
            "%(place)s still lacks only %(left)s/%(whole)s %(thing)s for %(band)s (%(covered)s). "
            "Reduce the quantity; a greater need takes a new version of the survey."
        )
        % {
            "place": need.place.full_name,
            "left": number(balance.uncovered),
            "whole": number(balance.quantity),
            "thing": thing(need.item),
            "band": need.age_band,
            "covered": covered_by(need) or _("nothing covered yet"),
        },
        "quantity",
        NotEnough,
        need_left=balance.uncovered,
        need_whole=balance.quantity,
    )


def _check_free(
    problems: Problems, allocation: Allocation, balance: AllocationBalance, quantity: int
) -> None:
    planned = planned_of(allocation.pk)
    free = balance.open - planned
    if quantity <= free:
        return
    gone = number(balance.quantity - balance.open)
    facts = [_("%(quantity)s already sent or reversed") % {"quantity": gone}]
    if planned:
        facts.append(_("planned: %(plans)s") % {"plans": planned_in(allocation.pk)})
    problems.add(
        "not_enough_open",
        _(
            "Only %(left)s/%(whole)s of this allocation can be reversed (%(facts)s). Reduce the quantity, "
            "or cancel the planned distribution first."
        )
        % {"left": number(free), "whole": number(balance.quantity), "facts": listed(facts)},
        "quantity",
        NotEnough,
        left=free,
        whole=balance.quantity,
    )
