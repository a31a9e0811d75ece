"""What a page carries back hidden is read or refused, whatever somebody made of it."""

from __future__ import annotations

import pytest

from directory.posted import carried, number_in

MANY = "9" * 5_000


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("12", 12), ("9" * 18, 10**18 - 1), ("9" * 19, None), (MANY, None), ("²", None), ("٣", None)],
)
def test_a_plain_number_or_none(text: str, number: int | None) -> None:
    assert number_in(text) == number


@pytest.mark.parametrize("text", ["", "-1", "1.0", " 1", "x"])
def test_all_else_is_no_number(text: str) -> None:
    assert number_in(text) is None


def test_what_a_page_carries_is_read() -> None:
    assert carried('{"a": [1, -2, "x", null, true]}') == {"a": [1, -2, "x", None, True]}


@pytest.mark.parametrize(
    "damaged", ["", "{", MANY, f'{{"a": -{MANY}}}', "1.5", "1e999", "NaN", "-Infinity", "[" * 100_000]
)
def test_whatever_is_wrong_is_one_error(damaged: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        carried(damaged)
