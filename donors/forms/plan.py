"""Mobilisation plans: begin one, change its lines, decide on it, filter the list."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from directory import clock
from directory.fields import GroupedNumberField, WholeNumberField
from directory.models import Agency, Place, User
from donors.forms.choices import What, what_choices
from donors.forms.scope import ScopeField
from donors.forms.table import TableForm
from donors.mobilisation.targets import PlannedTarget, SourceKind, problems_of_targets, target_of
from donors.models import MobilisationPlan
from donors.numbers import DONG_DIGITS
from donors.permissions import coordinates
from donors.states import PlanState
from needs.models import AgeBand


class PlanStartForm(forms.Form):
    scope = ScopeField()
    agency: forms.ModelChoiceField[Agency] = forms.ModelChoiceField(None, label=_("Plan of"))
    year = WholeNumberField(label=_("Year"), max_digits=4)

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scopes = ScopeField.prepare(self, user)
        agencies = Agency.objects.visible_to(user).on(clock.today()).order_by("unit__level", "name")
        if not any(coordinates(user, scope) for scope in scopes):
            agencies = agencies.filter(pk__in=user.reach.agencies)
        self.fields["agency"].queryset = agencies  # type: ignore[attr-defined]
        self.fields["agency"].initial = user.agency
        self.fields["year"].initial = clock.today().year


class PlanForm(TableForm):
    """The lines of ``plan``; ``version`` carries back its ``edits``."""

    TYPED = ("what", "place", "age_band", "children", "quantity", "amount", "note")

    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, user: User, plan: MobilisationPlan, *args: Any, **kwargs: Any) -> None:
        self.plan = plan
        stored = [target_of(row) for row in plan.targets.for_page()]
        self._whats = what_choices([target.item for target in stored if target.item])
        self._places = self._places_of(user, stored)
        self._bands = {str(band.pk): band for band in AgeBand.objects.in_order()}
        initial: dict[str, Any] = {"version": plan.edits, "note": plan.note}
        for number, target in enumerate(stored):
            initial |= {f"lines-{number}-{name}": value for name, value in _typed(target).items()}
        super().__init__(len(stored), initial, *args, **kwargs)
        for field in self.fields.values():
            if not field.widget.is_hidden:  # its column says what it is, but not in which line it stands
                field.widget.attrs["aria-label"] = field.label

    def _places_of(self, user: User, stored: list[PlannedTarget]) -> dict[str, Place]:
        """The places within reach, and each commune of the scope as a whole, which is no secret."""
        today = clock.today()
        places = [
            *Place.objects.whole_communes_of(self.plan.scope, today),
            *Place.objects.visible_to(user).on(today).select_related("unit"),
            *(target.place for target in stored if target.place),
        ]
        return {str(place.pk): place for place in places}

    def row_fields(self) -> dict[str, forms.Field]:
        places = [("", _("no place named")), *((key, place.full_name) for key, place in self._places.items())]
        bands = [("", _("all ages")), *((key, str(band)) for key, band in self._bands.items())]
        return {
            "what": forms.ChoiceField(label=_("Area or goods"), choices=self._whats.choices),
            "source_kind": forms.ChoiceField(
                label=_("Source"), choices=SourceKind.choices, initial=SourceKind.GIFT
            ),
            "place": forms.ChoiceField(label=_("Place"), choices=places),
            "age_band": forms.ChoiceField(label=_("Age"), choices=bands),
            "children": GroupedNumberField(label=_("Children"), required=False),
            "quantity": GroupedNumberField(label=_("Quantity"), required=False),
            "amount": GroupedNumberField(label=_("Đồng"), max_digits=DONG_DIGITS, required=False),
            "note": forms.CharField(label=_("Note"), max_length=200),
        }

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        for number in self.filled_rows:
            if not self.values_of(number)["what"] and not self.row_is_wrong(number):
                self.add_error(f"lines-{number}-what", _("Choose the area or the goods."))
        if not self.errors:
            self.say(problems_of_targets(self.plan.scope, self.targets()))
        return values

    def targets(self) -> list[PlannedTarget]:
        return [self._target(number) for number in self.filled_rows]

    def _target(self, number: int) -> PlannedTarget:
        row = self.values_of(number)
        what = self._whats[row["what"]]
        return PlannedTarget(
            what.area,
            what.item,
            row["source_kind"] or SourceKind.GIFT,
            self._places.get(row["place"]),
            self._bands.get(row["age_band"]),
            row["children"],
            row["quantity"],
            row["amount"],
            row["note"],
        )


def _typed(target: PlannedTarget) -> dict[str, Any]:
    """A line as the form's initial values."""
    return vars(target) | {
        "what": What(target.area, target.item).key,
        "place": target.place.pk if target.place else "",
        "age_band": target.age_band.pk if target.age_band else "",
    }


class ReturnForm(forms.Form):
    reason = forms.CharField(
        label=_("What is to be changed"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


class PlanFilter(forms.Form):
    year = WholeNumberField(label=_("Year"), max_digits=4, required=False)
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("all states")), *PlanState.choices]
    )
