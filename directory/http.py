"""A request as the portal's views get it: signed in (unless the view is public) and known to htmx."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from directory.models import User


class Request(HttpRequest):
    """For type annotations: ``def view(request: Request, …)``."""

    user: User
    htmx: HtmxDetails
