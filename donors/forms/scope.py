"""The unit that a donor or pledge belongs to: asked only of who works in several."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from directory.errors import Forbidden
from directory.models import Unit, User
from donors.permissions import scopes_of


class ScopeField(forms.TypedChoiceField):
    """Cleans to a ``Unit``. ``prepare`` fills the choices; a single one is hidden and needs no answer."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label=_("Within"), **kwargs)

    @classmethod
    def prepare(cls, form: forms.Form, user: User) -> list[Unit]:
        """Raises ``Forbidden`` if nothing around the user is coordinated today."""
        units = {str(unit.pk): unit for unit in scopes_of(user)}
        if not units:
            raise Forbidden(_("No coordination covers your office today. Ask an administrator to enter it."))
        field = form.fields["scope"]
        if not isinstance(field, cls):
            raise TypeError("The form's scope must be a ScopeField.")
        field.choices = [(key, unit.name) for key, unit in units.items()]
        field.coerce = lambda key: units[key]
        if len(units) == 1:
            field.required = False
            field.empty_value = next(iter(units.values()))  # type: ignore[assignment]
            field.widget = forms.HiddenInput()
        return list(units.values())
