"""The duplication guard in a form: who else covers the same is shown once; a tick says that it is known."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

from donors.overlap import Overlap


class OverlapForm(forms.Form):
    """``clean`` calls ``warn_of``; the template includes ``donors/overlap_confirm.html`` within the form."""

    # No field of the form: it is asked only where something overlaps.
    OVERLAP_KNOWN = "overlap_known"

    overlaps: Sequence[Overlap] = ()

    @property
    def knows_overlaps(self) -> bool:
        return bool(self.data.get(self.OVERLAP_KNOWN))

    def warn_of(self, overlaps: Sequence[Overlap]) -> None:
        """Keep them for the page; refuse once, until somebody has ticked that they are known."""
        self.overlaps = overlaps
        if overlaps and not self.knows_overlaps:
            message = _(
                "Others help in the same place with the same goods, for the same age and year: see below. "
                "Nothing was saved. "
                "Change the lines, or tick below that it is agreed and save again."
            )
            self.add_error(None, forms.ValidationError(message, code="overlap"))
