"""How allauth is held: no self sign-up, nothing by e-mail."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedAccountAdapter(DefaultAccountAdapter):
    """Administrators make accounts; nobody signs up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
