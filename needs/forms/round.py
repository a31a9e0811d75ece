"""The forms that open, change, close and reopen a survey round."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django import forms
from django.forms.models import ModelChoiceIterator
from django.utils.translation import gettext_lazy as _

from directory import clock
from directory.fields import VietnameseDateField, WholeNumberField
from directory.models import Place, Unit, User
from directory.models.place import PlaceQuerySet
from needs.forms.review import SometimesText
from needs.models import SurveyRound
from needs.permissions import scopes_of

A_FORTNIGHT = timedelta(days=14)


class ByCommune(ModelChoiceIterator):
    """The choices in groups: (commune, its places)."""

    def __iter__(self) -> Iterator[Any]:
        for unit, places in groupby(self.queryset, key=lambda place: place.unit):
            yield unit.name, [self.choice(place) for place in places]


class PlacesWidget(forms.CheckboxSelectMultiple):
    template_name = "needs/round_places.html"


class PlacesField(forms.ModelMultipleChoiceField):
    """Places to choose from, grouped by commune."""

    iterator = ByCommune
    widget = PlacesWidget
    # Of a supplementary round only, as its help says.
    asked_sometimes = True

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Place.objects.none(), **kwargs)

    def offer(self, places: PlaceQuerySet) -> None:
        self.queryset = places.by_commune()

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


class RoundForm(forms.Form):
    scope = forms.ModelChoiceField(Unit.objects.none(), label=_("Within"), empty_label=None)
    kind = forms.ChoiceField(label=_("Kind"), choices=SurveyRound.Kind)
    year = WholeNumberField(label=_("Year"), max_digits=4)
    name = forms.CharField(label=_("Name"), max_length=120)
    opens_on = VietnameseDateField(label=_("Opens on"))
    due_on = VietnameseDateField(label=_("Due on"))
    event = SometimesText(
        label=_("Event"),
        max_length=200,
        required=False,
        help_text=_("For a supplementary round: what happened, where and when."),
    )
    places = PlacesField(
        label=_("Places"),
        required=False,
        help_text=_(
            "For a supplementary round: the places that were hit. The commune itself is one row for all of "
            "it: tick its villages and schools besides. Leave empty for the yearly review."
        ),
    )
    instructions = forms.CharField(
        label=_("Instructions"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Shown to the communes above their survey."),
    )
    asks_chair = forms.BooleanField(
        label=_("The commune's chair signs each survey off before it goes to the coordinating office"),
        required=False,
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = clock.today()
        self.fields["scope"].queryset = scopes_of(user)  # type: ignore[attr-defined]
        self.fields["places"].offer(Place.objects.visible_to(user).on(today))  # type: ignore[attr-defined]
        self.fields["year"].initial = today.year
        self.fields["opens_on"].initial = today
        self.fields["due_on"].initial = date(today.year, 12, 31)


class RoundChangeForm(forms.Form):
    """What may be changed of an open round; ``version`` says what the writer had read."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    name = RoundForm.base_fields["name"]
    opens_on = RoundForm.base_fields["opens_on"]
    due_on = RoundForm.base_fields["due_on"]
    reason = forms.CharField(
        label=_("Why the due date moves"),
        max_length=300,
        required=False,
        help_text=_("Asked for only if it moves. The communes read it in the history of the round."),
    )
    event = forms.CharField(label=_("Event"), max_length=200)
    places = PlacesField(
        label=_("Places"), help_text=_("A place about which something was entered already has to stay.")
    )
    instructions = RoundForm.base_fields["instructions"]
    asks_chair = RoundForm.base_fields["asks_chair"]

    def __init__(
        self, *args: Any, user: User, survey_round: SurveyRound, communes: Iterable[int], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if survey_round.kind == SurveyRound.Kind.YEARLY:
            del self.fields["event"], self.fields["places"]
            return
        places = Place.objects.visible_to(user).on(survey_round.opens_on)
        self.fields["places"].offer(places.filter(unit__in=communes))  # type: ignore[attr-defined]


class ReopeningForm(forms.Form):
    due_on = VietnameseDateField(label=_("Due on"))
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What has to be added or corrected. The commune reads it."),
        error_messages={"required": _("No reason was given. Say what has to be added or corrected.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["due_on"].initial = clock.today() + A_FORTNIGHT


class ReasonForm(forms.Form):
    """Why a round or a reopening is closed, or a survey returned."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("No reason was given. Say why, so that those concerned know.")},
    )
