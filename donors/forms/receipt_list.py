"""The filter of the list of receipts."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ReceiptFilter(forms.Form):
    q = forms.CharField(label=_("Code, pledge or giver"), max_length=100, required=False)
