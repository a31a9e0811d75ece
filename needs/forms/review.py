"""What is typed in a review: a comment on a row, a question to a lead agency, its opinion, a priority."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from directory.models import Place
from needs.actions.comment import LONGEST
from needs.actions.opinion import LONGEST_OPINION, LONGEST_QUESTION
from needs.actions.priority import LONGEST as LONGEST_REASON
from needs.cells import PRIORITIES
from needs.models import Opinion
from needs.opinions import Asking
from needs.sections import Section, Tabs


class SometimesText(forms.CharField):
    """Needed or not by what else was chosen, which its help says: not marked as optional."""

    asked_sometimes = True


class SometimesChoice(forms.TypedChoiceField):
    """Whose empty choice is an answer too."""

    asked_sometimes = True


class RowForm(forms.Form):
    """A form about one row: chosen from ``sections``, or given."""

    section = forms.ChoiceField(label=_("Part of the survey"))
    place = forms.TypedChoiceField(label=_("Place"), coerce=int)

    def __init__(
        self, *args: Any, sections: Tabs, row: tuple[Section, Place] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        places = sections[0].contents.places if sections else []
        self.fields["section"].choices = [(each.code, each.label) for each in sections]  # type: ignore[attr-defined]
        self.fields["place"].choices = [(place.pk, place.name) for place in places]  # type: ignore[attr-defined]
        self._sections = {each.code: each for each in sections}
        self._places = {place.pk: place for place in places}
        if row:
            self.fix(row)

    def fix(self, row: tuple[Section, Place]) -> None:
        """Let the form be about this row, without a choice."""
        self.initial = {**self.initial, "section": row[0].code, "place": row[1].pk}
        for name in ("section", "place"):
            self.fields[name].widget = forms.HiddenInput()

    @property
    def row(self) -> tuple[Section, Place] | None:
        """The row that was chosen, however wrong the rest of the form is."""
        chosen = getattr(self, "cleaned_data", {})
        section, place = chosen.get("section"), chosen.get("place")
        return (self._sections[section], self._places[place]) if section and place else None


class CommentForm(RowForm):
    text = forms.CharField(
        label=_("Comment"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("The comment is empty. Say what has to be looked at in this row.")},
    )


class OpinionAskForm(forms.Form):
    area = forms.TypedChoiceField(label=_("Support area"), coerce=int)
    question = forms.CharField(
        label=_("Question"),
        required=False,
        max_length=LONGEST_QUESTION,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What the agency should look at; the survey's area is shown to it with what changed."),
    )

    def __init__(self, *args: Any, askings: Sequence[Asking], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.areas = {asking.area.pk: asking.area for asking in askings}
        self.fields["area"].choices = [  # type: ignore[attr-defined]
            (asking.area.pk, f"{asking.area}: {asking.lead.name}" if asking.lead else str(asking.area))
            for asking in askings
        ]


class OpinionForm(forms.Form):
    verdict = forms.ChoiceField(
        label=_("Your agency's opinion"),
        choices=Opinion.Verdict,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("No opinion was chosen. Say whether your agency agrees, and if not wholly, why.")
        },
    )
    text = SometimesText(
        label=_("Reasons"),
        required=False,
        max_length=LONGEST_OPINION,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Needed unless your agency agrees: what should change, at which place."),
    )
    seen_at = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_seen_at(self) -> datetime | None:
        """When the answer was given that the writer had before them."""
        try:
            return parse_datetime(self.cleaned_data["seen_at"])
        except ValueError:
            return None


class PriorityFields(forms.Form):
    priority = SometimesChoice(
        label=_("Reviewer's priority"),
        required=False,
        choices=[("", _("The commune's own")), *((number, number) for number in PRIORITIES)],
        coerce=int,
        empty_value=None,
        help_text=_("1 is the most urgent."),
    )
    reason = SometimesText(
        label=_("Reason"),
        required=False,
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Needed unless the commune's own is taken."),
    )


class RowPriorityForm(PriorityFields, RowForm):
    field_order = ("section", "place", "priority", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # It stands on one page with the form of a comment on the same row.
        super().__init__(*args, auto_id="id_priority_%s", **kwargs)
