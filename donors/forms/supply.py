"""The filter of the supply list."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from needs.models import SupportItem


class SupplyFilter(forms.Form):
    area = forms.ChoiceField(label=_("Support area"), required=False)
    item = forms.ChoiceField(label=_("Goods or service"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        items = list(SupportItem.objects.in_use().select_related("area"))
        areas = {str(item.area_id): str(item.area) for item in items}
        self.fields["area"].choices = [("", _("all areas")), *areas.items()]  # type: ignore[attr-defined]
        self.fields["item"].choices = [  # type: ignore[attr-defined]
            ("", _("all goods")),
            *((str(item.pk), str(item)) for item in items),
        ]
