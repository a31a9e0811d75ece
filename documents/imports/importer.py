"""One kind of workbook: what its rows mean, what they would change, how they are saved.

Each room registers its own (``register`` in ``apps.py``); upload, preview, confirmation and the way back of
errors are the same for all of them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import ClassVar

from django.db.models import Model
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from directory.errors import Forbidden
from directory.models import User
from directory.roles import Permission
from documents.imports.plan import Change, Plan, PlannedRow
from documents.reading import Book
from documents.spreadsheet import Sheet

# Called with the number of rows checked so far and of all.
Progress = Callable[[int, int], None]


def unheard(done: int, total: int) -> None:
    """Progress that nobody follows."""


class Importer(ABC):
    """Made for one user, and for one subject if its kind has one (a survey).

    ``order``: where its kind stands in the list of kinds.
    """

    kind: ClassVar[str]
    title: ClassVar[str | Promise]
    purpose: ClassVar[str | Promise]
    permission: ClassVar[Permission]
    order: ClassVar[int] = 100
    has_subject: ClassVar[bool] = False
    # A page shows the class itself in the list of kinds.
    do_not_call_in_templates: ClassVar[bool] = True

    def __init__(self, user: User, subject: Model | None = None) -> None:
        self.user, self.subject = user, subject

    def refuse_unless_allowed(self) -> None:
        """Raises ``Forbidden`` or ``WrongState``. Asked at the upload and again at the confirmation."""
        if not self.user.may(self.permission):
            raise Forbidden(_("You may not upload this kind of workbook. Ask the coordinating office."))

    @abstractmethod
    def plan(self, book: Book, progress: Progress = unheard) -> Plan:
        """What the book would do; reads only, all rows in one pass. Raises ``Refusal`` for the whole book."""

    def changes_of(self, row: PlannedRow) -> list[Change]:
        """What a row says or changes, as the preview shows it. Asked for the rows of one page only."""
        return row.changes

    def stamp(self) -> str:
        """Changes whenever something changes that ``plan`` compares with; empty: nobody can tell cheaply."""
        return ""

    @abstractmethod
    def save(self, plan: Plan) -> dict[str, object]:
        """Write the rows to be saved, with their history, within the action that calls it.

        Returns what the import should remember (``details``). Raises ``Refusal``: then nothing is saved.
        """

    def errors_stamp(self, book: Book, plan: Plan) -> dict[str, str]:
        """What the workbook with errors says of itself: it came with the stamp of ``book``."""
        return book.stamp

    @abstractmethod
    def done_url(self) -> str:
        """Where to look at what was saved."""

    @classmethod
    def has_template(cls) -> bool:
        return cls.template is not Importer.template

    @classmethod
    def has_export(cls) -> bool:
        return cls.export is not Importer.export

    def upload_url(self) -> str:
        """Where another file of the kind is uploaded; a kind with a subject says so itself."""
        return "" if self.has_subject else reverse("import_upload", args=[self.kind])

    def template(self) -> bytes | None:
        """A workbook to fill in, as XLSX; None if its kind has none without more to choose."""
        return None

    def export(self) -> Sheet | None:
        """What is stored, under the same headings; None if there is nothing to take out."""
        return None


_kinds: dict[str, type[Importer]] = {}


def register(*importers: type[Importer]) -> None:
    for importer in importers:
        _kinds[importer.kind] = importer


def importer_of(kind: str) -> type[Importer] | None:
    return _kinds.get(kind)


def kinds_for(user: User) -> list[type[Importer]]:
    """The kinds without a subject that the user may upload."""
    allowed = (each for each in _kinds.values() if not each.has_subject and user.may(each.permission))
    return sorted(allowed, key=lambda each: each.order)
