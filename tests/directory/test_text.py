"""Search compares without diacritics."""

import unicodedata

import pytest

from directory.text import unaccented


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Công ty  TNHH Đại Phát ", "cong ty tnhh dai phat"),
        ("ĐẶNG Thị Ướt", "dang thi uot"),
        ("đỗ", "do"),
        ("Straße", "strasse"),
        ("", ""),
    ],
)
def test_diacritics_case_and_spaces_do_not_matter(text: str, key: str) -> None:
    assert unaccented(text) == key
    assert unaccented(unicodedata.normalize("NFD", text)) == key
