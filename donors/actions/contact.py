"""Whom to ask at a donor, and what it can give in a year [plan II.2]."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from directory import history
from directory.deeds import action
from directory.errors import Problem, Refusal, Stale
from directory.models import SupportArea, User
from directory.stale import says_both
from donors.checks import out_of_bounds
from donors.merging import lock_donor, refuse_merged
from donors.models import Donor, DonorCapacity, DonorContact
from donors.models.donor import phone_key
from donors.numbers import MOST_DONG, MOST_PIECES
from donors.permissions import demand_donor_change
from needs.models import SupportItem


@dataclass(frozen=True)
class ContactRow:
    """An office of the donor, or a person there, and how to reach it. ``pk``: of the row that it changes."""

    name: str = ""
    office: str = ""
    phone: str = ""
    email: str = ""
    pk: int | None = None


@dataclass(frozen=True)
class CapacityRow:
    """What the donor can give in a year: ``quantity`` of the item; ``amount`` đồng of it, or in the area."""

    area: SupportArea
    item: SupportItem | None = None
    quantity: int | None = None
    amount: int | None = None
    note: str = ""


@action
def set_contacts(*, by: User, donor: Donor, version: int, rows: Sequence[ContactRow]) -> Donor:
    """Put ``rows`` in the place of the donor's contacts, in that order.

    ``version``: ``rows_version`` when they were read. Raises ``Forbidden``; ``WrongState`` once the donor is
    merged; ``Stale`` with both lists; ``Refusal`` naming each wrong row at “lines-<row>-<field>”.
    """
    stored = {row.pk: row for row in _held(by, donor, DonorContact)}
    refuse_problems(problems_of_contacts(rows))
    wanted = [_contact(donor, stored, row, order) for order, row in enumerate(rows)]
    return _replace(by, donor, version, DonorContact, wanted, gettext_noop("set the contacts"), "contacts")


@action
def set_capacities(*, by: User, donor: Donor, version: int, rows: Sequence[CapacityRow]) -> Donor:
    """Put ``rows`` in the place of what the donor is said to give in a year. As ``set_contacts``."""
    stored = {(row.area_id, row.item_id): row for row in _held(by, donor, DonorCapacity)}
    refuse_problems(problems_of_capacities(rows))
    wanted = [_capacity(donor, stored, row) for row in rows]
    return _replace(by, donor, version, DonorCapacity, wanted, gettext_noop("set the capacity"), "capacities")


def rows_version(model: type[DonorContact] | type[DonorCapacity], donor: Donor) -> int:
    """The number of the newest change of a donor's rows, for a form to carry back."""
    entries = model.history.filter(donor_id=donor.pk).order_by("-history_id")
    return entries.values_list("history_id", flat=True).first() or 0


def problems_of_contacts(rows: Iterable[ContactRow]) -> Iterator[Problem]:
    for number, row in enumerate(rows):
        if not (row.name.strip() or row.office.strip()):
            message = _("Neither a name nor an office was typed. Type one, or clear the line.")
            yield Problem(message, f"lines-{number}-office")


def problems_of_capacities(rows: Sequence[CapacityRow]) -> Iterator[Problem]:
    seen: set[tuple[int, int | None]] = set()
    for number, row in enumerate(rows):
        place = f"lines-{number}-"
        key = (row.area.pk, row.item.pk if row.item else None)
        if key in seen:
            yield Problem(_("This stands twice. Keep one of the two lines."), f"{place}what")
        seen.add(key)
        if row.quantity is not None and row.item is None:
            message = _("A quantity is of certain goods. Choose them, or type an amount in đồng.")
            yield Problem(message, f"{place}quantity")
        if row.quantity is None and row.amount is None and not row.note.strip():
            message = _("Neither quantity nor amount was typed. Type one, or say it in the note.")
            yield Problem(message, f"{place}quantity")
        for name, value, most in (("quantity", row.quantity, MOST_PIECES), ("amount", row.amount, MOST_DONG)):
            if value is not None and not 0 <= value <= most:
                yield out_of_bounds(value, most, f"{place}{name}")


def refuse_problems(problems: Iterable[Problem]) -> None:
    if found := list(problems):
        raise Refusal(found, code="invalid_rows")


def _held(by: User, donor: Donor, model: type[Any]) -> list[Any]:
    """The rows as they are; the donor is locked, so that nobody changes them meanwhile."""
    demand_donor_change(by, donor)
    refuse_merged(lock_donor(donor))
    return list(model.objects.filter(donor=donor))


def _contact(donor: Donor, stored: dict[int, DonorContact], row: ContactRow, order: int) -> DonorContact:
    contact = stored.get(row.pk or 0) or DonorContact(donor=donor)
    contact.name, contact.office = " ".join(row.name.split()), " ".join(row.office.split())
    contact.phone, contact.email, contact.order = phone_key(row.phone), row.email, order
    return contact


def _capacity(donor: Donor, stored: dict[Any, DonorCapacity], row: CapacityRow) -> DonorCapacity:
    key = (row.area.pk, row.item.pk if row.item else None)
    capacity = stored.get(key) or DonorCapacity(donor=donor, area=row.area, item=row.item)
    capacity.quantity, capacity.amount, capacity.note = row.quantity, row.amount, row.note.strip()
    return capacity


def _replace(
    by: User, donor: Donor, version: int, model: type[Any], wanted: list[Any], verb: str, name: str
) -> Donor:
    """Write what differs, each row with its history; nothing at all if nothing does."""
    stored = list(model.objects.for_page().filter(donor=donor))
    before, after = _in_words(stored), _in_words(wanted)
    if before == after:
        return donor
    _refuse_stale(model, donor, version, before, after)
    kept = {row.pk for row in wanted}
    former = {row.pk: row.in_words for row in stored}
    for row in stored:
        if row.pk not in kept:
            row._history_user = by
            row.delete()
    for row in wanted:
        if former.get(row.pk) != row.in_words:
            history.save(row, by=by)
    history.record(donor, verb, by=by, before={name: before}, after={name: after})
    return donor


def _in_words(rows: Iterable[Any]) -> str:
    words: Callable[[Any], str] = lambda row: row.in_words  # noqa: E731
    return "; ".join(map(words, rows))


def _refuse_stale(model: type[Any], donor: Donor, version: int, before: str, after: str) -> None:
    newest = rows_version(model, donor)
    if newest == version:
        return
    entry = model.history.filter(donor_id=donor.pk).select_related("history_user").latest("history_id")
    message = says_both(before, after, entry.history_user)
    raise Stale(message, theirs=before, yours=after, version=newest)
