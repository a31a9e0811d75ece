"""The annexes I to VI of the report, each with its own TỔNG CỘNG [field: the usual columns].

What the portal does not hold yet (weights and heights, inspections, existing play areas) is “chưa báo cáo”,
which is not 0.
"""

from __future__ import annotations

from documents.snapshot import Annex
from reports.figures import Figures
from reports.papers.annexes.areas import health, play
from reports.papers.annexes.clothing import clothing
from reports.papers.annexes.next_needs import next_needs
from reports.papers.annexes.resources import resources
from reports.papers.annexes.summary import summary

__all__ = ["all_of", "clothing", "health", "next_needs", "play", "resources", "summary"]


def all_of(figures: Figures) -> list[Annex]:
    """The annexes in order. VII (recognition) waits for its room."""
    return [build(figures) for build in (summary, resources, health, play, clothing, next_needs)]
