"""What changed in a donor's entry, its contacts and its capacity: who, when, from what to what.

Read from the tables of former values, so that changes made by an import stand here too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db.models import Model
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from directory.models import User
from donors.models import Donor, DonorCapacity, DonorContact

# Kept for the machine, or the same for good.
UNSAID = {"id", "name_key", "order", "donor", "scope", "registered_by"}
KINDS = {"+": _("entered"), "~": _("changed"), "-": _("taken out")}


@dataclass(frozen=True)
class Change:
    """One save. ``fields``: (name, before, after); empty before: nothing was said."""

    at: datetime
    by: User | None
    what: str | Promise
    kind: str | Promise
    fields: list[tuple[str, str, str]]


def changes_of(donor: Donor, most: int = 50) -> list[Change]:
    """The newest first. Three queries, however many there are."""
    found = [
        *_changes(_("entry"), Donor.history.filter(id=donor.pk), "merged_into"),
        *_changes(_("contact"), DonorContact.history.filter(donor_id=donor.pk)),
        *_changes(_("capacity"), DonorCapacity.history.filter(donor_id=donor.pk), "area", "item"),
    ]
    # Of several at one time the later written comes first.
    return sorted(reversed(found), key=lambda change: change.at, reverse=True)[:most]


def _changes(what: str | Promise, entries: Any, *named: str) -> Iterator[Change]:
    rows = entries.select_related("history_user", *named).order_by("id", "history_id")
    for _pk, saves in groupby(rows, key=lambda row: row.id):
        yield from _of_one_row(what, list(saves))


def _of_one_row(what: str | Promise, saves: list[Any]) -> Iterator[Change]:
    for before, after in zip([None, *saves], saves, strict=False):
        fields = list(_fields(before, after))
        if fields or after.history_type != "~":
            kind = KINDS[after.history_type]
            yield Change(after.history_date, after.history_user, what, kind, fields)


def _fields(before: Any, after: Any) -> Iterator[tuple[str, str, str]]:
    gone = after.history_type == "-"
    for field in after.tracked_fields:
        if field.name in UNSAID:
            continue
        old = "" if before is None else _said(before, field)
        new = "" if gone else _said(after, field)
        if old != new:
            yield str(field.verbose_name), old, new


def _said(row: Any, field: Any) -> str:
    value = getattr(row, field.name)
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, Model):
        return str(value)
    if isinstance(value, int):
        return number_format(value)
    return str(value) if value is not None else ""
