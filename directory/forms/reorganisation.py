"""What an administrator types when units are merged or an agency's duties go to another."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from directory import clock
from directory.fields import VietnameseDateField
from directory.models import Agency, Place, Unit, User

RENAME = "rename_"


class MergeForm(forms.Form):
    """The units that end, and what they go into: one that exists, or a new one."""

    predecessors: forms.ModelMultipleChoiceField = forms.ModelMultipleChoiceField(
        None, label=_("Units that end"), widget=forms.CheckboxSelectMultiple
    )
    on: VietnameseDateField = VietnameseDateField(
        label=_("First day of the new order"), help_text=_("The units end the day before.")
    )
    legal_basis = forms.CharField(label=_("Legal basis"), max_length=200)
    into: forms.ModelChoiceField = forms.ModelChoiceField(
        None,
        label=_("They go into an existing unit"),
        required=False,
        help_text=_("Leave it empty and name a new unit below, if it comes into being on that day."),
    )
    name = forms.CharField(label=_("Name of a new unit"), max_length=100, required=False)
    code = forms.CharField(label=_("GSO code of the new unit"), max_length=10, required=False)
    level = forms.ChoiceField(label=_("Level of the new unit"), choices=Unit.Level.choices, required=False)
    parent: forms.ModelChoiceField = forms.ModelChoiceField(
        None, label=_("Superior of the new unit"), required=False
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = Unit.objects.visible_to(user).on(clock.today()).order_by("level", "name")
        for name in ("predecessors", "into", "parent"):
            self.fields[name].queryset = units  # type: ignore[attr-defined]
        if self.is_bound:
            self._ask_for_names(user)

    def _ask_for_names(self, user: User) -> None:
        """A field for each place whose name another one of the merger bears too."""
        chosen = self.data.getlist("predecessors") if hasattr(self.data, "getlist") else []
        units = Unit.objects.visible_to(user).filter(pk__in=[pk for pk in chosen if pk.isdigit()])
        places = (
            Place.objects.within(units).on(clock.today()).select_related("unit").order_by("unit", "order")
        )
        borne = Counter((place.kind, place.name) for place in places)
        for place in sorted(places, key=lambda place: (place.unit_id, place.order)):
            if borne[place.kind, place.name] > 1:
                label = gettext("New name of %(place)s") % {"place": place.full_name}
                self.fields[f"{RENAME}{place.pk}"] = forms.CharField(
                    label=label, max_length=120, required=False, help_text=_("Empty: it keeps its name.")
                )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("into") and not (cleaned.get("name") and cleaned.get("code")):
            self.add_error(
                "into", gettext("Choose the unit that they go into, or give name and code of a new one.")
            )
        return cleaned

    def successor(self) -> Unit:
        """The chosen unit, or a new one, not saved."""
        cleaned = self.cleaned_data
        return cleaned["into"] or Unit(
            level=cleaned["level"],
            code=cleaned["code"],
            name=cleaned["name"],
            parent=cleaned["parent"],
            valid_from=cleaned["on"],
        )

    def place_names(self) -> dict[int, str]:
        return {
            int(name.removeprefix(RENAME)): value
            for name, value in self.cleaned_data.items()
            if name.startswith(RENAME) and value
        }


class SucceedForm(forms.Form):
    """The agency that ends and the one that takes over."""

    predecessor: forms.ModelChoiceField = forms.ModelChoiceField(None, label=_("Agency that ends"))
    successor: forms.ModelChoiceField = forms.ModelChoiceField(
        None, label=_("Agency that takes over"), help_text=_("Enter a new agency in the registers first.")
    )
    on = VietnameseDateField(
        label=_("First day of the new order"), help_text=_("The agency ends the day before.")
    )
    legal_basis = forms.CharField(label=_("Legal basis"), max_length=200)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        agencies = Agency.objects.visible_to(user).on(clock.today()).order_by("unit__level", "unit", "name")
        for name in ("predecessor", "successor"):
            self.fields[name].queryset = agencies  # type: ignore[attr-defined]
