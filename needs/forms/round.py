"""The form that opens a survey round, and the one that closes it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from directory import clock
from directory.fields import VietnameseDateField, WholeNumberField
from directory.models import Place, Unit, User
from needs.models import SurveyRound
from needs.models.round import rank_of_kind
from needs.permissions import scopes_of


class RoundForm(forms.Form):
    scope = forms.ModelChoiceField(Unit.objects.none(), label=_("Within"), empty_label=None)
    kind = forms.ChoiceField(label=_("Kind"), choices=SurveyRound.Kind)
    year = WholeNumberField(label=_("Year"), max_digits=4)
    name = forms.CharField(label=_("Name"), max_length=120)
    opens_on = VietnameseDateField(label=_("Opens on"))
    due_on = VietnameseDateField(label=_("Due on"))
    event = forms.CharField(
        label=_("Event"),
        max_length=200,
        required=False,
        help_text=_("For a supplementary round: what happened, where and when."),
    )
    places = forms.ModelMultipleChoiceField(
        Place.objects.none(),
        label=_("Places"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "For a supplementary round: the places that were hit. Leave empty for the yearly review."
        ),
    )
    instructions = forms.CharField(
        label=_("Instructions"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Shown to the communes above their survey."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = clock.today()
        places = Place.objects.visible_to(user).on(today).select_related("unit")
        self.fields["scope"].queryset = scopes_of(user)  # type: ignore[attr-defined]
        self.fields["places"].queryset = places.order_by("unit__name", rank_of_kind(), "order", "name")  # type: ignore[attr-defined]
        self.fields["places"].label_from_instance = lambda place: place.full_name  # type: ignore[attr-defined]
        self.fields["year"].initial = today.year
        self.fields["opens_on"].initial = today
        self.fields["due_on"].initial = date(today.year, 12, 31)


class ReasonForm(forms.Form):
    """Why a round is closed, or a survey returned."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("No reason was given. Say why, so that those concerned know.")},
    )
