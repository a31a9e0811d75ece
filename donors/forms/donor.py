"""Donors: the form with its warning of likely duplicates, and the list's filter."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from directory import history
from directory.forms.versioned import VersionedForm
from directory.models import User
from donors.donor_rules import TYPED, DonorFacts, facts_of
from donors.forms.scope import ScopeField
from donors.models import Donor

SHOWN = 10


class DuplicateForm(forms.Form):
    """What tells a donor from another. ``duplicates``: those likely the same, and whether the user sees them.

    ``but``: the donor that is being changed, which is no duplicate of itself.
    """

    scope = ScopeField()
    name = forms.CharField(label=_("Name"), max_length=200, required=False)
    tax_code = forms.CharField(label=_("Tax code"), max_length=20, required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=30, required=False)
    register_anyway = forms.BooleanField(label=_("It is somebody else: save anyway"), required=False)

    def __init__(self, user: User, *args: Any, but: Donor | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.but = user, but
        self.duplicates: list[tuple[Donor, bool]] = []
        ScopeField.prepare(self, user)

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        scope = self.but.scope if self.but else values.get("scope")
        if scope:
            told = {name: values.get(name, "") for name in ("name", "tax_code", "phone")}
            likely = Donor.objects.resembling(scope, **told).apart_from(self.but)[:SHOWN]
            self.duplicates = self._with_reach(likely)
        return values

    def _with_reach(self, likely: Any) -> list[tuple[Donor, bool]]:
        found = list(likely)
        within_reach = Donor.objects.visible_to(self.user).filter(pk__in=[donor.pk for donor in found])
        seen = set(within_reach.values_list("pk", flat=True)) if found else set()
        return [(donor, donor.pk in seen) for donor in found]


class DonorForm(DuplicateForm, VersionedForm):
    """A new donor, or with ``but`` a change of it."""

    kind = forms.ChoiceField(label=_("Kind"), choices=[("", "—"), *Donor.Kind.choices])
    origin = forms.ChoiceField(label=_("Where from"), choices=[("", "—"), *Donor.Origin.choices])
    email = forms.EmailField(label=_("E-mail"), required=False)
    address = forms.CharField(label=_("Address"), max_length=300, required=False)
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3}))

    field_order = ("version", "scope", *TYPED)

    def __init__(self, user: User, *args: Any, but: Donor | None = None, **kwargs: Any) -> None:
        if but is not None:
            kwargs["initial"] = {**vars(facts_of(but)), "version": history.version_of(but)}
        super().__init__(user, *args, but=but, **kwargs)
        self.fields["name"].required = True
        if but is not None:
            del self.fields["scope"]

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if self.duplicates and self._is_asked(values) and not values.get("register_anyway"):
            message = _(
                "This donor may be registered already: compare with those shown below. "
                "If it is somebody else, tick “save anyway” and save again."
            )
            self.add_error("name", forms.ValidationError(message, code="duplicate"))
        return values

    def _is_asked(self, values: dict[str, Any]) -> bool:
        """Of a change only if it changes what donors are told apart by."""
        if self.but is None:
            return bool(values.get("name"))
        return any(name in self.changed_data for name in ("name", "tax_code", "phone"))

    def arguments(self) -> dict[str, Any]:
        """What ``register_donor`` wants."""
        return {"scope": self.cleaned_data["scope"], **self._typed()}

    def facts(self) -> DonorFacts:
        """What ``change_donor`` wants."""
        return DonorFacts(**self._typed())

    def _typed(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in TYPED}


class DonorFilter(forms.Form):
    q = forms.CharField(label=_("Name, tax code or telephone"), max_length=100, required=False)
    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("all kinds")), *Donor.Kind.choices]
    )
    origin = forms.ChoiceField(
        label=_("Where from"), required=False, choices=[("", _("anywhere")), *Donor.Origin.choices]
    )
