"""Where a support item is used: apps above say what of theirs holds it, without an import upstairs.

``donors``, ``distributions`` and ``reports`` register when they start. An item that is used anywhere is
retired, not deleted, and keeps its code, area, kind and unit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.utils.formats import number_format
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from directory.models import User
    from needs.models import SupportItem

SHOWN = 3


@dataclass(frozen=True)
class Use:
    """``count`` things of one ``kind`` hold the item; ``names`` are some that the reader may see."""

    kind: str
    count: int
    names: tuple[str, ...] = ()

    def __str__(self) -> str:
        """“cam kết: CK-2025-001, CK-2025-002 và 5 nữa”."""
        rest = self.count - len(self.names)
        names = ", ".join(self.names)
        if not names:
            return f"{self.kind}: {number_format(self.count)}"
        if rest:
            names = _("%(names)s and %(number)s more") % {"names": names, "number": number_format(rest)}
        return f"{self.kind}: {names}"


Provider = Callable[["SupportItem", "User"], Iterable[Use]]
_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Let ``provider`` tell what holds an item. Registering twice changes nothing."""
    if provider not in _providers:
        _providers.append(provider)


def uses_of(item: SupportItem, user: User) -> list[Use]:
    """All that holds the item; only what the user may see is named."""
    found = [use for provider in _providers for use in provider(item, user)]
    return [use for use in found if use.count]


def use_of(kind: str, everything: QuerySet, in_sight: QuerySet, name: Callable[..., str] = str) -> Use:
    """``everything`` that holds an item; the first few of what is ``in_sight`` of the reader are named."""
    return Use(kind, everything.count(), tuple(name(row) for row in in_sight[:SHOWN]))


def surveys_with(item: SupportItem, user: User) -> Iterable[Use]:
    """The surveys in which a place states a need of the item, drafts too."""
    from needs.models import NeedStatement, Survey

    stated = NeedStatement.objects.filter(item=item).values("survey_id")
    surveys = Survey.objects.filter(pk__in=stated).select_related("round", "commune").order_by("-pk")
    yield use_of(_("surveys"), surveys, surveys.visible_to(user))
