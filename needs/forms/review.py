"""What is typed in a review: a comment on a row, a question to a lead agency, its opinion, a priority."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from directory.models import Place
from needs.actions.comment import LONGEST
from needs.sections import Section, Tabs


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
