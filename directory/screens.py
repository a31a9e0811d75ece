"""What screens with a form share: the client key of a request, and a refusal shown at its fields."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _

from directory.errors import Problem, Refusal
from directory.models import RequestKey


def client_key_of(request: HttpRequest) -> uuid.UUID | None:
    """The key that ``{% client_key %}`` put into the form; pass it to the action as ``key``."""
    posted = request.POST.get("client_key", "")
    if not posted:
        return None
    try:
        return uuid.UUID(posted)
    except ValueError:
        raise Refusal(
            _("The form came back damaged, so nothing was saved. Reload the page and fill it in again."),
            code="bad_key",
        ) from None


def was_sent_before(request: HttpRequest) -> bool:
    """The same form came before and was saved: what it registered then is no duplicate of itself."""
    key = client_key_of(request)
    return key is not None and RequestKey.objects.filter(key=key).exists()


def show_refusal(form: forms.BaseForm, refusal: Refusal) -> int:
    """Put each problem at its field (or on top of the form); returns the status for the response."""
    form.refused_with = refusal.status  # type: ignore[attr-defined]
    show_problems(form, refusal.problems, refusal.code)
    return refusal.status


def show_problems(form: forms.BaseForm, problems: Iterable[Problem], code: str = "") -> None:
    """Put each problem at its field, or on top of the form."""
    for problem in problems:
        place = problem.place if problem.place in form.fields else None
        form.add_error(place, forms.ValidationError(str(problem.message), code=code))


def status_of(form: forms.BaseForm) -> int:
    """The status of the page that shows ``form``: 200, that of its refusal, or 422 if it is not valid."""
    return getattr(form, "refused_with", 422 if form.errors else 200)
