from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    name = "reports"

    def ready(self) -> None:
        from directory.navigation import NavigationItem, register
        from directory.roles import Permission
        from directory.ways import register as register_way
        from distributions import reported
        from documents.imports import importer
        from needs import followers, uses
        from reports import catalogue
        from reports.chain import way_to_chain
        from reports.visited import years_belied
        from reports.workbooks.past_figure import PastFigureImporter

        followers.register(catalogue)
        importer.register(PastFigureImporter)
        uses.register(catalogue.targets_of)
        reported.register(years_belied)
        register_way(way_to_chain)
        register(
            NavigationItem(0, _("Home"), "home"),
            NavigationItem(40, _("Reports"), "report_list", (Permission.VIEW_REPORTS,)),
        )
