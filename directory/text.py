"""Vietnamese text as a search compares it."""

import unicodedata


def unaccented(text: str) -> str:
    """``text`` without diacritics and case, spaces made single: “Công ty  Đại Phát” → “cong ty dai phat”."""
    # đ is a letter of its own, not a d with a mark: decomposition leaves it alone.
    decomposed = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(bare.casefold().split())
