"""Where the lists of a sheet stand: lines of headings that know columns of the survey, and what is below."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from documents.reading import Cell, Line, Page
from needs.workbooks.survey.headings import Headings

MOST_HEADING_LINES = 3
LEAST_HEADINGS = 3
FIGURE = re.compile(r"\s*[-+]?\d")


@dataclass(frozen=True)
class FoundList:
    """``texts``: what stands over each column, lines of a heading as one; ``own``: without what reaches over
    from merged cells at the left. ``lines``: up to the next list; ``beyond``: where one begins whose headings
    nobody knows, which is not read."""

    heading: Line
    texts: list[str]
    own: list[str]
    lines: list[Line]
    beyond: Line | None = None


def lists_in(page: Page, headings: Headings) -> list[FoundList]:
    windows = sorted(_windows(page.lines, headings))
    chosen: list[tuple[int, int]] = []
    for _known, first, after in windows:
        if all(after <= start or end <= first for start, end in chosen):
            chosen.append((first, after))
    chosen.sort()
    starts = [first for first, _after in chosen] + [len(page.lines)]
    return [
        _found(page.lines[first:after], page.lines[after:end])
        for (first, after), end in zip(chosen, starts[1:], strict=True)
    ]


def _found(heading: list[Line], lines: list[Line]) -> FoundList:
    width = max(len(line.cells) for line in heading)
    own = [" ".join(str(line.at(at)) for line in heading if line.at(at) is not None) for at in range(width)]
    beyond = next((at for at in range(1, len(lines)) if _begins_another(lines[at - 1], lines[at])), None)
    return FoundList(
        heading[-1],
        texts_over(heading),
        own,
        lines[:beyond],
        None if beyond is None else lines[beyond],
    )


def _begins_another(before: Line, line: Line) -> bool:
    """Below an empty row a row of words and no figure."""
    given = [cell for cell in line.cells if cell is not None]
    words = [cell for cell in given if isinstance(cell, str) and not FIGURE.match(cell)]
    return line.number - before.number > 1 and len(words) == len(given) >= LEAST_HEADINGS


def _windows(lines: Sequence[Line], headings: Headings) -> Iterator[tuple[tuple[int, int], int, int]]:
    """Lines that may be headings: those that know most columns first, of these the shortest."""
    for after in range(1, len(lines) + 1):
        if not any(isinstance(cell, str) for cell in lines[after - 1].cells):
            continue
        for size in range(1, min(MOST_HEADING_LINES, after) + 1):
            texts = texts_over(lines[after - size : after])
            if known := sum(1 for text in texts if text and headings.cells(text)):
                yield (-known, size), after - size, after


def texts_over(lines: Sequence[Line]) -> list[str]:
    """Over each column the texts from above to below, as one: a merged cell holds for all that it covers.

    Within what begins anew above, what stands to the left no longer holds.
    """
    width = max(len(line.cells) for line in lines)
    held: list[Cell] = [None] * len(lines)
    texts = []
    for at in range(width):
        own = [line.at(at) for line in lines]
        for level, cell in enumerate(own[:-1]):
            if cell is not None or any(above is not None for above in own[:level]):
                held[level] = cell
        held[-1] = own[-1]
        given = any(cell is not None for cell in own)
        texts.append(" ".join(str(cell) for cell in held if cell is not None) if given else "")
    return texts
