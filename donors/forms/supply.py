"""The filter of the supply and stock lists."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from directory.models import Agency, User
from needs.models import SupportItem


class SupplyFilter(forms.Form):
    IN_STOCK, TO_COME, LEFT = "stock", "come", "left"
    area = forms.ChoiceField(label=_("Support area"), required=False)
    item = forms.ChoiceField(label=_("Goods or service"), required=False)
    custodian = forms.ChoiceField(label=_("Kept by"), required=False)
    has = forms.ChoiceField(
        label=_("With something"),
        required=False,
        choices=[
            ("", _("all lines")),
            (IN_STOCK, _("in stock")),
            (TO_COME, _("still to come")),
            (LEFT, _("left to allocate")),
        ],
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        items = list(SupportItem.objects.in_use().select_related("area"))
        keepers = Agency.objects.visible_to(user).order_by("unit__level", "name")
        self._offer("area", _("all areas"), {str(item.area_id): str(item.area) for item in items})
        self._offer("item", _("all goods"), {str(item.pk): str(item) for item in items})
        self._offer("custodian", _("all offices"), {str(agency.pk): str(agency) for agency in keepers})

    def _offer(self, name: str, every: Any, choices: dict[str, str]) -> None:
        self.fields[name].choices = [("", every), *choices.items()]  # type: ignore[attr-defined]
