"""Accounts: made, reset, closed and reopened by administrators, without e-mail."""

from __future__ import annotations

import re
import secrets
import uuid

from django.utils.translation import gettext as _

from directory import clock, history
from directory.deeds import action
from directory.errors import Problem, Refusal, WrongState
from directory.models import Agency, CoordinationScope, Unit, User
from directory.permissions import demand_accounts
from directory.roles import Role

# Without letters and digits that look alike on paper or over the telephone.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
GROUPS, GROUP_LENGTH = 3, 4
USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,59}")


def one_time_password() -> str:
    """A password to be read out once, e.g. k7mq-w2xr-h9ta (59 bits)."""
    groups = ("".join(secrets.choice(ALPHABET) for _i in range(GROUP_LENGTH)) for _j in range(GROUPS))
    return "-".join(groups)


@action
def create_account(
    *,
    by: User,
    username: str,
    full_name: str,
    role: str,
    agency: Agency | None,
    password: str,
    reason: str = "",
    key: uuid.UUID | None = None,
) -> User:
    """Make an account with a one-time ``password``, which its owner must replace at the first login.

    Raises ``Forbidden``; ``Refusal`` naming every field that is wrong.
    """
    demand_accounts(by)
    username = username.strip().lower()
    problems = [*_problems_of_username(username), *_problems_of_role(role, agency)]
    if problems:
        raise Refusal(problems, code="invalid_account")
    account = User(username=username, full_name=full_name.strip(), role=role, agency=agency)
    _give_one_time(account, password)
    history.save(account, by=by)
    history.record(account, "create account", by=by, reason=reason, role=role)
    return account


@action
def change_account(
    *, by: User, account: User, full_name: str, role: str, agency: Agency | None, reason: str
) -> User:
    """Give an account another name, role or agency; what it did before stays under the old agency's records.

    Raises ``Forbidden``; ``Refusal`` if role and agency do not fit or no administrator would be left.
    """
    demand_accounts(by)
    administrators = _lock_administrators()
    account = User.objects.select_for_update(no_key=True).get(pk=account.pk)
    problems = _problems_of_role(role, agency)
    if administrators == {account.pk} and role != Role.ADMINISTRATOR:
        problems.append(Problem(_last_administrator(account), "role"))
    if problems:
        raise Refusal(problems, code="invalid_account")
    before = {"role": account.role, "agency": str(account.agency or "")}
    account.full_name, account.role, account.agency = full_name.strip(), role, agency
    history.save(account, by=by)
    history.record(account, "change account", by=by, reason=reason, before=before)
    return account


@action
def reset_password(
    *, by: User, account: User, password: str, reason: str = "", key: uuid.UUID | None = None
) -> User:
    """Replace a forgotten password by a one-time one; every session of the account ends.

    Raises ``Forbidden``; ``WrongState`` for a deactivated account.
    """
    demand_accounts(by)
    account = User.objects.select_for_update(no_key=True).get(pk=account.pk)
    if not account.is_active:
        raise WrongState(
            _("The account “%(name)s” is deactivated, so it needs no password. Reactivate it first.")
            % {"name": account.username}
        )
    _give_one_time(account, password)
    history.save(account, by=by)
    history.record(account, "reset password", by=by, reason=reason)
    return account


@action
def deactivate_account(*, by: User, account: User, reason: str) -> User:
    """Close an account: its sessions end at once, what it did stays under its name.

    Raises ``Forbidden``; ``Refusal`` for the own account and for the last active administrator;
    ``WrongState`` if it is closed already.
    """
    demand_accounts(by)
    administrators = _lock_administrators()
    account = User.objects.select_for_update(no_key=True).get(pk=account.pk)
    _refuse_deactivation(by, account, administrators)
    account.is_active = False
    history.save(account, by=by)
    history.record(account, "deactivate account", by=by, reason=reason)
    return account


