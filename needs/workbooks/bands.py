"""Age bands in one cell: “3-5, 6-10”, as somebody writes them and as a spreadsheet garbles them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.utils.translation import gettext_lazy

from documents.imports.columns import in_all_languages, key_of
from needs.models import AgeBand

BETWEEN = re.compile(r"[,;/\n]| và | and ")
# “3-5” typed into a cell that is not text becomes a day in March or in May.
AS_A_DAY = re.compile(r"(\d\d)/(\d\d)/\d{4}")
ALL_AGES = gettext_lazy("all ages")


def read_bands(text: str, bands: Sequence[AgeBand]) -> tuple[list[AgeBand], str]:
    """The bands that a cell names, and what of it is none (empty: all is read)."""
    by_key = {key: band for band in bands for key in _keys_of(band)}
    found = []
    for part in _parts(text):
        if (band := by_key.get(key_of(part))) is None:
            return [], part
        found.append(band)
    return [band for band in bands if band in found], ""


def written_bands(bands: Sequence[AgeBand]) -> str:
    return ", ".join(band.heading for band in bands)


def _parts(text: str) -> list[str]:
    if day := AS_A_DAY.fullmatch(text.strip()):
        low, high = sorted((int(day[1]), int(day[2])))
        return [f"{low}-{high}"]
    return [part.strip() for part in BETWEEN.split(text) if part.strip()]


def _keys_of(band: AgeBand) -> set[str]:
    names = [band.code, band.name, band.name_en, *(in_all_languages(ALL_AGES) if band.is_all else [])]
    return {key_of(name) for name in [*names, band.short_name]}
