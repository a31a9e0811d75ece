"""Rows of the registers: units, agencies, statuses, scopes, lead areas, signers, holidays."""

from __future__ import annotations

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from directory import history
from directory.deeds import action
from directory.errors import Problem, Refusal
from directory.models import Holiday, User
from directory.permissions import demand_directory


@action
def enter_row(*, by: User, row: models.Model, reason: str = "") -> models.Model:
    """Enter a new row of a register, or correct one; its former values are kept.

    Raises ``Forbidden``; ``Refusal`` naming each field that is wrong and each row it overlaps with.
    """
    demand_directory(by)
    verb = "enter in the register" if row.pk is None else "correct in the register"
    save_row(row, by=by)
    history.record(row, verb, by=by, reason=reason)
    return row


@action
def strike_holiday(*, by: User, holiday: Holiday) -> None:
    """Take a day out of the table of days off. Raises ``Forbidden``."""
    demand_directory(by)
    history.record(holiday, "strike from the register", by=by, day=holiday.day.isoformat())
    holiday._history_user = by  # type: ignore[attr-defined]
    holiday.delete()


def save_row(row: models.Model, *, by: User) -> None:
    """Save a row of a register if it is whole and overlaps with no other. Call it inside an action."""
    try:
        row.full_clean()
        with transaction.atomic():
            history.save(row, by=by)
    except ValidationError as error:
        raise Refusal(_problems(error), code=_code(error)) from error
    except IntegrityError as error:
        raise Refusal(
            _("Somebody else has just entered the same. Reload the page and look at the list."),
            code="overlap",
        ) from error


def _problems(error: ValidationError) -> list[Problem]:
    by_field = error.message_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.messages}
    return [
        Problem(message, "" if field == NON_FIELD_ERRORS else field)
        for field, messages in by_field.items()
        for message in messages
    ]


def _code(error: ValidationError) -> str:
    """The code of the only thing that is wrong, or “invalid_row” for several."""
    codes = {part.code for errors in getattr(error, "error_dict", {}).values() for part in errors}
    return codes.pop() or "invalid_row" if len(codes) == 1 else "invalid_row"
