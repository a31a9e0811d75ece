"""Receipts: what came of each line of one pledge, prefilled with no number."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from directory import clock
from directory.fields import VietnameseDateField, WholeNumberField
from directory.forms.rows import RowsForm
from directory.models import Agency, User
from donors.actions import ReceivedLine
from donors.checks import day_in_words, day_of_receipt, received_line
from donors.models import Pledge, ReceiptLine, SupplyLine
from donors.numbers import DONG_DIGITS, grouped
from donors.progress import Progress, progress_of


def signer(label: Any, help_text: Any) -> forms.CharField:
    return forms.CharField(label=label, help_text=help_text, max_length=200, required=False)


class ReceiptForm(RowsForm):
    """``pledge`` is loaded with its progress (``Pledge.objects.for_list()``)."""

    occurred_on = VietnameseDateField(label=_("Received on"))
    custodian: forms.ModelChoiceField[Agency] = forms.ModelChoiceField(
        None, label=_("Kept by"), help_text=_("Who takes the goods or the money into custody.")
    )
    handed_over_by = signer(_("Handed over by"), _("Who signs for the giver, with the office."))
    received_by = signer(_("Received by"), _("Who signs for who keeps it, with the office."))
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    confirm_surplus = forms.BooleanField(
        label=_("More came than was pledged: book the rest as a surplus"), required=False
    )

    def __init__(self, user: User, pledge: Pledge, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pledge = pledge
        self.progress = [row for row in progress_of(pledge) if not row.is_surplus]
        self.asks_surplus = bool(self.data.get("confirm_surplus"))
        agencies = Agency.objects.visible_to(user).on(clock.today()).order_by("unit__level", "name")
        self.fields["custodian"].queryset = agencies  # type: ignore[attr-defined]
        self.fields["custodian"].initial = self._keeper(pledge)
        for row in self.progress:
            self.add_row((self._goods(row.supply) if row.supply else self._cash()) | _instalment(row))

    def _keeper(self, pledge: Pledge) -> int:
        keepers = [row.supply.custodian_id for row in self.progress if row.supply]
        return keepers[0] if keepers else pledge.mobilised_by_id

    def _goods(self, supply: SupplyLine) -> dict[str, forms.Field]:
        fields: dict[str, forms.Field] = {
            "accepted": WholeNumberField(label=_("Accepted"), required=False),
            "quality": forms.ChoiceField(label=_("Quality"), choices=ReceiptLine.Quality.choices),
            "refused": WholeNumberField(label=_("Not accepted"), required=False),
            "refuse_reason": forms.CharField(label=_("Reason of the refusal"), max_length=300),
        }
        if not supply.unit_value:
            fields["unit_value"] = WholeNumberField(
                label=_("Value of one, đồng"), max_digits=DONG_DIGITS, required=False
            )
        return fields

    def _cash(self) -> dict[str, forms.Field]:
        return {"amount": WholeNumberField(label=_("Amount, đồng"), max_digits=DONG_DIGITS, required=False)}

    @property
    def lines_with_rows(self) -> list[tuple[Progress, dict[str, forms.BoundField]]]:
        return list(zip(self.progress, self.rows, strict=True))

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if "occurred_on" in values:
            self.add_problems(day_of_receipt(values["occurred_on"], self.pledge))
        for number, progress in enumerate(self.progress):
            row = self.values_of(number)
            if not self.row_is_wrong(number):
                self.add_problems(
                    received_line(self._line(number, progress), self.pledge, f"lines-{number}-")
                )
            came = (row.get("accepted") or 0) + (row.get("refused") or 0)
            if came > progress.to_come:
                self.asks_surplus = True
                if not values.get("confirm_surplus"):
                    self._ask_surplus(number, progress, came)
        return values

    def _ask_surplus(self, number: int, progress: Progress, came: int) -> None:
        message = ngettext(
            "Only %(left)s %(unit)s is to come, %(came)s came. Correct the number, or tick below that the "
            "rest is a surplus.",
            "Only %(left)s %(unit)s are to come, %(came)s came. Correct the number, or tick below that the "
            "rest is a surplus.",
            progress.to_come,
        ) % {"left": grouped(progress.to_come), "unit": progress.line.unit, "came": grouped(came)}
        self.add_error(f"lines-{number}-accepted", forms.ValidationError(message, code="surplus"))

    def arguments(self) -> dict[str, Any]:
        """What ``record_receipt`` wants."""
        names = ("occurred_on", "custodian", "handed_over_by", "received_by", "note")
        values = {name: self.cleaned_data[name] for name in names}
        lines = [self._line(number, progress) for number, progress in enumerate(self.progress)]
        return {**values, "lines": lines}

    def _line(self, number: int, progress: Progress) -> ReceivedLine:
        row = self.values_of(number)
        return ReceivedLine(
            pledge_line=progress.line,
            accepted=row.get("accepted") or 0,
            refused=row.get("refused") or 0,
            refuse_reason=row.get("refuse_reason") or "",
            amount=row.get("amount") or 0,
            unit_value=row.get("unit_value"),
            quality=row.get("quality") or "",
            due_on=row.get("due_on"),
        )


def _instalment(row: Progress) -> dict[str, forms.Field]:
    """Which of several open instalments came; the earliest, unless the giver says otherwise."""
    open_ones = [due for due in row.line.schedule if due.left]
    if len(open_ones) < 2:
        return {}
    choices = [
        (
            due.day.isoformat(),
            gettext("%(day)s: %(left)s %(unit)s to come")
            % {"day": day_in_words(due.day), "left": grouped(due.left), "unit": row.line.unit},
        )
        for due in open_ones
    ]
    field = forms.TypedChoiceField(
        label=_("For the instalment of"),
        choices=[("", gettext("the earliest that is open")), *choices],
        coerce=date.fromisoformat,
        empty_value=None,
    )
    return {"due_on": field}
