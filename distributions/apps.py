from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DistributionsConfig(AppConfig):
    name = "distributions"

    def ready(self) -> None:
        from directory.navigation import NavigationItem, register
        from directory.roles import Permission
        from distributions.claims import allocations_on
        from needs import claims

        claims.register(allocations_on)
        register(
            NavigationItem(30, _("Allocations"), "allocation_board", (Permission.VIEW_DISTRIBUTIONS,)),
            NavigationItem(35, _("Distributions"), "distribution_list", (Permission.VIEW_DISTRIBUTIONS,)),
        )
