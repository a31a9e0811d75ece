"""The form on which a confirmed line is put right: the right figures, not the differences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from directory.fields import WholeNumberField
from directory.models import Agency
from distributions.actions import ConfirmedLine
from distributions.actions.correction_checks import stands
from distributions.forms.delivery import bands_of
from distributions.models import DistributionLine
from needs.models import AgeBand


class CorrectForm(forms.Form):
    """Filled in with what stands. ``may_decide``: what came back and what is lost may be corrected too."""

    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any = None,
        *,
        line: DistributionLine,
        bands: Sequence[AgeBand],
        on_behalf_of: Agency | None,
        may_decide: bool,
    ) -> None:
        super().__init__(data, initial={"seen": stands(line)})
        self.line, self.name = line, f"line-{line.pk}"
        reported = {row.age_band_id: row for row in line.child_turns.all()}
        known = {band.pk: band for band in bands_of(line, bands)}
        self.bands = [*known.values(), *(row.age_band for pk, row in reported.items() if pk not in known)]
        self._add_quantities(may_decide)
        standing = {pk: row.standing for pk, row in reported.items()}
        # What went to another band stands empty, which is 0: beside “all ages” a typed one is refused.
        shown = {pk: count for pk, count in standing.items() if count} or standing
        for band in self.bands:
            self.fields[f"{self.name}-band-{band.pk}"] = WholeNumberField(
                label=str(band), initial=shown.get(band.pk), required=len(self.bands) == 1
            )
        self.fields[f"{self.name}-difference_reason"] = forms.CharField(
            label=_("What was wrong, and how that is known"), max_length=300
        )
        self.fields[f"{self.name}-turns_note"] = forms.CharField(
            label=_("Why the child-turns are not as expected"),
            required=False,
            max_length=300,
            initial=line.turns_note,
        )
        if on_behalf_of is not None:
            self.fields["on_paper"] = forms.BooleanField(
                label=gettext("I enter this from the paper that %(agency)s signed.")
                % {"agency": on_behalf_of.name}
            )

    def _add_quantities(self, may_decide: bool) -> None:
        line = self.line
        fields = {"received": (_("Really received"), line.arrived)}
        if line.allocation_id:
            fields["missing"] = (_("Missing"), line.missing)
            if may_decide:
                fields["returned"] = (_("Returned to stock"), line.returned)
                fields["lost"] = (_("Lost"), line.lost)
        for part, (label, initial) in fields.items():
            self.fields[f"{self.name}-{part}"] = WholeNumberField(label=label, initial=initial)

    @property
    def decided(self) -> list[tuple[str, int]]:
        """What the coordinating office has decided of the line and the form cannot change: it counts too."""
        parts = [(_("Returned to stock"), self.line.returned), (_("Lost"), self.line.lost)]
        return [] if f"{self.name}-returned" in self.fields else [(str(label), q) for label, q in parts if q]

    @property
    def quantities(self) -> Iterator[forms.BoundField]:
        for part in ("received", "returned", "missing", "lost"):
            if f"{self.name}-{part}" in self.fields:
                yield self[f"{self.name}-{part}"]

    @property
    def turns(self) -> list[forms.BoundField]:
        return [self[f"{self.name}-band-{band.pk}"] for band in self.bands]

    @property
    def reason(self) -> forms.BoundField:
        return self[f"{self.name}-difference_reason"]

    @property
    def note(self) -> forms.BoundField:
        return self[f"{self.name}-turns_note"]

    def right(self) -> ConfirmedLine:
        data, name, line = self.cleaned_data, self.name, self.line
        turns = {band.pk: data[f"{name}-band-{band.pk}"] for band in self.bands}
        return ConfirmedLine(
            line,
            received=data[f"{name}-received"],
            returned=data.get(f"{name}-returned", line.returned),
            lost=data.get(f"{name}-lost", line.lost),
            missing=data.get(f"{name}-missing", line.missing),
            difference_reason=data[f"{name}-difference_reason"],
            child_turns={pk: count for pk, count in turns.items() if count is not None},
            turns_note=data[f"{name}-turns_note"],
        )
