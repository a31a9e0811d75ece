"""What a report says in numbers. Read ``windows`` (what counts), then ``facts``, then ``rollup``."""

from reports.figures.figure import Figure, percent
from reports.figures.indicators import lines_of
from reports.figures.rollup import Figures

__all__ = ["Figure", "Figures", "lines_of", "percent"]
