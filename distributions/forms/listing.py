"""What the lists of distributions and of allocations are narrowed to."""

from __future__ import annotations

from typing import Any, TypeVar

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from directory import clock
from directory.models import Unit, User
from distributions.models import Allocation, Distribution
from distributions.models.allocation import AllocationQuerySet
from distributions.models.distribution import DistributionQuerySet
from distributions.scope import areas_seen_by, leaders_seen_by
from distributions.states import DistributionState
from needs.models import SupportItem

Q = TypeVar("Q", bound=QuerySet[Any])


class _Narrowing(forms.Form):
    """A value that means nothing narrows nothing."""

    # Which lookup each field stands for.
    lookups: dict[str, str] = {}

    def narrowed(self, rows: Q) -> Q:
        chosen = self.cleaned_data if self.is_valid() or self.is_bound else {}
        for name, lookup in self.lookups.items():
            if chosen.get(name) not in (None, ""):
                rows = rows.filter(**{lookup: chosen[name]})
        return rows

    def offer(self, **querysets: Any) -> None:
        for name, queryset in querysets.items():
            self.fields[name].queryset = queryset  # type: ignore[attr-defined]

    def offer_years(self, first: int | None) -> None:
        """From this year back to the first one with something to list."""
        newest = clock.today().year
        years = range(newest, (first or newest) - 1, -1)
        self.fields["year"].choices = [("", _("all years")), *((year, str(year)) for year in years)]  # type: ignore[attr-defined]


class ListForm(_Narrowing):
    """Of distributions; ``year``: of the planned day."""

    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("all states")), *DistributionState.choices]
    )
    area: forms.ModelChoiceField = forms.ModelChoiceField(
        None, label=_("Support area"), required=False, empty_label=_("all areas")
    )
    commune: forms.ModelChoiceField = forms.ModelChoiceField(
        None, label=_("Commune"), required=False, empty_label=_("all communes")
    )
    agency: forms.ModelChoiceField = forms.ModelChoiceField(
        None, label=_("Lead agency"), required=False, empty_label=_("all agencies")
    )
    year = forms.TypedChoiceField(label=_("Year"), required=False, coerce=int, empty_value=None)

    lookups = {
        "state": "state",
        "area": "area",
        "commune": "place__unit",
        "agency": "lead_agency",
        "year": "planned_on__year",
    }

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(
            area=areas_seen_by(user),
            commune=Unit.objects.visible_to(user).communes(),
            agency=leaders_seen_by(user),
        )
        self.offer_years(Distribution.objects.visible_to(user).first_year())

    def narrow(self, rows: DistributionQuerySet) -> DistributionQuerySet:
        return self.narrowed(rows)


class AllocationListForm(_Narrowing):
    """Of allocations; ``year``: of the day on which they were made."""

    where = forms.ChoiceField(
        label=_("Where the quantity is"),
        required=False,
        choices=[
            ("", _("wherever it is")),
            ("open", _("Not yet sent")),
            ("in_transit", _("In transit")),
            ("delivered", _("Delivered")),
            ("returned", _("Returned to stock")),
            ("missing", _("Missing")),
            ("lost", _("Lost")),
            ("reversed", _("Taken back")),
        ],
    )
    area: forms.ModelChoiceField = forms.ModelChoiceField(
        None, label=_("Support area"), required=False, empty_label=_("all areas")
    )
    item: forms.ModelChoiceField = forms.ModelChoiceField(
        None, label=_("Support item"), required=False, empty_label=_("all items")
    )
    commune: forms.ModelChoiceField = forms.ModelChoiceField(
        None, label=_("Commune"), required=False, empty_label=_("all communes")
    )
    giver = forms.CharField(label=_("Giver or pledge code"), required=False, max_length=100)
    year = forms.TypedChoiceField(label=_("Year"), required=False, coerce=int, empty_value=None)

    lookups = {
        "area": "need__item__area",
        "item": "need__item",
        "commune": "need__place__unit",
        "year": "at__year",
    }

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(
            area=areas_seen_by(user),
            item=SupportItem.objects.of_areas(user.reach.areas),
            commune=Unit.objects.visible_to(user).communes(),
        )
        self.offer_years(Allocation.objects.visible_to(user).first_year())

    def narrow(self, rows: AllocationQuerySet) -> AllocationQuerySet:
        rows = self.narrowed(rows)
        chosen = self.cleaned_data if self.is_bound else {}
        if part := chosen.get("where"):
            rows = rows.filter(**{f"balance__{part}__gt": 0})
        if text := chosen.get("giver"):
            rows = rows.from_giver(text)
        return rows
