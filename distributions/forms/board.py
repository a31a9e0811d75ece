"""What both sides of the board are narrowed to, and what a proposal is asked for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from directory.models import Unit, User
from distributions.actions import Reasons
from distributions.board import Sieve, Whether
from distributions.scope import areas_seen_by, custodians_seen_by
from distributions.support_plan import Of, choices_for
from needs.cells import PRIORITIES
from needs.models import AgeBand, SupportItem, SurveyRound

BOTH = ("area", "item", "commune")
OF_NEEDS = ("age_band", "priority", "round")
OF_SUPPLY = ("giver", "custodian", "whether")


class BoardForm(forms.Form):
    area: forms.ModelChoiceField = forms.ModelChoiceField(
        None, label=_("Support area"), required=False, empty_label=_("all areas")
    )
    item: forms.ModelChoiceField = forms.ModelChoiceField(
        None, label=_("Support item"), required=False, empty_label=_("all items")
    )
    commune: forms.ModelChoiceField = forms.ModelChoiceField(
        None, label=_("Commune"), required=False, empty_label=_("all communes")
    )
    age_band: forms.ModelChoiceField = forms.ModelChoiceField(
        None, label=_("Age"), required=False, empty_label=_("any age")
    )
    priority = forms.TypedChoiceField(
        label=_("Priority"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", _("all priorities")), *((n, n) for n in PRIORITIES)],
    )
    round: forms.ModelChoiceField = forms.ModelChoiceField(
        None, label=_("Survey round"), required=False, empty_label=_("all rounds")
    )
    giver = forms.CharField(label=_("Giver or pledge code"), required=False, max_length=100)
    custodian: forms.ModelChoiceField = forms.ModelChoiceField(
        None, label=_("Kept by"), required=False, empty_label=_("whoever keeps it")
    )
    whether = forms.ChoiceField(
        label=_("In stock or promised"), required=False, choices=[("", _("both")), *Whether.choices]
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = {
            "area": areas_seen_by(user),
            "item": SupportItem.objects.in_use().filter(area_id__in=user.reach.areas),
            "commune": Unit.objects.visible_to(user).communes(),
            "age_band": AgeBand.objects.in_order(),
            "round": SurveyRound.objects.visible_to(user).in_hand().newest_first(),
            "custodian": custodians_seen_by(user),
        }
        for name, queryset in offered.items():
            self.fields[name].queryset = queryset  # type: ignore[attr-defined]

    def sieve(self) -> Sieve:
        """What was chosen; a value that means nothing narrows nothing."""
        chosen = self.cleaned_data if self.is_valid() or self.is_bound else {}
        return Sieve(**{name: chosen[name] for name in (*BOTH, *OF_NEEDS, *OF_SUPPLY) if name in chosen})

    @property
    def first_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in BOTH]

    @property
    def need_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in OF_NEEDS]

    @property
    def supply_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in OF_SUPPLY]

    @property
    def is_narrowed(self) -> bool:
        """Whether one of the further filters is in use, or wrong."""
        return any(field.value() or field.errors for field in (*self.need_fields, *self.supply_fields))


class ProposalForm(BoardForm):
    """The same filters, of one year; with LĐTBXH's reasons for places that are else left out."""

    of = forms.ChoiceField(label=_("Plan for"), required=False)
    out_of_scope_reason = forms.CharField(
        label=_("Include places outside the difficult communes, because"), required=False, max_length=300
    )
    overlap_reason = forms.CharField(
        label=_("Include places that another agency serves, because"), required=False, max_length=300
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        self._of = choices_for(user)
        several = len({each.scope for each in self._of}) > 1
        self.fields["of"].choices = [  # type: ignore[attr-defined]
            (each.key, f"{each.year}, {each.scope}" if several else str(each.year)) for each in self._of
        ]

    def of_what(self) -> Of | None:
        """The newest, unless another was chosen; None: no round is running."""
        chosen = self.cleaned_data.get("of") if self.is_valid() or self.is_bound else ""
        return next((each for each in self._of if each.key == chosen), next(iter(self._of), None))

    def reasons(self) -> Reasons:
        chosen = self.cleaned_data if self.is_valid() or self.is_bound else {}
        return Reasons(chosen.get("out_of_scope_reason", ""), chosen.get("overlap_reason", ""))

    @property
    def year_fields(self) -> list[forms.BoundField]:
        return [self["of"]] if len(self._of) > 1 else []

    @property
    def reason_fields(self) -> list[forms.BoundField]:
        return [self["out_of_scope_reason"], self["overlap_reason"]]
