"""Donors: the form with its warning of likely duplicates, and the list's filter."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from directory.models import User
from donors.forms.scope import ScopeField
from donors.models import Donor


class DonorForm(forms.Form):
    """``duplicates``: donors that are likely the same, and whether the user sees them."""

    scope = ScopeField()
    name = forms.CharField(label=_("Name"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), choices=[("", "—"), *Donor.Kind.choices])
    origin = forms.ChoiceField(label=_("Where from"), choices=[("", "—"), *Donor.Origin.choices])
    tax_code = forms.CharField(label=_("Tax code"), max_length=20, required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=30, required=False)
    email = forms.EmailField(label=_("E-mail"), required=False)
    address = forms.CharField(label=_("Address"), max_length=300, required=False)
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    register_anyway = forms.BooleanField(label=_("It is somebody else: register anyway"), required=False)

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.duplicates: list[tuple[Donor, bool]] = []
        ScopeField.prepare(self, user)

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if values.get("name") and values.get("scope"):
            self.duplicates = self._likely(values)
        if self.duplicates and not values.get("register_anyway"):
            message = _(
                "This donor may be registered already: compare with those shown below. "
                "If it is somebody else, tick “register anyway” and save again."
            )
            self.add_error("name", forms.ValidationError(message, code="duplicate"))
        return values

    def _likely(self, values: dict[str, Any]) -> list[tuple[Donor, bool]]:
        same = Donor.objects.like(
            values["scope"],
            name=values["name"],
            tax_code=values.get("tax_code", ""),
            phone=values.get("phone", ""),
        )[:10]
        within_reach = Donor.objects.visible_to(self.user).filter(pk__in=[donor.pk for donor in same])
        seen = set(within_reach.values_list("pk", flat=True))
        return [(donor, donor.pk in seen) for donor in same]

    def arguments(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "register_anyway"}


class DonorFilter(forms.Form):
    q = forms.CharField(label=_("Name, tax code or telephone"), max_length=100, required=False)
    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("all kinds")), *Donor.Kind.choices]
    )
    origin = forms.ChoiceField(
        label=_("Where from"), required=False, choices=[("", _("anywhere")), *Donor.Origin.choices]
    )
