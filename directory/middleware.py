"""Closed by default, and one way to say no."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from directory.access import ADMIN_SITE, rule_of
from directory.errors import Refusal
from directory.http import Request
from directory.posted import number_in

GetResponse = Callable[[HttpRequest], HttpResponse]

# What stays open to somebody who must first choose a password of their own.
BEFORE_OWN_PASSWORD = {"account_change_password", "account_logout", "set_language", "healthz"}


class AccessMiddleware:
    """Keeps each view's declared rule: 403 without one, the login page for strangers, 403 for other roles."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: Request, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        match = request.resolver_match
        name = match.url_name if match else None
        rule = ADMIN_SITE if match and match.namespace == "admin" else rule_of(view, name)
        if rule is None:
            raise PermissionDenied(f"The view {view} declares no access rule.")
        if rule.public:
            return None
        if not request.user.is_authenticated:
            login = redirect_to_login(request.get_full_path())
            # A fragment must not be filled with the login page: the whole page goes there.
            return HttpResponseClientRedirect(login.url) if request.htmx else login
        if request.user.must_change_password and name not in BEFORE_OWN_PASSWORD:
            return redirect(reverse("account_change_password"))
        if not rule.admits(request.user):
            raise PermissionDenied
        return None


class BodyLimitMiddleware:
    """What is larger than anything that the portal takes is refused by its announced length, unread.

    A body without a length, or longer than it says, is read to the announced length and no further by Django.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        announced = number_in(request.META.get("CONTENT_LENGTH") or "0")
        if announced is not None and announced <= settings.MOST_BODY_BYTES:
            return self.get_response(request)
        message = _(
            "Nothing was read: at most %(most)s MB are taken at once. Make the file smaller or split it."
        )
        refusal = Refusal(message % {"most": settings.MOST_BODY_BYTES // 2**20}, code="too_large")
        return render(
            request, "refusal.html", {"refusal": refusal}, status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        )


class RefusalMiddleware:
    """A refusal that no view caught becomes a page (or a fragment) that says what was refused and why.

    So does an address that is opened though it only takes forms, or the other way round: Django says
    nothing there.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and not response.content:
            page = render(request, "405.html", status=response.status_code)
            page.headers["Allow"] = response.headers["Allow"]
            return page
        return response

    def process_exception(self, request: Request, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refusal):
            return None
        template = "components/refusal.html" if request.htmx else "refusal.html"
        return render(request, template, {"refusal": exception}, status=exception.status)


class ChosenLanguageMiddleware:
    """Vietnamese, unless this browser has chosen otherwise by the language switch.

    Django's own middleware would follow the browser's Accept-Language, and many office laptops run an
    English browser that nobody ever set up.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response
