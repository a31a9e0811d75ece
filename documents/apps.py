from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DocumentsConfig(AppConfig):
    name = "documents"

    def ready(self) -> None:
        from directory.navigation import NavigationItem, register
        from directory.roles import Permission
        from documents import removables
        from documents.actions import tell_paper
        from documents.imports import importer
        from documents.models import PaperFile
        from documents.workbooks.holiday import HolidayImporter
        from documents.workbooks.place import PlaceImporter
        from documents.workbooks.unit import UnitImporter

        removables.register(PaperFile, tell_paper)
        register(NavigationItem(60, _("Excel files"), "import_list", (Permission.USE_WORKBOOKS,)))
        importer.register(UnitImporter, PlaceImporter, HolidayImporter)
