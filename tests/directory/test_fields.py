"""Numbers and dates as they are typed."""

from datetime import date

import pytest
from django import forms
from django.core.exceptions import ValidationError

from directory.fields import VietnameseDateField, WholeNumberField, parse_whole_number

NBSP, NARROW = "\u00a0", "\u202f"


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("1234", 1234),
        ("1.234", 1234),
        ("1 234", 1234),
        (f"1{NBSP}234", 1234),
        (f"1{NARROW}234{NARROW}567", 1234567),
        ("12.345.678", 12345678),
        (" 7 ", 7),
        ("007", 7),
        ("0", 0),
        ("999999999", 999999999),
        ("", None),
        ("   ", None),
    ],
)
def test_whole_numbers_are_read(typed: str, number: int | None) -> None:
    assert parse_whole_number(typed) == number


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("mười", "letters"),
        ("12a", "letters"),
        ("1e5", "letters"),
        ("-", "letters"),
        ("１２", "letters"),  # full-width digits
        ("-5", "negative"),
        ("− 5", "negative"),
        ("-1.234", "negative"),
        ("1,5", "decimal"),
        ("1.5", "decimal"),
        ("0.125", "decimal"),
        ("1.234,5", "decimal"),
        ("1.2345", "decimal"),
        ("12 34", "decimal"),
        ("1.234 567", "decimal"),
        ("1000000000000", "too_long"),
        ("1.000.000.000", "too_long"),
    ],
)
def test_everything_else_is_refused_by_name(typed: str, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        parse_whole_number(typed)
    assert refused.value.code == code
    assert typed in refused.value.messages[0]


def test_a_long_text_is_cut_in_the_message() -> None:
    with pytest.raises(ValidationError) as refused:
        parse_whole_number("9" * 500)
    assert len(refused.value.messages[0]) < 200


def test_money_may_have_thirteen_digits() -> None:
    assert WholeNumberField(max_digits=13).clean("1.000.000.000.000") == 10**12


def test_empty_is_not_zero() -> None:
    field = WholeNumberField(required=False)
    assert (field.clean(""), field.clean("0")) == (None, 0)
    with pytest.raises(ValidationError) as refused:
        WholeNumberField().clean("")
    assert refused.value.error_list[0].code == "required"


def test_zero_satisfies_required() -> None:
    assert WholeNumberField().clean("0") == 0


def test_limits_are_kept() -> None:
    with pytest.raises(ValidationError):
        WholeNumberField(min_value=1).clean("0")


class _Form(forms.Form):
    number = WholeNumberField()
    day = VietnameseDateField()


def test_what_was_typed_stands_in_the_form_again() -> None:
    form = _Form({"number": "1.234,5", "day": "31/02/2025"})
    assert not form.is_valid()
    assert 'value="1.234,5"' in str(form["number"])
    assert 'value="31/02/2025"' in str(form["day"])


def test_a_saved_day_is_shown_as_it_is_typed() -> None:
    assert 'value="03/04/2025"' in str(_Form(initial={"day": date(2025, 4, 3)})["day"])


@pytest.mark.parametrize(
    "typed",
    ["03/04/2025", "3/4/2025", "03-04-2025", "03.04.2025", "2025-04-03", "03042025", "030425", "3/4/25"],
)
def test_the_day_comes_first(typed: str) -> None:
    assert VietnameseDateField().clean(typed) == date(2025, 4, 3)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("31/02/2025", "invalid"),
        ("hôm qua", "invalid"),
        ("3042025", "invalid"),
        ("20250403", "invalid"),
        ("310225", "invalid"),
        ("03/04-25", "invalid"),
        ("03/04/0025", "out_of_range"),
    ],
)
def test_other_days_are_refused(typed: str, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        VietnameseDateField().clean(typed)
    assert refused.value.error_list[0].code == code
