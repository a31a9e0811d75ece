"""What the coordinating office types about an item of the catalogue."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from directory import clock, history
from directory.errors import Refusal, Stale
from directory.fields import VietnameseDateField, WholeNumberField
from directory.forms.rows import RowsForm
from directory.forms.versioned import VersionedForm, overwrite
from directory.models import SupportArea, User
from directory.posted import number_in
from directory.screens import show_refusal
from needs.actions.item_price import FIRST_YEAR, LAST_YEAR, MOST_DONG, YearPrice
from needs.actions.item_sizes import LABEL_LENGTH, WHOLE, SizeRow, problems_of_sizes, sizes_version
from needs.item_rules import CODE_LENGTH, ItemFacts, facts_of
from needs.models import AgeBand, ItemSize, SupportItem

DONG_DIGITS = len(str(MOST_DONG))
EMPTY_ROWS, MOST_ROWS = 6, 100


class ItemForm(VersionedForm):
    """A new item, or with ``item`` a change of it."""

    area: forms.ModelChoiceField[SupportArea] = forms.ModelChoiceField(
        SupportArea.objects.none(), label=_("Support area")
    )
    name = forms.CharField(label=_("Name"), max_length=120)
    name_en = forms.CharField(
        label=_("Name in English"), max_length=120, help_text=_("Donors from abroad read it.")
    )
    unit = forms.CharField(
        label=_("Unit of measure"), max_length=30, help_text=_("For example chiếc, suất, bộ.")
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=SupportItem.Kind.choices)
    age_bands = forms.ModelMultipleChoiceField(
        AgeBand.objects.in_order(),
        label=_("Age bands"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("For whom it may be asked: a column each in the survey."),
    )
    by_sex = forms.BooleanField(
        label=_("By sex"),
        required=False,
        help_text=_("The survey also asks how many of the children are girls, and sizes differ by sex."),
    )
    order = WholeNumberField(
        label=_("Order within the area"),
        max_digits=4,
        required=False,
        help_text=_("Smaller numbers stand first. Empty: at the end."),
    )
    code = forms.CharField(
        label=_("Code"),
        max_length=CODE_LENGTH,
        required=False,
        help_text=_("A short name for files and figures. Empty: made from the name."),
    )

    def __init__(self, *args: Any, user: User, item: SupportItem | None = None, **kwargs: Any) -> None:
        if item is not None:
            kwargs["initial"] = {**vars(facts_of(item)), "version": history.version_of(item)}
        super().__init__(*args, **kwargs)
        self.fields["area"].queryset = SupportArea.objects.visible_to(user)  # type: ignore[attr-defined]

    def facts(self) -> ItemFacts:
        values = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        return ItemFacts(**values | {"age_bands": list(values["age_bands"])})


class RetireForm(forms.Form):
    on = VietnameseDateField(
        label=_("Retired on"),
        help_text=_("From this day on it is offered no more in new rounds and pledges."),
    )
    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class PricesForm(forms.Form):
    """A line for each year that has a price, for last year, this and the next; and one for any other."""

    year = WholeNumberField(
        label=_("Another year"), max_digits=4, min_value=FIRST_YEAR, max_value=LAST_YEAR, required=False
    )
    amount = WholeNumberField(label=_("Price in that year, đồng"), max_digits=DONG_DIGITS, required=False)

    def __init__(self, item: SupportItem, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stored = {price.year: price.amount for price in item.prices.all()}
        today = clock.today().year
        self.years = sorted({*stored, today - 1, today, today + 1} | self._posted_years(), reverse=True)
        for year in self.years:
            self.fields[f"price-{year}"] = WholeNumberField(
                label=format_lazy(_("Price in {year}, đồng"), year=year),
                max_digits=DONG_DIGITS,
                required=False,
                initial=stored.get(year),
            )
            self.fields[f"known-{year}"] = forms.IntegerField(
                widget=forms.HiddenInput, required=False, initial=stored.get(year)
            )
        self.order_fields([*(f"price-{year}" for year in self.years), "year", "amount"])

    def _posted_years(self) -> set[int]:
        """A year that somebody else has cleared meanwhile keeps its line."""
        posted = (number_in(name.removeprefix("price-")) for name in self.data if name.startswith("price-"))
        return {year for year in posted if year is not None and FIRST_YEAR <= year <= LAST_YEAR}

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        year, amount = values.get("year"), values.get("amount")
        if year in self.years:
            self.add_error("year", _("This year has its own line above. Type the price there."))
        if (year is None) != (amount is None) and not {"year", "amount"} & set(self.errors):
            missing = "year" if year is None else "amount"
            self.add_error(missing, _("Year and price belong together. Type both, or neither."))
        return values

    def prices(self) -> list[YearPrice]:
        values = self.cleaned_data
        prices = [YearPrice(year, values[f"price-{year}"], values[f"known-{year}"]) for year in self.years]
        if values["year"] is not None:
            prices.append(YearPrice(values["year"], values["amount"], None))
        return prices

    def show(self, refusal: Refusal) -> int:
        """After both values were shown, saving once more is meant so."""
        if isinstance(refusal, Stale):
            known = {p.replace("price-", "known-"): a for p, a in refusal.details["theirs"].items()}
            overwrite(self, known)
        return show_refusal(self, refusal)


class SizesForm(RowsForm, VersionedForm):
    """The size table, with some empty lines below: lines left empty are ignored."""

    def __init__(self, item: SupportItem, *args: Any, **kwargs: Any) -> None:
        stored = list(item.sizes.select_related("age_band").order_by("order", "pk"))
        super().__init__(*args, initial={"version": sizes_version(item)} | _typed(stored), **kwargs)
        self.item = item
        self._bands = {str(band.pk): band for band in item.age_bands.in_order()}
        for _number in range(max(len(stored) + EMPTY_ROWS, self._posted_rows())):
            self.add_row(self._row_fields())
        for field in self.fields.values():
            if not field.widget.is_hidden:  # its column says what it is, but not in which line it stands
                field.widget.attrs["aria-label"] = field.label

    def _posted_rows(self) -> int:
        numbers = [number_in(name.split("-")[1]) for name in self.data if name.startswith("lines-")]
        return min(max((n + 1 for n in numbers if n is not None), default=0), MOST_ROWS)

    def _row_fields(self) -> dict[str, forms.Field]:
        bands = [("", "—"), *((key, str(band)) for key, band in self._bands.items())]
        fields: dict[str, forms.Field] = {"age_band": forms.ChoiceField(label=_("Age band"), choices=bands)}
        if self.item.by_sex:
            choices = [(ItemSize.Sex.ALL.value, _("not told apart")), *ItemSize.Sex.choices[1:]]
            fields["sex"] = forms.ChoiceField(label=_("Sex"), choices=choices)
        return fields | {
            "label": forms.CharField(label=_("Size"), max_length=LABEL_LENGTH),
            "percent": WholeNumberField(label=_("Per cent"), min_value=1, max_value=WHOLE),
        }

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        missing = {
            "age_band": _("Choose the age band of this size."),
            "label": _("Type the size, for example 110 or M."),
            "percent": _("Type what share of the children wears it."),
        }
        for number in self.filled_rows:
            for name, message in missing.items():
                place = f"lines-{number}-{name}"
                if place not in self.errors and values.get(place) in (None, ""):
                    self.add_error(place, message)
        self._name_the_rest()
        return values

    def _name_the_rest(self) -> None:
        """What the action would refuse, said together with what is incomplete; unfinished bands can wait."""
        wrong = {number for number in self.filled_rows if self.row_is_wrong(number)}
        if not wrong:
            return
        unfinished = {self.values_of(number)["age_band"] for number in wrong}
        rest = [
            number
            for number in self.filled_rows
            if number not in wrong and self.values_of(number)["age_band"] not in unfinished
        ]
        for problem in problems_of_sizes(self.item, [self._size_row(number) for number in rest]):
            if problem.place:
                lines, number, name = problem.place.split("-", 2)
                self.add_error(f"{lines}-{rest[int(number)]}-{name}", str(problem.message))

    def size_rows(self) -> list[SizeRow]:
        return [self._size_row(number) for number in self.filled_rows]

    def _size_row(self, number: int) -> SizeRow:
        row = self.values_of(number)
        return SizeRow(self._bands[row["age_band"]], row["label"], row["percent"], row.get("sex") or "")

    def show(self, refusal: Refusal) -> int:
        """The action counts the filled lines only: each problem goes back to the line it was typed in."""
        return super().show(self.at_own_places(refusal))


def _typed(stored: list[ItemSize]) -> dict[str, Any]:
    """The table as the form's initial values."""
    return {
        f"lines-{number}-{name}": value
        for number, size in enumerate(stored)
        for name, value in (
            ("age_band", size.age_band_id),
            ("sex", size.sex),
            ("label", size.label),
            ("percent", size.percent),
        )
    }
