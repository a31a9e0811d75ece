from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NeedsConfig(AppConfig):
    name = "needs"

    def ready(self) -> None:
        from directory.navigation import NavigationItem, register
        from directory.roles import Permission
        from documents.imports import importer
        from needs import uses
        from needs.workbooks.item import ItemImporter
        from needs.workbooks.survey.importer import SurveyImporter

        uses.register(uses.surveys_with)
        importer.register(ItemImporter, SurveyImporter)
        register(
            NavigationItem(10, _("Survey rounds"), "round_list", (Permission.VIEW_SURVEYS,)),
            NavigationItem(15, _("Needs"), "need_list", (Permission.VIEW_NEEDS,)),
            NavigationItem(17, _("Support items"), "item_list", (Permission.VIEW_NEEDS,)),
        )
