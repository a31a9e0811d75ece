"""Administrative units: entered, and merged into others with all that goes on under the new name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from directory import clock, history
from directory.actions.register import save_row
from directory.dated import Dated, day_before
from directory.deeds import action
from directory.errors import Problem, Refusal
from directory.models import AreaStatus, CoordinationScope, LeadArea, Place, Succession, Unit, User
from directory.permissions import demand_directory


@action
def merge_units(
    *,
    by: User,
    predecessors: list[Unit],
    into: Unit,
    on: date,
    legal_basis: str,
    place_names: Mapping[int, str] | None = None,
) -> Unit:
    """End ``predecessors`` the day before ``on`` and let ``into`` (new or existing) go on from there.

    A new unit is given unsaved, since it may take over the code of one that ends.

    One predecessor is a new name, code or superior; several are a merger; a district that ends goes into
    its province. Villages and schools of communes go on in ``into`` (``place_names``: new names by id, for
    two “Thôn 1” that meet), the coordination of a unit and its lead areas too; the difficult-commune status
    only of a sole predecessor, for a merged commune the next decision says it anew.

    Raises ``Forbidden``; ``Refusal`` naming each unit, place or status that stands in the way.
    """
    demand_directory(by)
    locked = Unit.objects.select_for_update(no_key=True).filter(pk__in=[unit.pk for unit in predecessors])
    ending = list(locked.order_by("pk"))
    problems = [
        *_problems_of_units(ending, into, on),
        *_problems_of_places(ending, into, on, place_names or {}),
    ]
    if problems:
        raise Refusal(problems, code="invalid_merger")
    for unit in ending:
        _end(unit, on, by)
    if into.pk is None:
        save_row(into, by=by)
        history.record(into, "enter in the register", by=by, reason=legal_basis)
    for unit in ending:
        _hand_on(unit, into, on, by, continues_status=len(ending) == 1, place_names=place_names or {})
        history.record(unit, "end unit", by=by, reason=legal_basis, into=into.name, on=on.isoformat())
    _open_place_of_commune(into, on, by)
    names = ", ".join(unit.name for unit in ending)
    history.record(into, "merge units", by=by, reason=legal_basis, predecessors=names, on=on.isoformat())
    return into


def hand_over(rows: Iterable[Dated], on: date, by: User, **changes: object) -> list[Dated]:
    """End each row the day before ``on`` and go on in a new one with ``changes``. Returns those that go on.

    A row that begins on that day or later is changed itself. All end before the first goes on, so that no
    half of them stands in the way of the other.
    """
    going_on = [_ended_copy(row, on, by) for row in rows]
    for row in going_on:
        for name, value in changes.items():
            setattr(row, name, value)
        save_row(row, by=by)
    return going_on


def _ended_copy(row: Dated, on: date, by: User) -> Dated:
    if row.valid_from >= on:
        return row
    copy = type(row)()
    for field in row._meta.concrete_fields:
        if not field.primary_key:
            setattr(copy, field.attname, getattr(row, field.attname))
    copy.valid_from = on
    _end(row, on, by)
    return copy


def _end(row: Dated, on: date, by: User) -> None:
    if row.valid_from >= on:
        message = _("“%(row)s” begins on %(from)s, when this ends. Correct or end that row first.")
        raise Refusal(message % {"row": row, "from": _shown(row.valid_from)}, code="begins_later")
    row.valid_to = day_before(on)
    history.save(row, by=by)


def _hand_on(
    unit: Unit, into: Unit, on: date, by: User, *, continues_status: bool, place_names: Mapping[int, str]
) -> None:
    """Move what goes on in ``into`` and end the rest."""
    hand_over(CoordinationScope.objects.filter(unit=unit).overlapping(on, None), on, by, unit=into)
    hand_over(LeadArea.objects.filter(scope=unit).overlapping(on, None), on, by, scope=into)
    statuses = AreaStatus.objects.filter(unit=unit).overlapping(on, None)
    if continues_status and into.level == unit.level:
        hand_over(statuses, on, by, unit=into)
    else:
        for status in statuses:
            _end(status, on, by)
    _hand_on_places(unit, into, on, by, place_names)
    Succession.objects.create(predecessor=unit, successor=into, on=on)


def _hand_on_places(unit: Unit, into: Unit, on: date, by: User, place_names: Mapping[int, str]) -> None:
    """Villages first: a school goes on in the village that continues the one it lay in."""
    going_on: dict[int | None, Dated] = {}
    for place in sorted(_places_from(unit, on), key=lambda place: place.is_school):
        if place.kind == Place.Kind.COMMUNE:
            _end(place, on, by)
            continue
        before = place if place.valid_from < on else place.continues
        changes = {
            "unit": into,
            "name": place_names.get(place.pk, place.name),
            "continues": before,
            # A village that ended before has no successor: where the school lies now, nobody has said.
            "lies_in": going_on.get(place.lies_in_id),
        }
        (going_on[place.pk],) = hand_over([place], on, by, **changes)


def _places_from(unit: Unit, on: date) -> list[Place]:
    if unit.pk is None:
        return []
    return list(Place.objects.filter(unit=unit).overlapping(on, None).order_by("pk"))


def _shown(day: date) -> str:
    return date_format(day, "SHORT_DATE_FORMAT")


def _open_place_of_commune(into: Unit, on: date, by: User) -> None:
    """Every commune is a place as a whole."""
    if into.level != Unit.Level.COMMUNE:
        return
    if not Place.objects.filter(unit=into, kind=Place.Kind.COMMUNE).on(on).exists():
        save_row(Place(unit=into, kind=Place.Kind.COMMUNE, name=into.name, valid_from=on), by=by)


def _problems_of_units(ending: list[Unit], into: Unit, on: date) -> list[Problem]:
    problems = []
    if on > clock.today():
        # Accounts and duties move with the deed itself, so it is entered when its day has come.
        message = _("A merger is entered on its day or later, not before %(day)s.")
        problems.append(Problem(message % {"day": _shown(on)}, "on"))
    if not ending:
        problems.append(Problem(_("No unit was chosen that ends. Choose at least one."), "predecessors"))
    for unit in ending:
        if unit.valid_from >= on or not unit.is_valid_on(day_before(on)) or unit.valid_to is not None:
            message = _("%(unit)s does not exist up to that day, so it cannot end on it. Choose another day.")
            problems.append(Problem(message % {"unit": unit}, "predecessors"))
    if into in ending or not into.is_valid_on(on):
        message = _("%(unit)s does not exist from that day on. Enter it first, with that day as its first.")
        problems.append(Problem(message % {"unit": into}, "into"))
    return problems


def _problems_of_places(
    ending: list[Unit], into: Unit, on: date, place_names: Mapping[int, str]
) -> list[Problem]:
    """Two places of the same kind and name would stand in one commune: each pair is named."""
    taken = {(place.kind, place.name): place for place in _places_from(into, on)}
    problems = []
    for unit in ending:
        for place in _places_from(unit, on):
            if place.kind == Place.Kind.COMMUNE:
                continue
            name = place_names.get(place.pk, place.name)
            other = taken.setdefault((place.kind, name), place)
            if other is not place:
                message = _(
                    "%(one)s and %(other)s would both be called “%(name)s”. Give one of them a new name."
                )
                facts = {"one": place.full_name, "other": other.full_name, "name": name}
                problems.append(Problem(message % facts, "place_names"))
    return problems
