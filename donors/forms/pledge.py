"""Pledges: one form with five lines of goods or cash; empty lines are ignored."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from directory import clock
from directory.errors import Problem
from directory.fields import VietnameseDateField, WholeNumberField
from directory.forms.rows import RowsForm
from directory.models import Agency, Unit, User
from donors.actions import PledgedLine
from donors.actions.pledge_change import fields_of
from donors.checks import days_of_pledge, pledged_line
from donors.forms.overlap import OverlapForm
from donors.forms.purpose import Purposes
from donors.forms.scope import ScopeField
from donors.models import Donor, FundingSource, PledgeLine
from donors.numbers import DONG_DIGITS
from donors.overlap import covered_by, overlaps, year_of
from donors.permissions import coordinates
from donors.states import PledgeState
from needs.models import SupportItem

ROWS = 5
CASH = "cash"


class PledgeForm(RowsForm, OverlapForm):
    scope = ScopeField()
    donor: forms.ModelChoiceField[Donor] = forms.ModelChoiceField(None, label=_("Donor"), required=False)
    source: forms.ModelChoiceField[FundingSource] = forms.ModelChoiceField(
        None,
        label=_("or fund or budget"),
        required=False,
        help_text=_("Funds and budgets are sources of support, not donors."),
    )
    mobilised_by: forms.ModelChoiceField[Agency] = forms.ModelChoiceField(None, label=_("Mobilised by"))
    pledged_on = VietnameseDateField(label=_("Pledged on"))
    due_on = VietnameseDateField(label=_("Due on"), required=False)
    anonymous = forms.BooleanField(
        label=_("The donor asks not to be named in public"),
        required=False,
        help_text=_("Officials still see the name."),
    )
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        scopes = ScopeField.prepare(self, user)
        self._choose("donor", Donor.objects.visible_to(user).standing())
        self._choose("source", FundingSource.objects.visible_to(user).open_on(clock.today()))
        agencies = Agency.objects.visible_to(user).on(clock.today()).order_by("unit__level", "name")
        if not any(coordinates(user, scope) for scope in scopes):
            agencies = agencies.filter(pk__in=user.reach.agencies)
        self._choose("mobilised_by", agencies)
        self.fields["mobilised_by"].initial = user.agency
        self._items = {str(item.pk): item for item in SupportItem.objects.in_use().select_related("area")}
        self.purposes = Purposes(user, dict.fromkeys(item.area for item in self._items.values()))
        for _row in range(ROWS):
            self.add_row(self._row_fields())
        if not self.fields["source"].queryset.exists():  # type: ignore[attr-defined]
            del self.fields["source"]
            self.fields["donor"].required = True

    def _choose(self, name: str, choices: QuerySet[Any]) -> None:
        self.fields[name].queryset = choices  # type: ignore[attr-defined]

    def _row_fields(self) -> dict[str, forms.Field]:
        dong = {"max_digits": DONG_DIGITS, "required": False}
        return {
            "item": forms.ChoiceField(label=_("Goods or cash"), choices=self._goods_or_cash),
            "quantity": WholeNumberField(label=_("Quantity"), required=False),
            "unit_value": WholeNumberField(label=_("Value of one, đồng"), **dong),
            "amount": WholeNumberField(label=_("Cash, đồng"), **dong),
            "purpose": forms.CharField(label=_("Purpose"), max_length=200),
            **self.purposes.fields(),
        }

    def _goods_or_cash(self) -> list[Any]:
        groups: dict[str, list[tuple[str, str]]] = {}
        for key, item in self._items.items():
            groups.setdefault(str(item.area), []).append((key, f"{item} ({item.unit})"))
        return [("", "—"), (CASH, _("Cash")), *groups.items()]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if "pledged_on" in values:
            self.add_problems(days_of_pledge(values["pledged_on"], values.get("due_on")))
        for number in self.filled_rows:
            if "scope" in values and not self.row_is_wrong(number):
                self.add_problems(self._problems_of_row(number, values["scope"]))
        if not self.errors:
            self._warn_of_overlaps(values)
        return values

    def _warn_of_overlaps(self, values: dict[str, Any]) -> None:
        lines = [self._line(self.values_of(number)) for number in self.filled_rows]
        found = overlaps(
            self.user,
            scope=values["scope"],
            agency=values["mobilised_by"],
            year=year_of(values["pledged_on"], values.get("due_on")),
            coverages=covered_by(lines),
        )
        self.warn_of(found)

    def _problems_of_row(self, number: int, scope: Unit) -> list[Problem]:
        row, place = self.values_of(number), f"lines-{number}-"
        if not row["item"]:
            return [Problem(_("Choose what is promised: goods or cash."), f"{place}item")]
        return list(pledged_line(self._line(row), scope, place))

    def arguments(self) -> dict[str, Any]:
        """What ``record_pledge`` wants."""
        main = ("scope", "donor", "source", "mobilised_by", "pledged_on", "due_on", "anonymous", "note")
        values = {name: self.cleaned_data.get(name) for name in main}
        return {**values, "lines": [self._line(self.values_of(number)) for number in self.filled_rows]}

    def _line(self, row: dict[str, Any]) -> PledgedLine:
        purpose = self.purposes.read(row)
        return PledgedLine(
            kind=PledgeLine.Kind.CASH if row["item"] == CASH else PledgeLine.Kind.GOODS,
            item=self._items.get(row["item"]),
            quantity=row["quantity"],
            unit_value=row["unit_value"],
            amount=row["amount"],
            purpose=row["purpose"],
            **fields_of(purpose),
        )


class PledgeFilter(forms.Form):
    OVERDUE = "overdue"
    q = forms.CharField(label=_("Code or donor"), max_length=100, required=False)
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("all states")), *PledgeState.choices, (OVERDUE, _("Overdue"))],
    )
