"""Forms of supervision visits: plan one, write down what it found, the list's filter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from directory import clock
from directory.fields import VietnameseDateField, asked_sometimes
from directory.models import Agency, Place, User
from distributions.actions import Found, Recommended
from distributions.forms.distribution import PlaceChoice
from distributions.models import ChecklistItem, Distribution, Finding
from distributions.states import VisitState

# More recommendations are added on the page of the visit.
RECOMMENDATION_ROWS = 3


class VisitListForm(forms.Form):
    state = forms.ChoiceField(label=_("State"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = [("", _("all states")), *VisitState.choices]  # type: ignore[attr-defined]


class VisitForm(forms.Form):
    """``distribution``: the one to look at; then the place is its own."""

    place = PlaceChoice(None, label=_("Place"))
    planned_on = VietnameseDateField(label=_("Planned on"))
    team = forms.CharField(
        label=_("Who goes"),
        max_length=300,
        help_text=_("Officials and their agencies, never a child's name."),
    )

    def __init__(self, *args: Any, user: User, distribution: Distribution | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if distribution is not None:
            del self.fields["place"]
            return
        places = Place.objects.visible_to(user).on(clock.today()).by_commune()
        self.fields["place"].queryset = places  # type: ignore[attr-defined]


class RecommendationFields(forms.Form):
    """One recommendation; of several rows those that are empty say nothing."""

    text = forms.CharField(label=_("Recommendation"), max_length=500)
    owner: forms.ModelChoiceField = forms.ModelChoiceField(None, label=_("Who is to do it"))
    due_on = VietnameseDateField(label=_("Due on"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        agencies = Agency.objects.visible_to(user).on(clock.today()).order_by("name")
        self.fields["owner"].queryset = agencies  # type: ignore[attr-defined]

    def recommended(self) -> Recommended:
        data = self.cleaned_data
        return Recommended(data["text"], data["owner"], data["due_on"])


class FoundForm(forms.Form):
    """The day, an answer and a note for each question, the conclusion.

    ``asked``: each question with its words; ``answered``: what stands.
    """

    done_on = VietnameseDateField(label=_("Visited on"))
    # What the action asks for, with all else that is wrong, is never marked as optional.
    conclusion = asked_sometimes(
        forms.CharField(label=_("Conclusion"), required=False, widget=forms.Textarea(attrs={"rows": 4}))
    )

    def ask(self, asked: Iterable[tuple[ChecklistItem, str]], answered: Mapping[int, Finding]) -> None:
        self.questions = []
        for item, words in asked:
            self.questions.append(item)
            stands = answered.get(item.pk)
            answer = forms.ChoiceField(
                label=words,
                choices=Finding.Answer.choices,
                widget=forms.RadioSelect,
                required=False,
                initial=stands and stands.answer,
            )
            note = forms.CharField(
                label=_("Note; what is not in order, if so"),
                max_length=500,
                required=False,
                initial=stands and stands.note,
            )
            self.fields[f"item-{item.pk}-answer"] = asked_sometimes(answer)
            self.fields[f"item-{item.pk}-note"] = asked_sometimes(note)

    def rows_of_questions(self) -> Iterator[tuple[forms.BoundField, forms.BoundField]]:
        for item in self.questions:
            yield self[f"item-{item.pk}-answer"], self[f"item-{item.pk}-note"]

    def findings(self) -> list[Found]:
        data = self.cleaned_data
        return [
            Found(item, answer, data[f"item-{item.pk}-note"])
            for item in self.questions
            if (answer := data[f"item-{item.pk}-answer"])
        ]


class RecordForm(FoundForm):
    """What was found, and room for some recommendations."""

    def __init__(self, *args: Any, questions: Sequence[ChecklistItem], user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ask([(item, item.question) for item in questions], {})
        agencies = Agency.objects.visible_to(user).on(clock.today()).order_by("name")
        for row in range(1, RECOMMENDATION_ROWS + 1):
            for part, field in (
                ("text", forms.CharField(label=_("Recommendation"), max_length=500, required=False)),
                ("owner", forms.ModelChoiceField(agencies, label=_("Who is to do it"), required=False)),
                ("due_on", VietnameseDateField(label=_("Due on"), required=False)),
            ):
                self.fields[f"r{row}-{part}"] = asked_sometimes(field)

    def rows_of_recommendations(self) -> Iterator[list[forms.BoundField]]:
        for row in range(1, RECOMMENDATION_ROWS + 1):
            yield [self[f"r{row}-{part}"] for part in ("text", "owner", "due_on")]

    def recommendations(self) -> list[Recommended]:
        found = [self._recommended(f"r{row}") for row in range(1, RECOMMENDATION_ROWS + 1)]
        return [each for each in found if each.text or each.owner or each.due_on]

    def _recommended(self, at: str) -> Recommended:
        data = self.cleaned_data
        return Recommended(data[f"{at}-text"], data[f"{at}-owner"], data[f"{at}-due_on"], at)
