"""Lists of rows that hold for a time: no two about the same may hold on one day, in whatever order."""

from __future__ import annotations

from abc import abstractmethod
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from directory.actions.register_list import lock_rows
from directory.dated import Dated
from documents.imports.importer import Progress
from documents.imports.plan import Fate, Plan, PlannedRow
from documents.imports.register import RegisterImporter, Values, heard, refuse_repeated, refusing_overlaps
from documents.imports.table import TypedRow


@dataclass
class Draft:
    """A row of the file. ``meant``: as it would be stored, not saved; None: it cannot be said what it means.

    ``stored``: what it changes; None: it is new. ``refers``: the drafts that ``meant`` points at, by field.
    """

    row: TypedRow
    label: str
    stored: Any = None
    meant: Any = None
    refers: dict[str, Draft] = field(default_factory=dict)

    @property
    def stands(self) -> bool:
        return self.meant is not None and not self.row.problems


class DatedImporter(RegisterImporter):
    """``links``: the fields that point at other rows, by id or by the line that adds them.

    ``waves``: a row points at none but those of an earlier wave, which are saved first.
    """

    model: ClassVar[type[Any]]
    links: ClassVar[tuple[str, ...]]
    waves: ClassVar[int]

    @abstractmethod
    def stored(self) -> QuerySet[Any]:
        """The rows within reach, in the order of the list, with what they point at."""

    @abstractmethod
    def describe(self, row: Any) -> Values:
        """A stored row as the values of the columns."""

    @abstractmethod
    def draft(self, row: TypedRow, known: Sequence[Any]) -> Draft:
        """What a row means by itself; what is wrong with it is in ``row.problems``."""

    @abstractmethod
    def connect(self, drafts: Sequence[Draft], known: Sequence[Any]) -> None:
        """Point the drafts at each other and at what is known; refuse those that cannot be."""

    @abstractmethod
    def assign(self, row: Any, values: Values) -> None:
        """Write the values of a file into a row of the register, but for what it points at."""

    @abstractmethod
    def wave_of(self, row: Any) -> int: ...

    @abstractmethod
    def write(self, added: Sequence[Any], changed: Sequence[Any]) -> None:
        """Save by the room's action, with history."""

    def listed(self) -> Iterable[Values]:
        return (self.describe(row) for row in self.stored())

    # What the rows would do --------------------------------------------------------------------
    def plan_rows(self, rows: Sequence[TypedRow], progress: Progress) -> list[PlannedRow]:
        known = list(self.stored())
        drafts = [self.draft(row, known) for row in heard(rows, progress)]
        self._refuse_twice(drafts)
        self.connect(drafts, known)
        for draft in drafts:
            self._refuse_by_itself(draft)
        while self._refuse_together(drafts, known):
            pass  # a row that is refused changes nothing, so others may not fit any more
        return [self._planned(draft) for draft in drafts]

    def _refuse_twice(self, drafts: Sequence[Draft]) -> None:
        seen: dict[int, int] = {}
        for draft in drafts:
            if draft.stored is not None:
                refuse_repeated(draft.row, draft.stored.pk, seen)

    @staticmethod
    def _refuse_by_itself(draft: Draft) -> None:
        if not draft.stands:
            return
        try:
            draft.meant.clean_alone()
        except ValidationError as error:
            for name, messages in error.message_dict.items():
                for message in messages:
                    draft.row.refuse(message, name)

    def _refuse_together(self, drafts: Sequence[Draft], known: Sequence[Any]) -> bool:
        """Whether one more row was refused over what the others leave standing."""
        changed = {draft.stored.pk for draft in drafts if draft.stands and draft.stored is not None}
        register: dict[tuple[Any, ...], list[Dated]] = defaultdict(list)
        for row in known:
            if row.pk not in changed:
                register[_identity(row)].append(row)
        refused = False
        for draft in drafts:
            if not draft.stands:
                continue
            refused |= self._refuse_one(draft, register[_identity(draft.meant)])
        return refused

    @staticmethod
    def _refuse_one(draft: Draft, others: list[Dated]) -> bool:
        lost = next((each for each in draft.refers.values() if not each.stands), None)
        other = next((each for each in others if draft.meant.meets(each)), None)
        if lost is not None:
            message = _(
                "It belongs to “%(other)s” in line %(line)s, which is refused. Correct that line first."
            )
            draft.row.refuse(message % {"other": lost.label, "line": lost.row.number})
        elif other is not None:
            draft.row.refuse(draft.meant.overlap_with(other).messages[0], "valid_from")
        else:
            others.append(draft.meant)
            return False
        return True

    def _planned(self, draft: Draft) -> PlannedRow:
        stored = None if draft.stored is None else self.describe(draft.stored)
        return self.decide(draft.row, draft.label, stored, self._key(draft) if draft.stands else None)

    def _key(self, draft: Draft) -> dict[str, Any]:
        """How saving finds the row and what it points at: by id, or by the line that adds it."""
        links = {
            name: {"line": draft.refers[name].row.number}
            if name in draft.refers
            else {"pk": getattr(draft.meant, f"{name}_id")}
            for name in self.links
        }
        stored = draft.stored.pk if draft.stored is not None else None
        return {"pk": stored, "wave": self.wave_of(draft.meant), "links": links}

    # Saving ------------------------------------------------------------------------------------
    def save(self, plan: Plan) -> dict[str, object]:
        pks = [row.data["key"]["pk"] for row in plan.to_save if row.fate is Fate.CHANGED]
        stored = lock_rows(self.model, pks, self.links)
        by_line: dict[int, Any] = {}
        with refusing_overlaps():
            for wave in range(self.waves):
                rows = [row for row in plan.to_save if row.data["key"]["wave"] == wave]
                self._save_wave(rows, stored, by_line)
        return {}

    def _save_wave(self, rows: Sequence[PlannedRow], stored: dict[int, Any], by_line: dict[int, Any]) -> None:
        """What ends on a day is written before what begins after it."""
        added, changed = [], []
        for planned in rows:
            if planned.fate is Fate.CHANGED:
                row = stored[planned.data["key"]["pk"]]
                self.refuse_moved(planned, self.describe(row))
                changed.append(row)
            else:
                row = self.model()
                added.append(row)
            self.assign(row, self.values_of(planned))
            for name, link in planned.data["key"]["links"].items():
                setattr(row, name + "_id", by_line[link["line"]].pk if "line" in link else link["pk"])
            by_line[planned.number] = row
        self.write(added, changed)


def _identity(row: Dated) -> tuple[Any, ...]:
    return tuple(row.serializable_value(name) for name in row.IDENTITY)
