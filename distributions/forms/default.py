"""The preview of a pledge that is not kept, carried back with the reason."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from directory.posted import carried
from distributions.default import Fall


class DefaultForm(forms.Form):
    seen = forms.CharField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 200}),
        error_messages={"required": _("No reason was given. Say why the pledge is not kept.")},
    )

    def __init__(self, *args: Any, fall: Fall, **kwargs: Any) -> None:
        kwargs["initial"] = {"seen": json.dumps(fall.figures())}
        super().__init__(*args, **kwargs)
        self._fall = fall

    def clean_seen(self) -> dict[str, int]:
        try:
            seen = carried(self.cleaned_data["seen"])
        except ValueError:
            seen = None
        if not isinstance(seen, dict) or not all(type(figure) is int for figure in seen.values()):
            message = _("The form came back damaged, so nothing was saved. Reload the page and look again.")
            raise forms.ValidationError(message, code="damaged")
        return seen

    def show_anew(self) -> None:
        """What is confirmed next is the preview that the page shows now."""
        self.data = {**self.data, "seen": json.dumps(self._fall.figures())}
