from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DistributionsConfig(AppConfig):
    name = "distributions"

    def ready(self) -> None:
        from directory import ways
        from directory.navigation import NavigationItem, register
        from directory.roles import Permission
        from distributions.actions import tell_distribution
        from distributions.claims import allocations_of, allocations_on
        from distributions.default import way_to_default
        from distributions.models import DeliveryScan
        from distributions.overlap import served_beside
        from distributions.stocked import in_stock_for
        from distributions.uses import distributions_of
        from documents import removables
        from donors import claims as claims_on_supply
        from needs import beside, fill, uses
        from needs import claims as claims_on_needs

        claims_on_needs.register(allocations_on)
        fill.register(in_stock_for)
        beside.register(served_beside)
        claims_on_supply.register(allocations_of)
        uses.register(distributions_of)
        ways.register(way_to_default)
        removables.register(DeliveryScan, tell_distribution)
        looks = (Permission.VIEW_DISTRIBUTIONS,)
        register(
            NavigationItem(30, _("Allocations"), "allocation_board", looks, ("/support-plans/",)),
            NavigationItem(35, _("Distributions"), "distribution_list", looks),
            NavigationItem(37, _("Supervision"), "visit_list", looks),
        )
