"""Who may do which deed of the directory, as sentences."""

from __future__ import annotations

from django.utils.translation import gettext as _

from directory.errors import Forbidden
from directory.models import Delegation, Unit, User
from directory.roles import Permission, permissions_of


def may_manage_accounts(user: User) -> bool:
    return user.may(Permission.MANAGE_ACCOUNTS)


def may_manage_directory(user: User) -> bool:
    return user.may(Permission.MANAGE_DIRECTORY)


def demand_accounts(user: User) -> None:
    """Raises ``Forbidden`` unless the user keeps accounts."""
    if not may_manage_accounts(user):
        raise Forbidden(_("Only administrators of the portal keep accounts. Ask one of them."))


def may_delegate(user: User) -> bool:
    """Only powers of the own role are handed on, so the own role must allow it."""
    return user.agency is not None and Permission.DELEGATE in permissions_of(user.role)


def may_end_delegation(user: User, delegation: Delegation) -> bool:
    return user in (delegation.from_user, delegation.to_user) or may_manage_accounts(user)


def may_keep_place_in(user: User, unit: Unit) -> bool:
    """Coordinators in their scope; administrators everywhere."""
    return may_manage_directory(user) or (user.may(Permission.MANAGE_PLACES) and unit.pk in user.reach.scopes)


def demand_directory(user: User) -> None:
    """Raises ``Forbidden`` unless the user keeps the directory."""
    if not may_manage_directory(user):
        raise Forbidden(_("Only administrators of the portal keep the directory. Ask one of them."))


def demand_places_of(user: User, unit: Unit) -> None:
    """Raises ``Forbidden`` unless the user keeps the places of the commune."""
    if not may_keep_place_in(user, unit):
        raise Forbidden(
            _("Places of %(unit)s are kept by its coordinating office and by administrators. Ask them.")
            % {"unit": unit}
        )


def demand_delegation(user: User) -> None:
    """Raises ``Forbidden`` unless the own role may be handed on."""
    if not may_delegate(user):
        raise Forbidden(_("Your role cannot be delegated. Ask an administrator for another account."))


def demand_end_of_delegation(user: User, delegation: Delegation) -> None:
    """Raises ``Forbidden`` for everybody but the two it is between and administrators."""
    if not may_end_delegation(user, delegation):
        raise Forbidden(
            _("Only %(giver)s, %(receiver)s or an administrator ends this delegation. Ask one of them.")
            % {"giver": delegation.from_user, "receiver": delegation.to_user}
        )
