"""Who may do which deed of the directory, as sentences."""

from __future__ import annotations

from django.utils.translation import gettext as _

from directory.errors import Forbidden
from directory.models import User
from directory.roles import Permission


def may_manage_accounts(user: User) -> bool:
    return user.may(Permission.MANAGE_ACCOUNTS)


def may_manage_directory(user: User) -> bool:
    return user.may(Permission.MANAGE_DIRECTORY)


def demand_accounts(user: User) -> None:
    """Raises ``Forbidden`` unless the user keeps accounts."""
    if not may_manage_accounts(user):
        raise Forbidden(_("Only administrators of the portal keep accounts. Ask one of them."))
