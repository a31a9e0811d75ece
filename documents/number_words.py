"""Whole numbers in Vietnamese words, as papers write a sum: 1.005.000 “một triệu không trăm linh năm nghìn”.

The libraries for it leave out “không trăm”, without which 1.005.000 and 1.000.005 sound alike.
"""

from __future__ import annotations

DIGITS = ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"]
THOUSANDS = ["", "nghìn", "triệu"]
BILLION = 1_000_000_000
# After “mươi”; “lăm” after “mười” too.
AFTER_TENS = {1: "mốt", 4: "tư", 5: "lăm"}


def in_words(number: int) -> str:
    """``number`` from 0 on; “tỷ” is said again above: “một nghìn hai trăm năm mươi tỷ”."""
    if number < 0:
        raise ValueError("Sums below 0 are not written in words.")
    return " ".join(_words(number)) or DIGITS[0]


def dong_in_words(amount: int) -> str:
    """“Một triệu đồng”: as a line of a paper begins."""
    words = in_words(amount)
    return f"{words[0].upper()}{words[1:]} đồng"


def _words(number: int, *, inside: bool = False) -> list[str]:
    """``inside``: something stands before it, so that its hundreds are said even if there are none."""
    billions, rest = divmod(number, BILLION)
    words = [*_words(billions, inside=inside), "tỷ"] if billions else []
    inside = inside or bool(billions)
    for power in (2, 1, 0):
        group = rest // 1000**power % 1000
        if group:
            words += [*_group(group, inside=inside), *THOUSANDS[power].split()]
            inside = True
    return words


def _group(group: int, *, inside: bool) -> list[str]:
    """Three digits."""
    hundreds, below = divmod(group, 100)
    tens, unit = divmod(below, 10)
    said = inside or bool(hundreds)
    words = [DIGITS[hundreds], "trăm"] if said else []
    if not below:
        return words
    if tens == 0:
        return [*words, *(["linh"] if said else []), DIGITS[unit]]
    words += ["mười"] if tens == 1 else [DIGITS[tens], "mươi"]
    if not unit:
        return words
    ending = AFTER_TENS if tens > 1 else {5: "lăm"}
    return [*words, ending.get(unit, DIGITS[unit])]
