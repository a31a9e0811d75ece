"""How allauth is held: no self sign-up, nothing by e-mail, one way to answer."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from directory.models import User


class PortalAuthenticationBackend(AuthenticationBackend):
    """allauth's, which reads who is signed in together with whom they stand in for: every page asks both."""

    def get_user(self, user_id: Any) -> User | None:
        user = User.signed_in(user_id)
        return user if user and self.user_can_authenticate(user) else None


class ClosedAccountAdapter(DefaultAccountAdapter):
    """Administrators make accounts; nobody signs up."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _(
            "Username and password do not belong together. Check both (small and capital letters differ); "
            "if the password is forgotten, an administrator gives a new one."
        ),
        "too_many_login_attempts": _(
            "Too many wrong passwords were typed for this account or from this place. "
            "Wait five minutes and try again; if the password is forgotten, an administrator gives a new one."
        ),
        "enter_current_password": _("This is not the current password. Type it again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_ajax(self, request: HttpRequest) -> bool:
        return False
