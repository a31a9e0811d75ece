from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DonorsConfig(AppConfig):
    name = "donors"

    def ready(self) -> None:
        from directory.navigation import NavigationItem, register
        from directory.roles import Permission
        from documents import kinds, removables
        from documents.imports import importer
        from documents.models import PaperFile
        from donors.actions import tell_receipt
        from donors.papers import KIND
        from donors.uses import donors_of, plans_of, pledges_of
        from donors.workbooks.donor import DonorImporter
        from needs import uses

        for provider in (pledges_of, plans_of, donors_of):
            uses.register(provider)
        record = Permission.RECORD_DONATIONS
        kinds.register(kinds.PaperKind(KIND, draft=record, issue=record))
        importer.register(DonorImporter)
        removables.register(PaperFile, tell_receipt)
        see = (Permission.VIEW_DONORS,)
        register(
            NavigationItem(20, _("Donors"), "donor_list", see),
            NavigationItem(21, _("Mobilisation plans"), "plan_list", see),
            NavigationItem(22, _("Pledges"), "pledge_list", see),
            NavigationItem(24, _("Purchases"), "purchase_list", see),
            NavigationItem(25, _("Supply"), "supply_list", see),
        )
