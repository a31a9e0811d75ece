"""The registers of the directory as files."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directory.models import Place, User
from documents.exports import ListColumn, ListFile, local_day

PLACES = ListFile[Place](
    gettext_lazy("Places"),
    "dia-ban",
    [
        ListColumn(gettext_lazy("Name"), 30, lambda place: place.name),
        ListColumn(gettext_lazy("Kind"), 16, lambda place: place.get_kind_display()),
        ListColumn(gettext_lazy("Commune"), 20, lambda place: place.unit.name),
        ListColumn(gettext_lazy("Lies in"), 24, lambda place: place.lies_in.name if place.lies_in else ""),
        ListColumn(gettext_lazy("Exists from"), 12, lambda place: place.valid_from),
        ListColumn(gettext_lazy("Last day"), 12, lambda place: place.valid_to or ""),
    ],
)

ACCOUNTS = ListFile[User](
    gettext_lazy("Accounts"),
    "tai-khoan",
    [
        ListColumn(gettext_lazy("Username"), 22, lambda account: account.username),
        ListColumn(gettext_lazy("Full name"), 28, lambda account: account.full_name),
        ListColumn(gettext_lazy("Agency"), 36, lambda account: str(account.agency or "")),
        ListColumn(gettext_lazy("Role"), 24, lambda account: account.get_role_display()),
        ListColumn(gettext_lazy("State"), 14, lambda account: _state(account)),
        ListColumn(gettext_lazy("Last login"), 12, lambda account: local_day(account.last_login)),
    ],
)


def _state(account: User) -> str:
    if not account.is_active:
        return _("Deactivated")
    return _("Has a one-time password") if account.must_change_password else _("Active")
