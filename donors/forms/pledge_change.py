"""What may be changed of a pledge, taken back of it, and the reason."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directory.errors import Refusal
from directory.fields import VietnameseDateField, WholeNumberField
from directory.forms.rows import RowsForm
from directory.models import Place, SupportArea, User
from directory.posted import carried
from donors.actions.pledge import PledgedLine
from donors.actions.pledge_change import LineTerms, Purpose, Terms, terms_of
from donors.actions.pledge_end import WithdrawnPart
from donors.forms.overlap import OverlapForm
from donors.forms.purpose import Purposes
from donors.models import Pledge, PledgeLine
from donors.numbers import DONG_DIGITS
from donors.overlap import covered_by, overlaps, year_of
from donors.states import PledgeState
from needs.models import Need, SupportItem


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 300}),
        error_messages={"required": gettext_lazy("No reason was given. Say why; it stays in the history.")},
    )


class WithdrawForm(ReasonForm):
    """A number for each line of which something is still to come; none at all: everything that is.

    Every line has its field, named by its id: what came while the page was read moves no number to another
    line, and a number for a line with nothing left is refused.
    """

    def __init__(self, pledge: Pledge, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = list(pledge.lines.all())
        for line in self.lines:
            digits = {} if line.is_goods else {"max_digits": DONG_DIGITS}
            label = format_lazy("{what}: {label}", what=line.what, label=_HOW_MUCH)
            field = WholeNumberField(label=label, required=False, **digits)
            field.short_label = _HOW_MUCH  # type: ignore[attr-defined]
            self.fields[_size_of(line)] = field

    @property
    def lines_with_fields(self) -> list[tuple[PledgeLine, forms.BoundField]]:
        """Those of which something is to come, or of which a number was refused."""
        fields = [(line, self[_size_of(line)]) for line in self.lines]
        return [(line, field) for line, field in fields if line.to_come or field.errors]

    def parts(self) -> list[WithdrawnPart]:
        """What was typed, a 0 too; empty if nothing was."""
        typed = [(line, self.cleaned_data[_size_of(line)]) for line in self.lines]
        return [WithdrawnPart(line, size, _size_of(line)) for line, size in typed if size is not None]

    def all_parts(self) -> list[WithdrawnPart]:
        return [WithdrawnPart(line, line.to_come, _size_of(line)) for line in self.lines if line.to_come]


_HOW_MUCH = gettext_lazy("How much is withdrawn")


def _size_of(line: PledgeLine) -> str:
    """The field of a line."""
    return f"line-{line.pk}-size"


class PledgeChangeForm(RowsForm, ReasonForm, OverlapForm):
    """``known`` carries what the writer had read, so that a newer edit of somebody else is seen."""

    due_on = VietnameseDateField(label=gettext_lazy("Due on"), required=False)
    anonymous = forms.BooleanField(
        label=gettext_lazy("The donor asks not to be named in public"), required=False
    )
    note = forms.CharField(
        label=gettext_lazy("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    known = forms.CharField(widget=forms.HiddenInput, required=False)
    field_order = ["due_on", "anonymous", "note"]

    def __init__(self, user: User, pledge: Pledge, *args: Any, **kwargs: Any) -> None:
        self.user, self.pledge, self.terms = user, pledge, terms_of(pledge)
        self.lines = list(pledge.lines.all())
        super().__init__(*args, initial=self._initial(), **kwargs)
        areas = dict.fromkeys(item.area for item in SupportItem.objects.in_use().select_related("area"))
        self.purposes = Purposes(user, areas, self.lines)
        self.is_open = pledge.state == PledgeState.OPEN
        if not self.is_open or any(line.instalments.all() for line in self.lines):
            del self.fields["due_on"]
        for line in self.lines if self.is_open else []:
            self.add_row(self._row_fields(line))

    def _row_fields(self, line: PledgeLine) -> dict[str, forms.Field]:
        digits = {} if line.is_goods else {"max_digits": DONG_DIGITS}
        label = gettext_lazy("Quantity") if line.is_goods else gettext_lazy("Cash, đồng")
        return {"size": WholeNumberField(label=label, required=False, **digits), **self.purposes.fields()}

    def _initial(self) -> dict[str, Any]:
        terms = self.terms
        values: dict[str, Any] = {
            "due_on": terms.due_on,
            "anonymous": terms.anonymous,
            "note": terms.note,
            "known": _carried(terms),
        }
        for number, line in enumerate(terms.lines.values()):
            row = {"size": line.size, **Purposes.initial(line.purpose)}
            values |= {f"lines-{number}-{name}": value for name, value in row.items()}
        return values

    @property
    def lines_with_rows(self) -> list[tuple[PledgeLine, dict[str, forms.BoundField]]]:
        return list(zip(self.lines, self.rows, strict=False))

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if self.is_open and not self.errors:
            self._warn_of_overlaps(values.get("due_on"))
        return values

    def _warn_of_overlaps(self, due_on: date | None) -> None:
        """Of the lines that are meant for something else than before."""
        pledge = self.pledge
        wanted = {line: self._wanted(number).purpose for number, line in enumerate(self.lines)}
        changed = [
            PledgedLine(line.kind, line.item, line.quantity, **vars(purpose))
            for line, purpose in wanted.items()
            if purpose != self.terms.lines[line.pk].purpose
        ]
        found = overlaps(
            self.user,
            scope=pledge.scope,
            agency=pledge.mobilised_by,
            year=year_of(pledge.pledged_on, due_on or pledge.due_on),
            coverages=covered_by(changed),
            apart_from=pledge,
        )
        self.warn_of(found)

    def arguments(self) -> dict[str, Any]:
        """What ``change_pledge`` wants. Raises ``Refusal`` if the form came back damaged."""
        values = self.cleaned_data
        wanted = Terms(
            due_on=values.get("due_on") if "due_on" in self.fields else self.terms.due_on,
            anonymous=values["anonymous"],
            note=values["note"],
            lines={line.pk: self._wanted(number) for number, line in enumerate(self.lines) if self.is_open},
        )
        return {"known": self._known(), "wanted": wanted, "reason": values["reason"]}

    def _wanted(self, number: int) -> LineTerms:
        row = self.values_of(number)
        return LineTerms(row["size"] or 0, self.purposes.read(row))

    def _known(self) -> Terms:
        try:
            return _read(carried(self.cleaned_data["known"]))
        except (ValueError, KeyError, TypeError, AttributeError):
            message = _(
                "The form came back damaged, so nothing was saved. Reload the page and fill it in again."
            )
            raise Refusal(message, code="bad_known") from None

    def place_of(self, place: str) -> str:
        """Where a place of the action stands in this form."""
        for number, line in enumerate(self.lines):
            if place.startswith(f"line-{line.pk}-"):
                return f"lines-{number}-{'size' if place.endswith('-size') else 'earmark'}"
        return place

    def carry_newer(self) -> None:
        """After a refused edit over a newer one: the next save is over what is stored now."""
        self.data = {**self.data, "known": _carried(self.terms)}


MEANT: dict[str, type[SupportArea | Place | Need]] = {"area": SupportArea, "place": Place, "need": Need}


def _carried(terms: Terms) -> str:
    """The terms as the form carries them: ids and plain values."""
    return json.dumps(
        {
            "due_on": terms.due_on.isoformat() if terms.due_on else "",
            "anonymous": terms.anonymous,
            "note": terms.note,
            "lines": {
                pk: {"size": line.size, "purpose": _ids(line.purpose)} for pk, line in terms.lines.items()
            },
        }
    )


def _ids(purpose: Purpose) -> list[Any]:
    named = purpose.earmark_area or purpose.earmark_place or purpose.earmark_need
    return [str(purpose.earmark), purpose.earmark_hard, named.pk if named else None]


def _read(values: dict[str, Any]) -> Terms:
    """The reverse of ``_carried``; what a purpose names is there by its id only, to be compared."""
    lines = {
        int(pk): LineTerms(int(line["size"]), _purpose(*line["purpose"]))
        for pk, line in values["lines"].items()
    }
    day = date.fromisoformat(values["due_on"]) if values["due_on"] else None
    return Terms(day, bool(values["anonymous"]), str(values["note"]), lines)


def _purpose(earmark: str, hard: bool, pk: int | None) -> Purpose:
    named: dict[str, Any] = {f"earmark_{earmark}": MEANT[earmark](pk=pk)} if pk is not None else {}
    return Purpose(earmark, hard, **named)
