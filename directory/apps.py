from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DirectoryConfig(AppConfig):
    name = "directory"
    verbose_name = _("Directory")

    def ready(self) -> None:
        from directory.navigation import NavigationItem, register
        from directory.roles import Permission

        register(
            NavigationItem(800, _("Places"), "place_list", (Permission.MANAGE_PLACES,)),
            NavigationItem(
                850, _("Delegations"), "delegation_list", (Permission.DELEGATE, Permission.MANAGE_ACCOUNTS)
            ),
            NavigationItem(870, _("Reorganisation"), "reorganisation", (Permission.MANAGE_DIRECTORY,)),
            NavigationItem(880, _("Registers"), "admin:index", (Permission.MANAGE_DIRECTORY,)),
            NavigationItem(900, _("Accounts"), "account_list", (Permission.MANAGE_ACCOUNTS,)),
        )
