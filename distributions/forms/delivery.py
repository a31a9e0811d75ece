"""The form on which a commune confirms what arrived."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from directory.fields import VietnameseDateField, WholeNumberField, asked_sometimes
from directory.models import Agency
from distributions.actions import ConfirmedLine
from distributions.actions.delivery import Typed
from distributions.forms.scan import WithScan
from distributions.models import DistributionLine
from distributions.plausible import hints_of
from needs.models import AgeBand

QUANTITIES = ("received", "returned", "missing", "lost")


@dataclass(frozen=True)
class LineFields:
    """A line and its fields as the page lays them out."""

    line: DistributionLine
    quantities: list[forms.BoundField]
    reason: forms.BoundField
    turns: list[forms.BoundField]
    note: forms.BoundField
    hint: str


class ConfirmForm(WithScan):
    """Per line: received, returned, missing, lost (who may decide it), reason, child-turns by age band.

    The note on many child-turns is there from the start; the page shows it once it is asked for.
    """

    occurred_on = VietnameseDateField(label=_("Delivered on"))

    def __init__(
        self,
        *args: Any,
        lines: Sequence[DistributionLine],
        bands: Sequence[AgeBand],
        on_behalf_of: Agency | None,
        may_decide_loss: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.lines, self.on_behalf_of = lines, on_behalf_of
        self.bands = {line.pk: bands_of(line, bands) for line in lines}
        for line in lines:
            self._add_line(line, may_decide_loss)
        if on_behalf_of is not None:
            self.fields["on_paper"] = forms.BooleanField(
                label=gettext("I enter this from the paper that %(agency)s signed.")
                % {"agency": on_behalf_of.name}
            )

    def _add_line(self, line: DistributionLine, may_decide_loss: bool) -> None:
        name = f"line-{line.pk}"
        self.fields[f"{name}-received"] = WholeNumberField(label=_("Received"))
        if line.allocation_id:
            self.fields[f"{name}-returned"] = WholeNumberField(label=_("Returned to stock"), initial=0)
            self.fields[f"{name}-missing"] = asked_sometimes(
                WholeNumberField(label=_("Missing"), initial=0, required=False)
            )
            if may_decide_loss:
                self.fields[f"{name}-lost"] = WholeNumberField(label=_("Lost"), initial=0)
        self.fields[f"{name}-difference_reason"] = asked_sometimes(
            forms.CharField(
                label=_("Reason of a difference"),
                required=False,
                max_length=300,
                help_text=_("Only if less arrived than was sent; the sender reads it."),
            )
        )
        self.fields[f"{name}-turns_note"] = asked_sometimes(
            forms.CharField(
                label=_("Why the child-turns are not as expected"), required=False, max_length=300
            )
        )
        several = len(self.bands[line.pk]) > 1
        for band in self.bands[line.pk]:
            self.fields[f"{name}-band-{band.pk}"] = asked_sometimes(
                WholeNumberField(label=str(band), required=not several)
            )

    def rows(self) -> Iterator[LineFields]:
        hints = hints_of(self.lines)
        for line in self.lines:
            name = f"line-{line.pk}"
            parts = [part for part in QUANTITIES if f"{name}-{part}" in self.fields]
            yield LineFields(
                line,
                [self[f"{name}-{part}"] for part in parts],
                self[f"{name}-difference_reason"],
                [self[f"{name}-band-{band.pk}"] for band in self.bands[line.pk]],
                self[f"{name}-turns_note"],
                hints[line.pk],
            )

    def confirmed(self) -> list[ConfirmedLine]:
        return [self._confirmed(line) for line in self.lines]

    def readable(self) -> list[Typed]:
        """What of each line could be read, of a form with errors."""
        return [self._readable(line) for line in self.lines]

    def _readable(self, line: DistributionLine) -> Typed:
        name = f"line-{line.pk}"
        quantities = [f"{name}-{part}" for part in QUANTITIES]
        turns = [f"{name}-band-{band.pk}" for band in self.bands[line.pk]]
        return Typed(
            self._confirmed(line),
            quantities=not any(each in self.errors for each in quantities),
            turns=not any(each in self.errors for each in turns),
        )

    def _confirmed(self, line: DistributionLine) -> ConfirmedLine:
        data, name = self.cleaned_data, f"line-{line.pk}"
        turns = {band.pk: data.get(f"{name}-band-{band.pk}") for band in self.bands[line.pk]}
        return ConfirmedLine(
            line,
            received=data.get(f"{name}-received") or 0,
            returned=data.get(f"{name}-returned") or 0,
            lost=data.get(f"{name}-lost") or 0,
            missing=data.get(f"{name}-missing") or 0,
            difference_reason=data.get(f"{name}-difference_reason", ""),
            child_turns={pk: count for pk, count in turns.items() if count is not None},
            turns_note=data.get(f"{name}-turns_note", ""),
        )


def bands_of(line: DistributionLine, bands: Sequence[AgeBand]) -> list[AgeBand]:
    """The age bands that the line's child-turns may be given in."""
    if line.allocation is not None and not line.allocation.need.age_band.is_all:
        return [line.allocation.need.age_band]
    item_bands = list(line.item.age_bands.all())
    if line.allocation is None and item_bands and not any(band.is_all for band in item_bands):
        return item_bands
    return list(bands)
