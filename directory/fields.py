"""Form fields that read numbers and dates as a Vietnamese office types them."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

F = TypeVar("F", bound=forms.Field)
SPACES = re.compile(r"\s+")
PLAIN = re.compile(r"[0-9]+")
# 1.234.567 or 1 234 567, the same sign all through; 0.125 is a decimal, not a grouping.
GROUPED = re.compile(r"[1-9][0-9]{0,2}([. ])[0-9]{3}(?:\1[0-9]{3})*")
NUMERIC = re.compile(r"[0-9][0-9., ]*")
MINUS = ("-", "\N{MINUS SIGN}", "\N{EN DASH}")
SHOWN = 30

NUMBER_MESSAGES = {
    "letters": _("“%(text)s” is not a number. Type digits only, for example 1234 or 1.234."),
    "negative": _("“%(text)s” is below zero, and what is counted cannot be. Type 0 or a larger number."),
    "decimal": _("“%(text)s” is not a whole number. Round it and type for example 1234 or 1.234."),
    "too_long": _(
        "“%(text)s” has %(digits)s digits; at most %(max_digits)s are accepted here. "
        "Check whether a digit was typed too often."
    ),
}


def parse_whole_number(text: str, max_digits: int = 9) -> int | None:
    """The whole number that somebody typed (1234, 1.234, 1 234), or None if they typed nothing.

    Raises ``ValidationError`` with the code letters, negative, decimal or too_long.
    """
    typed = SPACES.sub(" ", text.strip())
    if not typed:
        return None
    if typed.startswith(MINUS) and NUMERIC.fullmatch(typed[1:].strip()):
        raise _number_error("negative", typed)
    if not NUMERIC.fullmatch(typed):
        raise _number_error("letters", typed)
    if not (PLAIN.fullmatch(typed) or GROUPED.fullmatch(typed)):
        raise _number_error("decimal", typed)
    digits = re.sub(r"[. ]", "", typed).lstrip("0") or "0"
    if len(digits) > max_digits:
        raise _number_error("too_long", typed, digits=len(digits), max_digits=max_digits)
    return int(digits)


def _number_error(code: str, typed: str, **params: int) -> ValidationError:
    shown = typed if len(typed) <= SHOWN else f"{typed[:SHOWN]}…"
    return ValidationError(NUMBER_MESSAGES[code], code=code, params={"text": shown, **params})


def asked_sometimes(field: F) -> F:
    """A field that may stay empty or not by what else is typed: it is never marked as optional."""
    field.asked_sometimes = True  # type: ignore[attr-defined]
    return field


class WholeNumberField(forms.Field):
    """A count, or whole đồng (``max_digits=13``). Empty is None, which is not 0."""

    widget = forms.TextInput
    default_error_messages = {"required": _("Nothing was typed. Type a whole number; 0 counts as one.")}

    def __init__(
        self,
        *,
        max_digits: int = 9,
        min_value: int | None = None,
        max_value: int | None = None,
        **kwargs: Any,
    ) -> None:
        self.max_digits = max_digits
        super().__init__(**kwargs)
        if min_value is not None:
            self.validators.append(MinValueValidator(min_value))
        if max_value is not None:
            self.validators.append(MaxValueValidator(max_value))

    def to_python(self, value: Any) -> int | None:
        return None if value is None else parse_whole_number(str(value), self.max_digits)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "inputmode": "numeric", "autocomplete": "off"}


class GroupedNumberField(WholeNumberField):
    """One that shows a number which stands in it already as 1.234.567, and reads it back so."""

    def prepare_value(self, value: Any) -> Any:
        return f"{value:,}".replace(",", ".") if type(value) is int else value


class VietnameseDateField(forms.DateField):
    """A day typed as dd/mm/yyyy: 03/04/2025 is 3 April in every language of the portal.

    Also without signs (03042025, 030425): the number pad of a phone has none. Two digits are a year of 2000.
    """

    FIRST, LAST = date(2000, 1, 1), date(2100, 12, 31)
    BARE = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{4}|[0-9]{2})")
    SHORT = re.compile(r"([0-9]{1,2})([/.-])([0-9]{1,2})\2([0-9]{2})")
    default_error_messages = {
        "required": _("No day was typed. Type it as day/month/year, for example 03/04/2025."),
        "invalid": _(
            "This is not a day of the calendar. Type day/month/year, for example 03/04/2025 or 03042025 for "
            "3 April."
        ),
        "out_of_range": _("The year lies outside 2000 to 2100. Check the year."),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("input_formats", ["%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d"])
        kwargs.setdefault(
            "widget", forms.DateInput(format="%d/%m/%Y", attrs={"placeholder": _("dd/mm/yyyy")})
        )
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> date | None:
        day = super().to_python(self._with_signs(value) if isinstance(value, str) else value)
        if day is not None and not self.FIRST <= day <= self.LAST:
            raise ValidationError(self.error_messages["out_of_range"], code="out_of_range")
        return day

    def _with_signs(self, typed: str) -> str:
        """“03042025”, “030425” and “3/4/25” as 03/04/2025; everything else as it is."""
        text = typed.strip()
        if bare := self.BARE.fullmatch(text):
            day, month, year = bare.groups()
        elif short := self.SHORT.fullmatch(text):
            day, _sign, month, year = short.groups()
        else:
            return typed
        return f"{day}/{month}/{year if len(year) == 4 else f'20{year}'}"

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "inputmode": "numeric", "autocomplete": "off"}
