"""Two entries of the registry that are one donor: what hangs on the one, and what a merge would move.

Apps above register what of theirs hangs on a donor when they start, so that a merge takes it along and says
so, without an import upstairs. A test walks all tables that point to a donor: none may be missing here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directory import history
from directory.errors import WrongState
from donors.models import Donor, DonorCapacity, DonorContact, Pledge

# What the kept entry takes over where it says nothing itself.
TAKEN_OVER = ("tax_code", "phone", "email", "address", "note")


@dataclass(frozen=True)
class Dealing:
    """Rows of ``model`` that hang on a donor by ``field``.

    ``name`` says which row it is. ``stays``: the rows of the first donor that cannot hang on the second,
    by primary key, with the reason; they remain with the merged entry.
    """

    kind: str | Promise
    model: type[Model]
    field: str = "donor"
    name: Callable[[Any], str] = str
    stays: Callable[[Donor, Donor], Mapping[int, str]] = lambda gone, kept: {}

    def rows_of(self, donor: Donor) -> list[Any]:
        return list(self.model._default_manager.filter(**{self.field: donor}).order_by("pk"))


_dealings: list[Dealing] = []


def register(*dealings: Dealing) -> None:
    """Let a merge take the rows along. Registering a table twice changes nothing."""
    known = {(dealing.model, dealing.field) for dealing in _dealings}
    _dealings.extend(dealing for dealing in dealings if (dealing.model, dealing.field) not in known)


def dealings() -> Sequence[Dealing]:
    return tuple(_dealings)


@dataclass(frozen=True)
class Move:
    """The rows of one kind that a merge moves, and those that stay with the merged entry, with the reason."""

    dealing: Dealing
    rows: Sequence[Any]
    stays: Sequence[tuple[Any, str]] = ()

    @property
    def names(self) -> list[str]:
        return [self.dealing.name(row) for row in self.rows]

    @property
    def staying(self) -> list[tuple[str, str]]:
        return [(self.dealing.name(row), why) for row, why in self.stays]

    def __str__(self) -> str:
        """“cam kết: CK-2025-001, CK-2025-007”."""
        return f"{self.dealing.kind}: {', '.join(self.names)}"


@dataclass(frozen=True)
class MergePlan:
    """All that merging ``gone`` into ``kept`` does. Both entries are read with it."""

    gone: Donor
    kept: Donor
    moves: Sequence[Move]
    taken_over: Mapping[str, str] = field(default_factory=dict)

    @property
    def fields_taken_over(self) -> list[tuple[str, str]]:
        return [(_label(name), value) for name, value in self.taken_over.items()]

    @property
    def differing(self) -> list[tuple[str, str, str]]:
        """(field, of the merged entry, of the kept one) where both say something: the kept one's stands."""
        both = ((name, getattr(self.gone, name), getattr(self.kept, name)) for name in TAKEN_OVER)
        return [(_label(name), old, new) for name, old, new in both if old and new and old != new]

    @property
    def moved(self) -> list[Move]:
        return [move for move in self.moves if move.rows]

    @property
    def staying(self) -> list[tuple[str | Promise, str, str]]:
        return [(move.dealing.kind, *row) for move in self.moves for row in move.staying]

    @property
    def seen(self) -> str:
        """A mark of all that the plan says: a form carries it back, so that nobody confirms another."""
        parts = [f"{donor.pk}:{history.version_of(donor)}" for donor in (self.gone, self.kept)]
        for move in self.moves:
            moved, stay = [row.pk for row in move.rows], [row.pk for row, _why in move.stays]
            parts.append(f"{move.dealing.model._meta.label}:{moved}:{stay}")
        return hashlib.sha256("|".join(parts).encode()).hexdigest()[:16]

    def in_words(self) -> str:
        """What was moved and what stays, as the history keeps it."""
        lines = [str(move) for move in self.moved]
        lines += [f"{label}: {value}" for label, value in self.fields_taken_over]
        lines += [
            _("stays with the merged entry: %(kind)s %(name)s") % {"kind": kind, "name": name}
            for kind, name, _why in self.staying
        ]
        return "; ".join(lines)


def merge_plan(gone: Donor, kept: Donor) -> MergePlan:
    """What ``merge_donors`` would do now."""
    empty = [name for name in TAKEN_OVER if getattr(gone, name) and not getattr(kept, name)]
    taken_over = {name: getattr(gone, name) for name in empty}
    return MergePlan(gone, kept, list(_moves(gone, kept)), taken_over)


def _moves(gone: Donor, kept: Donor) -> Iterator[Move]:
    for dealing in _dealings:
        rows, reasons = dealing.rows_of(gone), dealing.stays(gone, kept)
        yield Move(
            dealing,
            [row for row in rows if row.pk not in reasons],
            [(row, reasons[row.pk]) for row in rows if row.pk in reasons],
        )


def _label(name: str) -> str:
    return str(Donor._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


def lock_donor(donor: Donor) -> Donor:
    """The entry as it is now, held until the transaction ends: nobody merges it meanwhile."""
    return Donor.objects.select_for_update(no_key=True, of=("self",)).get(pk=donor.pk)


def refuse_merged(donor: Donor) -> None:
    """Raise ``WrongState`` if the entry was merged into another."""
    if donor.merged_into is not None:
        message = _(
            "The entry “%(donor)s” was merged into “%(kept)s” and is not changed any more. "
            "Open the entry that was kept."
        )
        raise WrongState(message % {"donor": donor, "kept": donor.merged_into}, code="merged")


# What of this room hangs on a donor ---------------------------------------------------------------


def _capacities_twice(gone: Donor, kept: Donor) -> dict[int, str]:
    """A donor says once what it can give of one thing: the kept entry's word stands."""
    mine = {(row.area_id, row.item_id): row for row in kept.capacities.select_related("area", "item")}
    rows = gone.capacities.all()
    why = _("the kept entry says %(capacity)s")
    return {
        row.pk: why % {"capacity": mine[row.area_id, row.item_id].in_words}
        for row in rows
        if (row.area_id, row.item_id) in mine
    }


register(
    Dealing(gettext_lazy("pledges"), Pledge, name=lambda pledge: pledge.code),
    Dealing(gettext_lazy("contacts"), DonorContact),
    Dealing(
        gettext_lazy("capacities"),
        DonorCapacity,
        name=lambda capacity: capacity.in_words,
        stays=_capacities_twice,
    ),
    Dealing(gettext_lazy("entries merged before"), Donor, field="merged_into"),
)
