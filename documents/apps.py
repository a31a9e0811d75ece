from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "documents"

    def ready(self) -> None:
        from documents.imports import importer
        from documents.workbooks.holiday import HolidayImporter
        from documents.workbooks.place import PlaceImporter
        from documents.workbooks.unit import UnitImporter

        importer.register(UnitImporter, PlaceImporter, HolidayImporter)
