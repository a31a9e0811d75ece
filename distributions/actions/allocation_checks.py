"""What may be allocated to what: each check adds what is wrong to the problems, in words."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from directory.errors import Forbidden, NotEnough, WrongState
from directory.models import User
from distributions.actions.allocation_sides import Sides, Wanted
from distributions.claims import covered_by
from distributions.models import Allocation
from distributions.models.allocation import AllocationQuerySet
from distributions.overlap import Service, in_words
from distributions.permissions import may_allocate_from, may_allocate_to
from distributions.problems import Problems
from distributions.scope import same_place
from distributions.wording import holders_of, listed, number, taken_meanwhile, thing
from donors.models import PledgeLine, SupplyLine
from needs.models import Need


def check_person(by: User, supply_line: SupplyLine, need: Need) -> None:
    if not (may_allocate_to(by, need) and may_allocate_from(by, supply_line)):
        raise Forbidden(
            _(
                "Only the coordinating office allocates supply to needs, within its own scope. "
                "Ask it to make this allocation."
            )
        )


def check_allowed(problems: Problems, sides: Sides, wanted: Wanted, out_of_scope_reason: str) -> None:
    """That it may go there at all, whatever is left."""
    _check_need_open(problems, wanted.need)
    _check_match(problems, wanted.supply_line, wanted.need)
    _check_scope(problems, sides, wanted.need, out_of_scope_reason)
    if wanted.quantity <= 0:
        problems.add("quantity", _("Nothing to allocate: enter a quantity of 1 or more."), "quantity")


def check_overlap(problems: Problems, wanted: Wanted, others: Sequence[Service], reason: str) -> None:
    if others and not reason.strip():
        problems.add(
            "overlap",
            _(
                "%(place)s already gets %(thing)s for %(band)s this year from elsewhere (%(others)s). "
                "Choose another need, or enter the reason why it gets some from here too."
            )
            % {
                "place": wanted.need.place.full_name,
                "thing": thing(wanted.need.item),
                "band": wanted.need.age_band,
                "others": in_words(others),
            },
            "overlap_reason",
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


def _check_scope(problems: Problems, sides: Sides, need: Need, reason: str) -> None:
    if not reason.strip() and need.place.unit_id not in sides.difficult:
        problems.add(
            "out_of_scope",
            _(
                "%(commune)s is not a specially difficult commune today, and the plan's support is for "
                "those. Enter the reason why it is helped, or choose another need."
            )
            % {"commune": need.place.unit.name},
            "out_of_scope_reason",
        )


def check_supply_left(
    problems: Problems, supply_line: SupplyLine, quantity: int, by: User | None = None
) -> None:
    """``by``: who allocates by hand is told if a colleague was faster."""
    balance = supply_line.balance
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
        }
        + _meanwhile(Allocation.objects.filter(supply_line=supply_line), by),
        "quantity",
        NotEnough,
        left=balance.unallocated,
        whole=balance.quantity,
    )


def check_need_left(problems: Problems, need: Need, quantity: int, by: User | None = None) -> None:
    """``by``: who allocates by hand is told if a colleague was faster."""
    balance = need.balance
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
        }
        + _meanwhile(Allocation.objects.filter(need=need), by),
        "quantity",
        NotEnough,
        need_left=balance.uncovered,
        need_whole=balance.quantity,
    )


def _meanwhile(allocations: AllocationQuerySet, by: User | None) -> str:
    """One sentence more: “ Trần A allocated 430 of these at 14:05 today.”"""
    told = taken_meanwhile(allocations, by) if by else ""
    return f" {told}" if told else ""