@action
def activate_account(
    *, by: User, account: User, password: str, reason: str, key: uuid.UUID | None = None
) -> User:
    """Reopen an account with a one-time password, so that no session from before comes back to life.

    Raises ``Forbidden``; ``WrongState`` if it is open; ``Refusal`` if its agency has ended meanwhile.
    """
    demand_accounts(by)
    account = User.objects.select_for_update(no_key=True).get(pk=account.pk)
    if account.is_active:
        raise WrongState(
            _("The account “%(name)s” is active already; nothing was changed.") % {"name": account.username}
        )
    problems = _problems_of_role(account.role, account.agency)
    if problems:
        raise Refusal(problems, code="invalid_account")
    account.is_active = True
    _give_one_time(account, password)
    history.save(account, by=by)
    history.record(account, "reactivate account", by=by, reason=reason)
    return account


@action
def choose_own_password(*, by: User, password: str) -> User:
    """Replace one's password by one of one's own; the duty to do so is done with it."""
    account = User.objects.select_for_update(no_key=True).get(pk=by.pk)
    account.set_password(password)
    account.must_change_password = False
    history.save(account, by=by)
    history.record(account, "choose own password", by=by)
    return account


def _give_one_time(account: User, password: str) -> None:
    account.set_password(password)
    account.must_change_password = True


def _problems_of_username(username: str) -> list[Problem]:
    if not USERNAME.fullmatch(username):
        return [
            Problem(
                _(
                    "“%(name)s” cannot be a username. Use 3 to 60 small letters without marks, digits, "
                    "dots or hyphens, for example iadal.nguyen."
                )
                % {"name": username},
                "username",
            )
        ]
    holder = User.objects.filter(username__iexact=username).first()
    if holder is None:
        return []
    return [
        Problem(
            _("The username “%(name)s” belongs to %(holder)s. Choose another, for example with a number.")
            % {"name": username, "holder": holder.full_name},
            "username",
        )
    ]


def _problems_of_role(role: str, agency: Agency | None) -> list[Problem]:
    """What keeps an officer of ``agency`` from having the ``role`` today."""
    today = clock.today()
    if agency is None:
        if role == Role.ADMINISTRATOR:
            return []
        return [Problem(_("Only an administrator has no agency. Choose the agency."), "agency")]
    if not agency.is_valid_on(today):
        message = _("%(agency)s is not in existence today. Choose the agency that took over its duties.")
    elif role == Role.COMMUNE_OFFICER and agency.unit.level != Unit.Level.COMMUNE:
        message = _(
            "%(agency)s is not an office of a commune. Choose the commune's committee, or another role."
        )
    elif role == Role.LEADER and agency.kind != Agency.Kind.COMMITTEE:
        message = _(
            "%(agency)s is not a people's committee, so it has no leader's account. Choose another role."
        )
    elif role == Role.COORDINATOR and not CoordinationScope.objects.on(today).filter(agency=agency).exists():
        message = _(
            "%(agency)s coordinates no unit today. Enter its coordination scope, or choose another role."
        )
    else:
        return []
    return [Problem(message % {"agency": agency.name}, "agency")]


def _refuse_deactivation(by: User, account: User, administrators: set[int]) -> None:
    if not account.is_active:
        raise WrongState(
            _("The account “%(name)s” is deactivated already; nothing was changed.")
            % {"name": account.username}
        )
    if account == by:
        raise Refusal(
            _("Nobody deactivates the own account. Ask another administrator to do it."), code="own_account"
        )
    if administrators <= {account.pk} and account.role == Role.ADMINISTRATOR:
        raise Refusal(_last_administrator(account), code="last_administrator")


def _lock_administrators() -> set[int]:
    """The active administrators, locked: two of them cannot close each other at the same moment."""
    rows = User.objects.select_for_update(no_key=True).filter(role=Role.ADMINISTRATOR, is_active=True)
    return {account.pk for account in rows.order_by("pk")}


def _last_administrator(account: User) -> str:
    return _(
        "“%(name)s” is the last active administrator, and without one nobody could keep accounts. "
        "Make another administrator first."
    ) % {"name": account.username}
