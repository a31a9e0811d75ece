"""Stock: to whom it goes, what is written off, what is put back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from directory import clock
from directory.fields import VietnameseDateField, WholeNumberField
from directory.models import Agency, User
from donors.models import SupplyLine


class _QuantityAndReason(forms.Form):
    quantity = WholeNumberField(label=_("Quantity"), min_value=1)
    reason = forms.CharField(
        label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3, "maxlength": 300})
    )


class MoveForm(_QuantityAndReason):
    to: forms.ModelChoiceField[Agency] = forms.ModelChoiceField(None, label=_("To custodian"))
    occurred_on = VietnameseDateField(label=_("Moved on"))
    field_order = ("to", "quantity", "occurred_on", "reason")

    def __init__(self, user: User, line: SupplyLine, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        agencies = Agency.objects.visible_to(user).on(clock.today()).order_by("unit__level", "name")
        self.fields["to"].queryset = agencies.exclude(pk=line.custodian_id)  # type: ignore[attr-defined]


class WriteOffForm(_QuantityAndReason):
    occurred_on = VietnameseDateField(label=_("Lost or spoiled on"))
    field_order = ("quantity", "occurred_on", "reason")


class RestoreForm(_QuantityAndReason):
    pass
