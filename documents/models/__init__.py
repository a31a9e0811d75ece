"""What the portal keeps as documents. One file per noun."""

from documents.models.paper import Paper, PaperFile
from documents.models.removable import Removable, RemovableQuerySet, Removal, removal_constraint
from documents.models.workbook_import import WorkbookImport

__all__ = [
    "Paper",
    "PaperFile",
    "Removable",
    "RemovableQuerySet",
    "Removal",
    "WorkbookImport",
    "removal_constraint",
]
