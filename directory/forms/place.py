"""What one types about a village, a school or a site."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from directory import clock, history
from directory.errors import Refusal, Stale
from directory.fields import VietnameseDateField, WholeNumberField
from directory.models import Place, Unit, User
from directory.screens import show_refusal


class VillageField(forms.ModelChoiceField):
    """A village, by its name and commune."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Place.objects.none(), **kwargs)

    def label_from_instance(self, obj: Place) -> str:
        return obj.full_name


class PlaceForm(forms.Form):
    """A new place. The commune as a whole is one already, so it is not offered."""

    unit: forms.ModelChoiceField = forms.ModelChoiceField(None, label=_("Commune"))
    kind = forms.ChoiceField(
        label=_("Kind"), choices=[choice for choice in Place.Kind.choices if choice[0] != Place.Kind.COMMUNE]
    )
    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("For example Thôn 3."))
    valid_from = VietnameseDateField(label=_("Exists from"))
    lies_in = VillageField(
        label=_("Lies in"),
        required=False,
        empty_label=_("not known"),
        help_text=_("For a school or school site: its village, whose children are the same ones."),
    )
    order = WholeNumberField(
        label=_("Order in lists"), max_digits=4, required=False, help_text=_("Smaller numbers stand first.")
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["lies_in"].queryset = Place.objects.villages_for(user, clock.today())  # type: ignore[attr-defined]
        communes = Unit.objects.visible_to(user).communes().on(clock.today()).order_by("name")
        self.fields["unit"].queryset = communes  # type: ignore[attr-defined]

    def clean_order(self) -> int:
        return self.cleaned_data["order"] or 0


class ChangePlaceForm(forms.Form):
    """In which village of its commune a school lies."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    lies_in = VillageField(
        label=_("Lies in"),
        required=False,
        empty_label=_("not known"),
        help_text=_("The village whose children go to this school: needs of both are then compared."),
    )

    def __init__(self, place: Place, *args: Any, user: User, **kwargs: Any) -> None:
        kwargs["initial"] = {"version": history.version_of(place), "lies_in": place.lies_in_id}
        super().__init__(*args, **kwargs)
        villages = Place.objects.villages_for(user, clock.today()).within([place.unit])
        self.fields["lies_in"].queryset = villages  # type: ignore[attr-defined]

    def show(self, refusal: Refusal) -> int:
        """Show a refusal. After both values were shown, saving once more is meant so."""
        if isinstance(refusal, Stale):
            self.data = self.data.copy()  # type: ignore[attr-defined]
            self.data["version"] = refusal.details["version"]  # type: ignore[index]
        return show_refusal(self, refusal)


class EndPlaceForm(forms.Form):
    last_day = VietnameseDateField(label=_("Last day"))
    reason = forms.CharField(label=_("Reason"), max_length=200)
