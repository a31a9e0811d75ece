"""Numbers and dates as Vietnam writes them."""

from datetime import date
from decimal import Decimal

import pytest
from django import forms
from django.template import Context, Template
from django.utils import translation
from django.utils.formats import date_format, localize, number_format


@pytest.mark.parametrize(("language", "shown"), [("vi", "1.234.567,8"), ("en", "1,234,567.8")])
def test_numbers(language: str, shown: str) -> None:
    with translation.override(language):
        assert number_format(Decimal("1234567.8")) == shown
        assert localize(Decimal("1234567.8")) == shown
        assert Template("{{ n }}").render(Context({"n": Decimal("1234567.8")})) == shown


@pytest.mark.parametrize("language", ["vi", "en"])
def test_dates(language: str) -> None:
    with translation.override(language):
        assert date_format(date(2025, 4, 3)) == "03/04/2025"
        for typed in ("03/04/2025", "3/4/2025", "03-04-2025", "03.04.2025", "2025-04-03"):
            assert forms.DateField().clean(typed) == date(2025, 4, 3)


def test_a_year_is_not_grouped_in_a_date() -> None:
    with translation.override("vi"):
        assert date_format(date(2025, 4, 3), "YEAR_MONTH_FORMAT") == "04/2025"
