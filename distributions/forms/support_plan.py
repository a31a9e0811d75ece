"""Accepting a proposal, and undoing a plan."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from directory.models import User
from directory.posted import number_in
from distributions.actions import ProposedLine
from distributions.support_plan_token import Offered, read

ALL = "all"


class AcceptForm(forms.Form):
    """``lines`` are the chosen ones: by their place in the proposal, one of a button (``only``), or all."""

    proposal = forms.CharField()
    which = forms.CharField(required=False)
    only = forms.IntegerField(required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._user = user

    def offered(self) -> Offered:
        """Raises ``Refusal`` if the proposal did not come back as it was sent."""
        self.full_clean()
        return read(self._user, self.cleaned_data.get("proposal", ""))

    def chosen(self, offered: Offered) -> list[ProposedLine]:
        if self.cleaned_data.get("only") is not None:
            return _at(offered, {self.cleaned_data["only"]})
        if self.cleaned_data.get("which") == ALL:
            return offered.lines
        return _at(offered, self._numbers("line"))

    def declined(self, offered: Offered) -> list[ProposedLine]:
        """Those that stood beside the ticked ones. One alone, or all, is no word on others."""
        if self.cleaned_data.get("only") is not None or self.cleaned_data.get("which") == ALL:
            return []
        return _at(offered, self._numbers("shown") - self._numbers("line"))

    def _numbers(self, name: str) -> set[int]:
        found = {number_in(each) for each in self.data.getlist(name)}  # type: ignore[attr-defined]
        return {index for index in found if index is not None}


def _at(offered: Offered, indices: set[int]) -> list[ProposedLine]:
    return [offered.lines[index] for index in sorted(indices) if 0 <= index < len(offered.lines)]


class UndoForm(forms.Form):
    """``line``: those to take back; ``whole``: all of the plan."""

    reason = forms.CharField(label=_("Reason"), max_length=300)

    def chosen(self) -> list[str] | None:
        """The ticked lines' ids; None: the whole plan."""
        if "whole" in self.data:
            return None
        return [each for each in self.data.getlist("line") if number_in(each) is not None]  # type: ignore[attr-defined]
