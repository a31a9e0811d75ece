"""What one types about a village, a school or a site."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from directory import clock
from directory.fields import VietnameseDateField, WholeNumberField
from directory.models import Place, Unit, User


class PlaceForm(forms.Form):
    """A new place. The commune as a whole is one already, so it is not offered."""

    unit: forms.ModelChoiceField = forms.ModelChoiceField(None, label=_("Commune"))
    kind = forms.ChoiceField(
        label=_("Kind"), choices=[choice for choice in Place.Kind.choices if choice[0] != Place.Kind.COMMUNE]
    )
    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("For example Thôn 3."))
    valid_from = VietnameseDateField(label=_("Exists from"))
    order = WholeNumberField(
        label=_("Order in lists"), max_digits=4, required=False, help_text=_("Smaller numbers stand first.")
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        communes = Unit.objects.visible_to(user).communes().on(clock.today()).order_by("name")
        self.fields["unit"].queryset = communes  # type: ignore[attr-defined]

    def clean_order(self) -> int:
        return self.cleaned_data["order"] or 0


class EndPlaceForm(forms.Form):
    last_day = VietnameseDateField(label=_("Last day"))
    reason = forms.CharField(label=_("Reason"), max_length=200)
