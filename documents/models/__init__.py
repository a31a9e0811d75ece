"""What the portal keeps as documents. One file per noun."""

from documents.models.paper import Paper, PaperFile
from documents.models.workbook_import import WorkbookImport

__all__ = ["Paper", "PaperFile", "WorkbookImport"]
