"""The registers as their lists search them, without diacritics: for the page and for its file."""

from __future__ import annotations

from directory.models import Place, User
from directory.text import unaccented


def places_found(user: User, text: str) -> list[Place]:
    """Places within reach whose own name or commune's holds the text."""
    places = Place.objects.visible_to(user).select_related("unit", "lies_in")
    places = places.order_by("unit__name", "unit", "order", "name", "valid_from")
    wanted = unaccented(text)
    return [place for place in places if wanted in unaccented(f"{place.name} {place.unit.name}")]


def accounts_found(user: User, text: str) -> list[User]:
    """Accounts whose user name, full name or agency holds the text."""
    accounts = User.objects.visible_to(user).select_related("agency").order_by("username")
    wanted = unaccented(text)
    return [account for account in accounts if wanted in unaccented(_searched(account))]


def _searched(account: User) -> str:
    agency = account.agency
    return f"{account.username} {account.full_name} {agency.name if agency else ''}"
