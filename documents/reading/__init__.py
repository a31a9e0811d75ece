"""From an uploaded file to plain cells, safely. See ``read_book``."""

from documents.reading.book import Book, Cell, Line, Page
from documents.reading.reader import MOST_BYTES, read_book, refuse_too_large

__all__ = ["MOST_BYTES", "Book", "Cell", "Line", "Page", "read_book", "refuse_too_large"]
