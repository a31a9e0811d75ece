"""Forms that know which version of a row they were read from."""

from __future__ import annotations

from typing import Any

from django import forms

from directory.errors import Refusal, Stale
from directory.screens import show_refusal


class VersionedForm(forms.Form):
    """A form that carries back which version it was read from."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def show(self, refusal: Refusal) -> int:
        """Show a refusal at its fields. After both values were shown, saving once more is meant so."""
        if isinstance(refusal, Stale) and "version" in refusal.details:
            overwrite(self, {"version": refusal.details["version"]})
        return show_refusal(self, refusal)

    @property
    def read_version(self) -> int:
        return self.cleaned_data.get("version") or 0


def overwrite(form: forms.Form, values: dict[str, Any]) -> None:
    """What the form sends next time in its hidden fields."""
    data = form.data.copy()  # type: ignore[attr-defined]
    for name, value in values.items():
        data[name] = "" if value is None else str(value)
    form.data = data
