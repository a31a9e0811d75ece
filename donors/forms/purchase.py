"""Purchases: what is to be bought with a cash line, what the invoice says, and the filters of the lists."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from directory import clock
from directory.fields import VietnameseDateField, WholeNumberField
from directory.models import Agency, Place, User
from donors.actions import Bought, Wanted
from donors.forms.overlap import OverlapForm
from donors.models import PledgeLine, Purchase
from donors.numbers import DONG_DIGITS
from donors.overlap import Coverage, overlaps, year_of
from donors.states import PurchaseState
from needs.models import AgeBand, SupportItem

REASON = {"rows": 3, "maxlength": 300}


class PurchaseForm(OverlapForm):
    item: forms.ModelChoiceField[SupportItem] = forms.ModelChoiceField(None, label=_("What is bought"))
    quantity = WholeNumberField(label=_("Quantity"), min_value=1)
    unit_price = WholeNumberField(label=_("Price of one, đồng"), max_digits=DONG_DIGITS, min_value=1)
    custodian: forms.ModelChoiceField[Agency] = forms.ModelChoiceField(
        None, label=_("Kept by"), help_text=_("Who takes the goods into custody.")
    )
    place: forms.ModelChoiceField[Place] = forms.ModelChoiceField(
        None, label=_("For the place"), required=False, empty_label=_("any place")
    )
    age_band: forms.ModelChoiceField[AgeBand] = forms.ModelChoiceField(
        None, label=_("For the age band"), required=False, empty_label=_("any age")
    )
    supplier = forms.CharField(label=_("Supplier"), max_length=200, required=False)
    due_on = VietnameseDateField(label=_("To be bought by"), required=False)
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, user: User, cash_line: PledgeLine, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.cash_line = user, cash_line
        today = clock.today()
        choices = {
            "item": SupportItem.objects.in_use().select_related("area").order_by("area__order", "order"),
            "custodian": Agency.objects.visible_to(user).on(today).order_by("unit__level", "name"),
            "place": Place.objects.visible_to(user).on(today).select_related("unit"),
            "age_band": AgeBand.objects.in_order(),
        }
        for name, rows in choices.items():
            self.fields[name].queryset = rows  # type: ignore[attr-defined]
        self.fields["custodian"].initial = user.agency_id or cash_line.pledge.mobilised_by_id
        need = cash_line.earmark_need
        if need:
            self.initial.update(item=need.item_id, age_band=need.age_band_id, place=need.place_id)
        elif cash_line.earmark_place_id:
            self.initial["place"] = cash_line.earmark_place_id

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            self._warn_of_overlaps(values)
        return values

    def _warn_of_overlaps(self, values: dict[str, Any]) -> None:
        line, need = self.cash_line, self.cash_line.earmark_need
        place = values["place"] or line.earmark_place or (need.place if need else None)
        if place is None:
            return
        coverage = Coverage(values["item"], place, values["age_band"], values["quantity"])
        found = overlaps(
            self.user,
            scope=line.pledge.scope,
            agency=values["custodian"],
            year=year_of(clock.today(), values["due_on"]),
            coverages=[coverage],
            apart_from=line.pledge,
        )
        self.warn_of(found)

    def wanted(self) -> Wanted:
        """What ``plan_purchase`` wants."""
        return Wanted(**self.cleaned_data)


class InvoiceForm(forms.Form):
    invoice = forms.CharField(
        label=_("Number of the invoice"), max_length=60, help_text=_("number and symbol")
    )
    invoiced_on = VietnameseDateField(label=_("Date of the invoice"))
    supplier = forms.CharField(label=_("Supplier"), max_length=200)
    received = WholeNumberField(label=_("Pieces received"))
    spent = WholeNumberField(label=_("Paid in all, đồng"), max_digits=DONG_DIGITS)
    reason = forms.CharField(
        label=_("Reason of the difference"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs=REASON),
        help_text=_("Needed if other pieces came than planned, or more was paid than is reserved."),
    )

    def __init__(self, purchase: Purchase, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["supplier"] = purchase.supplier

    def bought(self) -> Bought:
        """What ``complete_purchase`` wants."""
        return Bought(**self.cleaned_data)


class CancelPurchaseForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea(attrs=REASON))


class PurchaseFilter(forms.Form):
    OVERDUE = "overdue"
    q = forms.CharField(label=_("Code, pledge, supplier or invoice"), max_length=100, required=False)
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("all states")), *PurchaseState.choices, (OVERDUE, _("Overdue"))],
    )


class CashFilter(forms.Form):
    left = forms.ChoiceField(
        label=_("Which money"),
        required=False,
        choices=[("", _("all that was given")), ("yes", _("with something left to spend"))],
    )
