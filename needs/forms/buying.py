"""What the buying list is filtered by."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from directory.models import SupportArea, Unit, User
from needs.forms.need import family_of
from needs.models import SupportItem, SurveyRound
from needs.models.need import NeedQuerySet


class BuyingFilterForm(forms.Form):
    round = forms.ModelChoiceField(
        SurveyRound.objects.none(), label=_("Survey round"), required=False, empty_label=_("All")
    )
    commune = forms.ModelChoiceField(
        Unit.objects.none(), label=_("Commune"), required=False, empty_label=_("All")
    )
    area = forms.ModelChoiceField(
        SupportArea.objects.none(), label=_("Support area"), required=False, empty_label=_("All")
    )
    item = forms.ModelChoiceField(
        SupportItem.objects.none(), label=_("Support item"), required=False, empty_label=_("All")
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = {
            "round": SurveyRound.objects.visible_to(user),
            "commune": Unit.objects.visible_to(user).communes(),
            "area": SupportArea.objects.visible_to(user),
            "item": SupportItem.objects.goods_in(user.reach.areas),
        }
        for name, queryset in choices.items():
            self.fields[name].queryset = queryset  # type: ignore[attr-defined]

    def apply(self, needs: NeedQuerySet) -> NeedQuerySet:
        """The needs that match a valid filter."""
        fields = {"round": "round", "area": "item__area", "item": "item"}
        asked = {name: value for name, value in self.cleaned_data.items() if value}
        if commune := asked.pop("commune", None):
            needs = needs.filter(place__unit__in=family_of(commune))
        return needs.filter(**{fields[name]: value for name, value in asked.items()})

    def chosen(self) -> list[tuple[str, str]]:
        """What the list is narrowed to, in words, by label."""
        return [
            (str(self.fields[name].label), str(value)) for name, value in self.cleaned_data.items() if value
        ]
