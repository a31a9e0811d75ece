"""Forms beside the visits: samples, recommendations, the checklist."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from directory.fields import VietnameseDateField, WholeNumberField
from directory.forms.versioned import VersionedForm
from directory.models import User
from distributions.scope import scopes_inspected_by


class SampleForm(forms.Form):
    scope: forms.ModelChoiceField = forms.ModelChoiceField(None, label=_("Within"), empty_label=None)
    from_on = VietnameseDateField(label=_("Delivered from"))
    to_on = VietnameseDateField(label=_("Delivered until"))
    size = WholeNumberField(label=_("How many deliveries"), max_digits=3)
    seed = WholeNumberField(
        label=_("Seed"),
        required=False,
        max_digits=6,
        help_text=_("Empty: a new one. The same days, number and seed give the same deliveries again."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scope"].queryset = scopes_inspected_by(user)  # type: ignore[attr-defined]


class FollowForm(forms.Form):
    """What the recommendations' list is narrowed to."""

    show = forms.ChoiceField(
        label=_("Show"),
        required=False,
        choices=[
            ("", _("not closed")),
            ("overdue", _("overdue")),
            ("all", _("all recommendations")),
        ],
    )


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label=_("What was done"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class SendBackForm(forms.Form):
    reason = forms.CharField(label=_("What is still to be done"), max_length=300)
    due_on = VietnameseDateField(label=_("New due date"), required=False)


class CloseForm(forms.Form):
    """``withdrawing``: nobody has answered, so the reason is asked for."""

    reason = forms.CharField(label=_("Remark"), max_length=300, required=False)

    def __init__(self, *args: Any, withdrawing: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if withdrawing:
            self.fields["reason"] = forms.CharField(label=_("Why it is withdrawn"), max_length=300)


class QuestionForm(VersionedForm):
    question = forms.CharField(label=_("Checklist question"), max_length=300)
    order = WholeNumberField(label=_("Order"), max_digits=4)
