"""Open a reporting period."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from directory import clock
from directory.fields import VietnameseDateField, WholeNumberField
from directory.models import User
from reports.models import ReportingPeriod
from reports.scopes import coordinated_by

DATES = ("starts_on", "ends_on", "year_starts_on", "cut_off", "units_due_on", "district_due_on")


class PeriodForm(forms.Form):
    """Kind and year; the dates only where they differ from the usual ones."""

    scope: forms.ModelChoiceField = forms.ModelChoiceField(None, label=_("Within"), empty_label=None)
    kind = forms.ChoiceField(
        label=_("Kind"), choices=ReportingPeriod.Kind.choices, initial=ReportingPeriod.Kind.HALF_YEAR
    )
    year = WholeNumberField(label=_("Year"), max_digits=4)
    starts_on = VietnameseDateField(label=_("From"), required=False)
    ends_on = VietnameseDateField(label=_("To"), required=False)
    year_starts_on = VietnameseDateField(label=_("Start of the year's window"), required=False)
    cut_off = VietnameseDateField(label=_("Data cut-off"), required=False)
    units_due_on = VietnameseDateField(label=_("Communes and agencies report by"), required=False)
    district_due_on = VietnameseDateField(label=_("The district reports by"), required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scope"].queryset = coordinated_by(user)  # type: ignore[attr-defined]
        self.fields["year"].initial = clock.today().year

    @property
    def dates(self) -> dict[str, date]:
        """The dates that were typed."""
        return {name: value for name in DATES if (value := self.cleaned_data[name])}
