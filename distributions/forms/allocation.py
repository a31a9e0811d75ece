"""Forms of the allocation board and of one allocation."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from directory.fields import WholeNumberField
from directory.models import Unit, User
from distributions.board import Sieve
from distributions.scope import areas_seen_by
from needs.models import SupportItem


class BoardForm(forms.Form):
    """What both sides of the board are narrowed to."""

    area: forms.ModelChoiceField = forms.ModelChoiceField(
        None, label=_("Support area"), required=False, empty_label=_("all areas")
    )
    item: forms.ModelChoiceField = forms.ModelChoiceField(
        None, label=_("Support item"), required=False, empty_label=_("all items")
    )
    commune: forms.ModelChoiceField = forms.ModelChoiceField(
        None, label=_("Commune"), required=False, empty_label=_("all communes")
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        items = SupportItem.objects.in_use().filter(area_id__in=user.reach.areas)
        self.fields["area"].queryset = areas_seen_by(user)  # type: ignore[attr-defined]
        self.fields["item"].queryset = items  # type: ignore[attr-defined]
        self.fields["commune"].queryset = Unit.objects.visible_to(user).communes()  # type: ignore[attr-defined]

    def sieve(self) -> Sieve:
        """What was chosen; a value that means nothing narrows nothing."""
        chosen = self.cleaned_data if self.is_valid() or self.is_bound else {}
        return Sieve(chosen.get("item"), chosen.get("area"), chosen.get("commune"))


class AllocateForm(forms.Form):
    """One supply line for the chosen need."""

    quantity = WholeNumberField(label=_("Quantity"), min_value=1)
    out_of_scope_reason = forms.CharField(
        label=_("Why this place is helped"), required=False, max_length=300, strip=True
    )


class ReverseForm(forms.Form):
    quantity = WholeNumberField(label=_("Quantity to take back"), min_value=1)
    reason = forms.CharField(label=_("Reason"), max_length=300)
