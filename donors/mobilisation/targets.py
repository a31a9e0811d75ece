"""The lines of a mobilisation plan as somebody types them, and how two versions differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from directory import clock
from directory.errors import Problem
from directory.models import Place, SupportArea, Unit
from donors.checks import out_of_bounds
from donors.models import MobilisationTarget
from donors.numbers import MOST_DONG, MOST_PIECES, grouped
from needs.models import AgeBand, SupportItem

SourceKind = MobilisationTarget.SourceKind
Key = tuple[int, int | None, str, int | None, int | None]


@dataclass(frozen=True)
class PlannedTarget:
    """One line of a plan: for an area, or an item of it, from one kind of source.

    ``children`` are persons, ``quantity`` counts in the item's unit, ``amount`` is whole đồng; None is
    “not said”, which is not 0.
    """

    area: SupportArea
    item: SupportItem | None = None
    source_kind: str = SourceKind.GIFT
    place: Place | None = None
    age_band: AgeBand | None = None
    children: int | None = None
    quantity: int | None = None
    amount: int | None = None
    note: str = ""

    @property
    def key(self) -> Key:
        """What a plan says once."""
        item = self.item.pk if self.item else None
        place = self.place.pk if self.place else None
        return self.area.pk, item, self.source_kind, place, self.age_band.pk if self.age_band else None

    @property
    def what(self) -> str:
        """“Áo ấm, Thôn 1, xã Ia Dom, 3-5 tuổi (Nhà tài trợ)”."""
        place = self.place.full_name if self.place else ""
        band = str(self.age_band) if self.age_band else ""
        named = ", ".join(filter(None, (str(self.item or self.area), place, band)))
        return f"{named} ({self.source_label})"

    @property
    def source_label(self) -> str:
        return str(SourceKind(self.source_kind).label)

    @property
    def figures(self) -> str:
        """“20 trẻ em, 30 chiếc, 4.500.000 đồng”."""
        said = []
        if self.children is not None:
            said.append(_("%(number)s children") % {"number": grouped(self.children)})
        if self.quantity is not None and self.item:
            said.append(f"{grouped(self.quantity)} {self.item.unit}")
        if self.amount is not None:
            said.append(_("%(amount)s đồng") % {"amount": grouped(self.amount)})
        return ", ".join(filter(None, (*said, self.note)))

    @property
    def in_words(self) -> str:
        return f"{self.what}: {self.figures}"


def target_of(row: MobilisationTarget) -> PlannedTarget:
    """A stored line (loaded with ``for_page()``) as it would be typed."""
    return PlannedTarget(
        row.area,
        row.item,
        row.source_kind,
        row.place,
        row.age_band,
        row.children,
        row.quantity,
        row.amount,
        row.note,
    )


@dataclass(frozen=True)
class Difference:
    """A line that was added (no ``before``), taken out (no ``after``) or changed."""

    what: str
    before: str
    after: str


def differences(former: Iterable[PlannedTarget], now: Iterable[PlannedTarget]) -> list[Difference]:
    """Line by line, in the order of the newer plan; what was taken out stands last."""
    old = {target.key: target for target in former}
    new = {target.key: target for target in now}
    found = [
        Difference(target.what, old[key].figures if key in old else "", target.figures)
        for key, target in new.items()
        if key not in old or old[key].figures != target.figures
    ]
    gone = [Difference(target.what, target.figures, "") for key, target in old.items() if key not in new]
    return found + gone


def problems_of_targets(scope: Unit, targets: Sequence[PlannedTarget]) -> Iterator[Problem]:
    """All that is wrong, each at “lines-<row>-<field>”, counted from 0."""
    seen: set[Key] = set()
    units = Unit.objects.within([scope.pk], clock.today()) if any(row.place for row in targets) else set()
    for number, target in enumerate(targets):
        place = f"lines-{number}-"
        if target.key in seen:
            message = _("“%(what)s” stands twice. Add the two lines up.")
            yield Problem(message % {"what": target.what}, f"{place}what")
        seen.add(target.key)
        yield from _sizes(target, place)
        if target.item and target.item.is_retired:
            message = _("“%(item)s” is no longer in use. Choose another.")
            yield Problem(message % {"item": target.item}, f"{place}what")
        if target.place and target.place.unit_id not in units:
            message = _("%(place)s does not lie in %(scope)s. Choose another place.")
            yield Problem(message % {"place": target.place, "scope": scope}, f"{place}place")


def _sizes(target: PlannedTarget, place: str) -> Iterator[Problem]:
    if target.quantity is not None and target.item is None:
        message = _("A quantity is of certain goods. Choose them, or type an amount in đồng.")
        yield Problem(message, f"{place}quantity")
    if target.children is None and target.quantity is None and target.amount is None:
        message = _("The line says no figure. Type children, quantity or đồng; 0 counts as one.")
        yield Problem(message, f"{place}children")
    for name, value, most in (
        ("children", target.children, MOST_PIECES),
        ("quantity", target.quantity, MOST_PIECES),
        ("amount", target.amount, MOST_DONG),
    ):
        if value is not None and not 0 <= value <= most:
            yield out_of_bounds(value, most, f"{place}{name}")
