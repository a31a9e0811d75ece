"""What is wrong with what is said of a donor, on a screen or in a file: all of it, each at its field."""

from __future__ import annotations

from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from directory.errors import Problem


def problems_of_donor(*, name: str, email: str) -> Iterator[Problem]:
    if not name:
        yield Problem(_("The donor has no name. Type it as it is to be printed."), "name")
    if email:
        try:
            validate_email(email)
        except ValidationError:
            message = _("“%(email)s” is not an e-mail address. Type it as name@domain, or leave it empty.")
            yield Problem(message % {"email": email}, "email")
