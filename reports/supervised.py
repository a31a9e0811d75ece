"""What the report says of supervision: visits, their recommendations, and what is still to be done."""

from __future__ import annotations

from reports.figures import Figures
from reports.figures.supervision import NAMED
from reports.wording import number


def supervised(figures: Figures) -> list[str]:
    """For the part on management; nothing if there was no visit in the year."""
    now, year = (len(figures.visits[window]) for window in ("now", "cumulative"))
    if not year:
        return []
    text = f"Giám sát: trong kỳ thực hiện {number(now)} đợt, lũy kế từ đầu năm {number(year)} đợt"
    followed = figures.followed
    if followed.made:
        left = len(followed.open_ones)
        text += (
            f"; sau giám sát có {number(followed.made)} kiến nghị, đã thực hiện xong "
            f"{number(followed.closed)}, đang theo dõi {number(left)}"
        )
    return [f"{text}."]


def asked_after_visits(figures: Figures) -> list[str]:
    """For the part on proposals: the recommendations that are not closed, the earliest due first."""
    left = figures.followed.open_ones
    if not left:
        return []
    more = f"; và {number(len(left) - NAMED)} kiến nghị khác" if len(left) > NAMED else ""
    return [f"Kiến nghị sau giám sát đang thực hiện: {'; '.join(left[:NAMED])}{more}."]
