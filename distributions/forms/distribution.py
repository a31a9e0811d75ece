"""Forms that plan and cancel a distribution."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from directory import clock
from directory.fields import VietnameseDateField, WholeNumberField, asked_sometimes
from directory.models import Place, SupportArea, User
from distributions.actions import PlannedLine
from distributions.models import Allocation, DistributionLine
from distributions.scope import areas_led_by, funding_sources_for
from donors.models import FundingSource
from needs.forms.round import ByCommune
from needs.models import SupportItem

SERVICE_ROWS = 3


@dataclass(frozen=True)
class GoodsRow:
    """``of_the_same_stock``: a row above has told how much of it there is."""

    allocation: Allocation
    field: forms.BoundField
    of_the_same_stock: bool


class _Places(ByCommune):
    def __iter__(self) -> Iterator[Any]:
        yield "", self.field.empty_label
        yield from super().__iter__()


class PlaceChoice(forms.ModelChoiceField):
    """Grouped by commune, in the order of a survey."""

    iterator = _Places

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.full_name)


class StartForm(forms.Form):
    """Step 1: which area, and to which place."""

    area: forms.ModelChoiceField = forms.ModelChoiceField(None, label=_("Support area"), empty_label=None)
    place = PlaceChoice(None, label=_("Place"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = Place.objects.visible_to(user).on(clock.today()).by_commune()
        self.fields["area"].queryset = areas_led_by(user, clock.today())  # type: ignore[attr-defined]
        self.fields["place"].queryset = places  # type: ignore[attr-defined]


class DistributionForm(forms.Form):
    """Step 2: the day and the lines. One quantity per open allocation, and a few rows of services."""

    planned_on = VietnameseDateField(label=_("Planned on"))
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(
        self,
        *args: Any,
        user: User,
        area: SupportArea,
        allocations: Sequence[Allocation],
        service_rows: int = SERVICE_ROWS,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.allocations = allocations
        self.services = SupportItem.objects.in_use().filter(area=area, kind=SupportItem.Kind.SERVICE)
        for allocation in allocations:
            self.fields[f"allocation-{allocation.pk}"] = WholeNumberField(
                label=allocation.supply_line.pledge_line.pledge.code, required=False
            )
        self.service_rows = range(1, service_rows + 1) if self.services else range(0)
        for row in self.service_rows:
            self._add_service(row, funding_sources_for(user))

    def _add_service(self, row: int, sources: Any) -> None:
        value = _("Value of one unit (đồng)")
        for part, field in (
            ("", forms.ModelChoiceField(self.services, label=_("Service"), required=False)),
            ("-source", forms.ModelChoiceField(sources, label=_("Paid from"), required=False)),
            ("-planned", WholeNumberField(label=_("Quantity planned"), required=False)),
            ("-value", WholeNumberField(label=value, required=False, max_digits=13)),
        ):
            self.fields[f"service-{row}{part}"] = asked_sometimes(field)

    def goods_by_place(self) -> Iterator[tuple[Place, list[GoodsRow]]]:
        """In the order given, in which those of a place stand together."""
        told: set[int] = set()
        for place, rows in groupby(self.allocations, key=lambda row: row.need.place):
            yield place, [self._goods_row(row, told) for row in rows]

    def _goods_row(self, allocation: Allocation, told: set[int]) -> GoodsRow:
        line = allocation.supply_line_id
        row = GoodsRow(allocation, self[f"allocation-{allocation.pk}"], line in told)
        told.add(line)
        return row

    def rows_of_services(self) -> Iterator[list[forms.BoundField]]:
        for row in self.service_rows:
            yield [self[f"service-{row}{part}"] for part in ("", "-source", "-planned", "-value")]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for row in self.service_rows:
            if data.get(f"service-{row}-planned") and not data.get(f"service-{row}"):
                self.add_error(f"service-{row}", _("A quantity is planned here: choose the service."))
            if data.get(f"service-{row}") and not data.get(f"service-{row}-planned"):
                self.add_error(f"service-{row}-planned", _("Enter how much of this service is planned."))
        return data

    def lines(self) -> list[PlannedLine]:
        """The lines with a quantity; an empty field or 0 plans nothing."""
        data = self.cleaned_data
        goods = [
            PlannedLine(data[name], allocation=allocation, at=name)
            for allocation in self.allocations
            if data.get(name := f"allocation-{allocation.pk}")
        ]
        return goods + [self._service(row) for row in self.service_rows if data.get(f"service-{row}")]

    def _service(self, row: int) -> PlannedLine:
        data = self.cleaned_data
        source: FundingSource | None = data.get(f"service-{row}-source")
        return PlannedLine(
            data[f"service-{row}-planned"],
            service=data[f"service-{row}"],
            funding_source=source,
            unit_value=data.get(f"service-{row}-value"),
            at=f"service-{row}" if source else f"service-{row}-source",
        )


class ChangeForm(DistributionForm):
    """Other lines, another day for a plan: it begins with what is planned now."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, lines: Sequence[DistributionLine], initial: dict[str, Any], **kwargs: Any
    ) -> None:
        services = [line for line in lines if line.service_id]
        for line in lines:
            if line.allocation_id:
                initial[f"allocation-{line.allocation_id}"] = line.planned
        for row, line in enumerate(services, 1):
            initial |= {
                f"service-{row}": line.service_id,
                f"service-{row}-source": line.funding_source_id,
                f"service-{row}-planned": line.planned,
                f"service-{row}-value": line.unit_value or None,
            }
        rows = max(SERVICE_ROWS, len(services) + 1)
        super().__init__(*args, initial=initial, service_rows=rows, **kwargs)


class SendForm(forms.Form):
    sent_on = VietnameseDateField(label=_("Day on which the goods leave"))


class CancelForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=300)
