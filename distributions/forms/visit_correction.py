"""The form on which a recorded visit is put right: filled in with what stands."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from directory.fields import asked_sometimes
from directory.forms.versioned import VersionedForm
from directory.models import User
from distributions.actions import RightVisit
from distributions.forms.visit import FoundForm
from distributions.models import SupervisionSample, SupervisionVisit
from distributions.visit_versions import named


class CorrectVisitForm(VersionedForm, FoundForm):
    """The questions are those that were asked then, in their words."""

    team = asked_sometimes(
        forms.CharField(
            label=_("Who goes"),
            max_length=300,
            required=False,
            help_text=_("Officials and their agencies, never a child's name."),
        )
    )
    sample: forms.ModelChoiceField = forms.ModelChoiceField(
        None, label=_("How it was chosen"), required=False, empty_label=_("not by a sample")
    )
    reason = asked_sometimes(
        forms.CharField(label=_("What was wrong, and how that is known"), max_length=300, required=False)
    )

    erase = forms.BooleanField(
        label=_("Erase the former words: they name a child"),
        required=False,
        help_text=_(
            "In all earlier versions, “who goes”, notes and conclusion that differ from what you enter are "
            "erased for good. Answers, days, your name and reason stay: name no child in the reason either."
        ),
    )

    def __init__(self, data: Any = None, *, visit: SupervisionVisit, version: int, user: User) -> None:
        stands = {name: getattr(visit, name) for name in ("done_on", "team", "sample", "conclusion")}
        super().__init__(data, initial={**stands, "version": version})
        self.visit = visit
        findings = {row.item_id: row for row in visit.findings.select_related("item")}
        self.ask([(row.item, row.question) for row in findings.values()], findings)
        self._offer_samples(user)

    def _offer_samples(self, user: User) -> None:
        """Those within reach that drew the delivery, and its own; without a delivery there is no choice."""
        if self.visit.distribution is None:
            del self.fields["sample"]
            return
        samples = SupervisionSample.objects.offered_to(user, self.visit.distribution, self.visit.sample_id)
        self.fields["sample"].queryset = samples  # type: ignore[attr-defined]
        self.fields["sample"].label_from_instance = named  # type: ignore[attr-defined]

    def right(self) -> RightVisit:
        data = self.cleaned_data
        sample = data["sample"] if "sample" in self.fields else self.visit.sample
        return RightVisit(data["done_on"], data["team"], sample, data["conclusion"], self.findings())
