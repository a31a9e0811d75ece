"""How large a number may be, and how a message writes it."""

from django.utils.formats import number_format

# Quantities have at most 9 digits (the grid's rule); đồng 13, so that a sum of them stays far from overflow.
MOST_PIECES = 999_999_999
MOST_DONG = 9_999_999_999_999
DONG_DIGITS = 13


def grouped(number: int) -> str:
    """1234567 as the reader's language writes it: 1.234.567."""
    return number_format(number, use_l10n=True, force_grouping=True)
