"""What the report says of corrections of figures that an earlier report has counted."""

from __future__ import annotations

from reports.figures import Figures
from reports.wording import number


def reversed_in_words(figures: Figures) -> str:
    """“Lũy kế đã gồm điều chỉnh …: giảm 18 lượt trẻ em, giảm 4.500.000 đồng.”, "" if nothing was."""
    sums = ((figures.reversed.turns or 0, "lượt trẻ em"), (figures.reversed.value, "đồng"))
    parts = [f"{'giảm' if sum_ < 0 else 'tăng'} {number(abs(sum_))} {unit}" for sum_, unit in sums if sum_]
    if not parts:
        return ""
    return f"Lũy kế đã gồm điều chỉnh số liệu của kỳ đã báo cáo: {', '.join(parts)}."
