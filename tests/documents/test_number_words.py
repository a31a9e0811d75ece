"""Sums in Vietnamese words, against a table."""

import pytest

from documents.number_words import dong_in_words, in_words

TABLE = [
    (0, "không"),
    (4, "bốn"),
    (5, "năm"),
    (10, "mười"),
    (11, "mười một"),
    (14, "mười bốn"),
    (15, "mười lăm"),
    (20, "hai mươi"),
    (21, "hai mươi mốt"),
    (24, "hai mươi tư"),
    (25, "hai mươi lăm"),
    (91, "chín mươi mốt"),
    (100, "một trăm"),
    (101, "một trăm linh một"),
    (104, "một trăm linh bốn"),
    (105, "một trăm linh năm"),
    (110, "một trăm mười"),
    (111, "một trăm mười một"),
    (115, "một trăm mười lăm"),
    (121, "một trăm hai mươi mốt"),
    (555, "năm trăm năm mươi lăm"),
    (1_000, "một nghìn"),
    (1_001, "một nghìn không trăm linh một"),
    (1_015, "một nghìn không trăm mười lăm"),
    (10_005, "mười nghìn không trăm linh năm"),
    (21_000, "hai mươi mốt nghìn"),
    (250_000, "hai trăm năm mươi nghìn"),
    (1_000_005, "một triệu không trăm linh năm"),
    (1_005_000, "một triệu không trăm linh năm nghìn"),
    (1_020_000, "một triệu không trăm hai mươi nghìn"),
    (15_250_500, "mười lăm triệu hai trăm năm mươi nghìn năm trăm"),
    (1_000_000_000, "một tỷ"),
    (1_000_000_021, "một tỷ không trăm hai mươi mốt"),
    (1_234_567_891, "một tỷ hai trăm ba mươi tư triệu năm trăm sáu mươi bảy nghìn tám trăm chín mươi mốt"),
    (1_250_300_000_000, "một nghìn hai trăm năm mươi tỷ ba trăm triệu"),
    (9_000_005_000_000, "chín nghìn tỷ không trăm linh năm triệu"),
]


@pytest.mark.parametrize(("number", "words"), TABLE)
def test_a_number_in_words(number: int, words: str) -> None:
    assert in_words(number) == words


def test_no_two_numbers_sound_alike() -> None:
    numbers = [*range(2_000), *range(1_000_000, 1_020_000, 7), *(each * 1000 for each in range(1_000, 2_000))]
    assert len({in_words(number) for number in set(numbers)}) == len(set(numbers))


def test_a_sum_of_money_begins_a_line() -> None:
    assert dong_in_words(1_005_000) == "Một triệu không trăm linh năm nghìn đồng"


def test_nothing_is_written_below_zero() -> None:
    with pytest.raises(ValueError, match="below 0"):
        in_words(-1)
