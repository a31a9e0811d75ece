"""Which registered donor a row of a list is about.

A tax code says it for sure, then the name (without diacritics) as far as the tax codes do not contradict,
told apart by the telephone number. Whatever else looks alike is never guessed: the row is refused and says
why, as the form does that registers a donor.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from directory.errors import Problem
from donors.models import Donor


@dataclass(frozen=True)
class Said:
    """What a row says of who it is about, as ``Donor`` keeps it. ``other``: “it is somebody else”."""

    scope: int
    name_key: str
    tax_code: str
    phone: str
    other: bool = False


@dataclass
class Registry:
    """The donors of some scopes; ``visible``: ids of those within the user's reach."""

    donors: Iterable[Donor]
    visible: set[int]
    _by: dict[tuple[int, str, str], list[Donor]] = field(default_factory=lambda: defaultdict(list))
    _exact: dict[Said, list[Donor]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        for donor in self.donors:
            said = Said(donor.scope_id, donor.name_key, donor.tax_code, donor.phone)
            self._exact[said].append(donor)
            for what in ("name_key", "tax_code", "phone"):
                if value := getattr(donor, what):
                    self._by[donor.scope_id, what, value].append(donor)

    def knows(self, scope: int, what: str, value: str) -> bool:
        return (scope, what, value) in self._by

    def find(self, said: Said) -> tuple[list[Donor], Problem | None]:
        """The donor that is meant: none (it is a new one), one, or several that nothing tells apart.

        A problem instead, if it may be one of those registered and the row does not say which, or if it is
        one that the user does not see.
        """
        found, column = self._meant(said)
        seen = [donor for donor in found if donor.pk in self.visible]
        if seen and (len(found) == 1 or column == "exact"):
            return seen, None
        if seen:
            return [], Problem(self._says_several(found), column)
        if not said.other and (alike := found or self._alike(said)):
            return [], Problem(self._says_alike(alike[0]), "name")
        return [], None

    def _meant(self, said: Said) -> tuple[list[Donor], str]:
        """Those that fit best, and by what."""
        exact = self._exact.get(Said(said.scope, said.name_key, said.tax_code, said.phone))
        if exact:
            return exact, "exact"
        if found := self._of_tax_code(said):
            return found, "tax_code"
        return self._of_name(said), "name"

    def _of_tax_code(self, said: Said) -> list[Donor]:
        found = self._by.get((said.scope, "tax_code", said.tax_code), [])
        return _narrowed(found, name_key=said.name_key)

    def _of_name(self, said: Said) -> list[Donor]:
        if said.other:
            return []
        named = self._by.get((said.scope, "name_key", said.name_key), [])
        found = [donor for donor in named if not (donor.tax_code and said.tax_code)]
        return _narrowed(found, phone=said.phone) if said.phone else found

    def _alike(self, said: Said) -> list[Donor]:
        keys = [("name_key", said.name_key), ("phone", said.phone)]
        return [donor for what, value in keys for donor in self._by.get((said.scope, what, value), [])]

    def _says_several(self, found: Sequence[Donor]) -> str:
        seen = [donor for donor in found if donor.pk in self.visible]
        if len(seen) < len(found):
            return self._says_unseen(next(donor for donor in found if donor.pk not in self.visible))
        message = _("Several registered donors fit: %(donors)s. Write the tax code or the telephone number.")
        return message % {"donors": "; ".join(_described(donor) for donor in seen)}

    def _says_alike(self, donor: Donor) -> str:
        if donor.pk not in self.visible:
            return self._says_unseen(donor)
        message = _(
            "It may be a donor that is registered: %(donor)s. If it is the same, write name and tax code as "
            "they are registered; if not, write “yes” under “Somebody else”."
        )
        return message % {"donor": _described(donor)}

    def _says_unseen(self, donor: Donor) -> str:
        message = _(
            "A donor of this name, tax code or telephone number is registered by %(agency)s. Ask there; "
            "if it is another one, write “yes” under “Somebody else”."
        )
        return message % {"agency": donor.registered_by}


def _narrowed(found: list[Donor], **by: str) -> list[Donor]:
    """Those that fit, if any does; else all of them."""
    fitting = [donor for donor in found if all(getattr(donor, what) == value for what, value in by.items())]
    return fitting or found


def _described(donor: Donor) -> str:
    facts = [donor.name, donor.tax_code, donor.phone]
    return ", ".join(fact for fact in facts if fact)
