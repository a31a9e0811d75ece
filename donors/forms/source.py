"""Funds and budgets: their form, and the list's filter."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from directory import clock, history
from directory.fields import VietnameseDateField
from directory.forms.versioned import VersionedForm
from directory.models import Agency, User
from donors.actions.source import SourceFacts, facts_of
from donors.forms.scope import ScopeField
from donors.models import FundingSource


class SourceForm(VersionedForm):
    """A new fund or budget, or with ``source`` a change of it."""

    scope = ScopeField()
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[("", "—"), *FundingSource.Kind.choices],
        help_text=_("Management cost is reported apart and never counts as support."),
    )
    name = forms.CharField(label=_("Name"), max_length=200)
    agency: forms.ModelChoiceField[Agency] = forms.ModelChoiceField(
        None, label=_("Kept by"), required=False, help_text=_("Its officers see the fund and what it gave.")
    )

    def __init__(self, user: User, *args: Any, source: FundingSource | None = None, **kwargs: Any) -> None:
        if source is not None:
            kwargs["initial"] = {**vars(facts_of(source)), "version": history.version_of(source)}
        super().__init__(*args, **kwargs)
        agencies = Agency.objects.visible_to(user).on(clock.today()).order_by("unit__level", "name")
        self.fields["agency"].queryset = agencies  # type: ignore[attr-defined]
        if source is None:
            ScopeField.prepare(self, user)
        else:
            del self.fields["scope"]

    def facts(self) -> SourceFacts:
        return SourceFacts(*(self.cleaned_data[name] for name in ("kind", "name", "agency")))


class CloseForm(forms.Form):
    on = VietnameseDateField(
        label=_("Closed from"), help_text=_("From this day on nothing new is recorded of it.")
    )
    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))
