"""Vietnamese text as a search compares it."""

import re
import unicodedata

# Whatever is put on the letters that anybody here writes: a text in one pass, for a list has thousands.
_marks = (chr(code) for code in range(0x300, 0x10000) if unicodedata.combining(chr(code)))
MARKS = re.compile(f"[{''.join(_marks)}]+")


def unaccented(text: str) -> str:
    """``text`` without diacritics and case, spaces made single: “Công ty  Đại Phát” → “cong ty dai phat”."""
    # đ is a letter of its own, not a d with a mark: decomposition leaves it alone.
    decomposed = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return " ".join(MARKS.sub("", decomposed).casefold().split())
