"""An item's size table: what share of an age band's children wears which size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from directory import history
from directory.actions.register import save_row
from directory.deeds import action
from directory.errors import Problem, Refusal, Stale
from directory.models import User
from directory.stale import says_both
from needs.actions.catalogue import demand_catalogue, locked_item
from needs.models import AgeBand, ItemSize, SupportItem

WHOLE = 100
LABEL_LENGTH = 20

Group = tuple[int, str]


@dataclass(frozen=True)
class SizeRow:
    """``percent`` of the children of a band, and of one sex for items by sex, wear the size ``label``."""

    age_band: AgeBand
    label: str
    percent: int
    sex: str = ItemSize.Sex.ALL


@action
def set_sizes(*, by: User, item: SupportItem, rows: Sequence[SizeRow], version: int) -> SupportItem:
    """Put ``rows`` in the place of the size table, in that order. No rows: the item has no sizes.

    ``version``: ``sizes_version`` when the table was read. Per cent over a band and sex add up to 100.
    Raises ``Forbidden``; ``Stale`` with both tables; ``Refusal`` naming each wrong row at
    “lines-<row>-<field>”, counted from 0.
    """
    demand_catalogue(by)
    item = locked_item(item)
    rows = [SizeRow(row.age_band, " ".join(row.label.split()), row.percent, row.sex) for row in rows]
    if problems := list(problems_of_sizes(item, rows)):
        raise Refusal(problems, code="invalid_sizes")
    stored = list(item.sizes.select_related("age_band").order_by("order", "pk"))
    before, after = in_words(stored), in_words(rows)
    if before == after:
        return item
    _refuse_stale(item, version, before, after)
    _write(item, stored, rows, by)
    history.record(item, "set sizes", by=by, before={"sizes": before}, after={"sizes": after})
    return item


def sizes_version(item: SupportItem) -> int:
    """The number of the newest change of the table, for a form to carry back."""
    entries = ItemSize.history.filter(item_id=item.pk).order_by("-history_id")
    return entries.values_list("history_id", flat=True).first() or 0


def in_words(rows: Sequence[ItemSize] | Sequence[SizeRow]) -> str:
    """“3-5 Gái: 100 40 %, 110 60 %; …”, in the order given."""
    groups: dict[str, list[str]] = {}
    for row in rows:
        name = f"{row.age_band.heading} {ItemSize.Sex(row.sex).label if row.sex else ''}".strip()
        groups.setdefault(name, []).append(f"{row.label} {row.percent} %")
    return "; ".join(f"{name}: {', '.join(sizes)}" for name, sizes in groups.items())


def problems_of_sizes(item: SupportItem, rows: Sequence[SizeRow]) -> Iterator[Problem]:
    """What is wrong with a table, each at its row; also asked by the form while lines are incomplete."""
    if rows and item.kind != SupportItem.Kind.GOODS:
        yield Problem(_("“%(item)s” is a service and has no sizes. Clear the table.") % {"item": item})
    bands = {band.pk for band in item.age_bands.all()}
    seen: set[tuple[int, str, str]] = set()
    for number, row in enumerate(rows):
        yield from _problems_of_row(item, bands, row, f"lines-{number}-")
        key = (row.age_band.pk, row.sex, row.label.casefold())
        if row.label and key in seen:
            message = _("The size “%(label)s” stands twice in this band. Keep one of the two lines.")
            yield Problem(message % {"label": row.label}, f"lines-{number}-label")
        seen.add(key)
    yield from _sums(rows)


def _problems_of_row(item: SupportItem, bands: set[int], row: SizeRow, place: str) -> Iterator[Problem]:
    if row.age_band.pk not in bands:
        message = _("“%(item)s” is not for %(band)s. Choose one of its age bands.")
        yield Problem(message % {"item": item, "band": row.age_band}, f"{place}age_band")
    if row.sex not in ItemSize.Sex.values or (row.sex and not item.by_sex):
        message = _("“%(item)s” is not asked for by sex. Choose “All”.")
        yield Problem(message % {"item": item}, f"{place}sex")
    if not row.label:
        yield Problem(_("The size has no name. Type it, for example 110 or M."), f"{place}label")
    if len(row.label) > LABEL_LENGTH:
        yield Problem(_("The name of a size has at most 20 letters. Shorten it."), f"{place}label")
    if not 1 <= row.percent <= WHOLE:
        yield Problem(_("A share is 1 to 100 per cent. Correct it, or clear the line."), f"{place}percent")


def _sums(rows: Sequence[SizeRow]) -> Iterator[Problem]:
    """Each band and sex makes a whole; the problem stands at its last line."""
    sums: dict[Group, int] = {}
    last: dict[Group, int] = {}
    for number, row in enumerate(rows):
        group = (row.age_band.pk, row.sex)
        sums[group] = sums.get(group, 0) + row.percent
        last[group] = number
    for group, total in sums.items():
        if total != WHOLE:
            message = _(
                "The sizes of %(group)s add up to %(total)s per cent, not to 100. Correct the shares or "
                "add what is missing."
            )
            row = rows[last[group]]
            name = f"{row.age_band}, {ItemSize.Sex(row.sex).label}" if row.sex else str(row.age_band)
            yield Problem(message % {"group": name, "total": total}, f"lines-{last[group]}-percent")


def _refuse_stale(item: SupportItem, version: int, before: str, after: str) -> None:
    newest = sizes_version(item)
    if newest == version:
        return
    entry = ItemSize.history.filter(item_id=item.pk).select_related("history_user").latest("history_id")
    message = says_both(before, after, entry.history_user)
    raise Stale(message, theirs={"sizes": before}, yours={"sizes": after}, version=newest)


def _write(item: SupportItem, stored: Sequence[ItemSize], rows: Sequence[SizeRow], by: User) -> None:
    wanted = {(row.age_band.pk, row.sex, row.label) for row in rows}
    kept = {(size.age_band_id, size.sex, size.label): size for size in stored}
    for key, size in kept.items():
        if key not in wanted:
            size._history_user = by  # type: ignore[attr-defined]
            size.delete()
    for order, row in enumerate(rows, start=1):
        new = ItemSize(item=item, age_band=row.age_band, sex=row.sex, label=row.label)
        size = kept.get((row.age_band.pk, row.sex, row.label), new)
        if (size.percent, size.order) != (row.percent, order):
            size.percent, size.order = row.percent, order
            save_row(size, by=by)
