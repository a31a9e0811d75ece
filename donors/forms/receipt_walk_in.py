"""What is brought without a pledge: giver, lines and receipt in one form."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from directory import clock
from directory.errors import Problem
from directory.fields import VietnameseDateField, WholeNumberField
from directory.forms.rows import RowsForm
from directory.models import Agency, User
from donors.actions import BroughtLine, NewDonor
from donors.forms.donor import SHOWN
from donors.forms.pledge import CASH
from donors.forms.receipt import signer
from donors.forms.scope import ScopeField
from donors.models import Donor, PledgeLine, ReceiptLine
from donors.numbers import DONG_DIGITS
from donors.permissions import coordinates
from needs.models import SupportItem

ROWS = 4


class WalkInForm(RowsForm):
    """Empty lines are ignored. ``duplicates``: who a new donor may be, and whether the user sees it."""

    scope = ScopeField()
    donor: forms.ModelChoiceField[Donor] = forms.ModelChoiceField(None, label=_("Donor"), required=False)
    new_name = forms.CharField(
        label=_("or a new donor: name"),
        max_length=200,
        required=False,
        help_text=_("Only if the list above does not hold it; it is registered with this receipt."),
    )
    new_kind = forms.ChoiceField(
        label=_("Kind of the new donor"), required=False, choices=[("", "—"), *Donor.Kind.choices]
    )
    new_origin = forms.ChoiceField(
        label=_("Where the new donor is from"), required=False, choices=[("", "—"), *Donor.Origin.choices]
    )
    new_phone = forms.CharField(label=_("Telephone of the new donor"), max_length=30, required=False)
    register_anyway = forms.BooleanField(label=_("It is somebody else: save anyway"), required=False)
    anonymous = forms.BooleanField(label=_("The donor asks not to be named in public"), required=False)
    mobilised_by: forms.ModelChoiceField[Agency] = forms.ModelChoiceField(None, label=_("Mobilised by"))
    custodian: forms.ModelChoiceField[Agency] = forms.ModelChoiceField(
        None, label=_("Kept by"), help_text=_("Who takes the goods or the money into custody.")
    )
    occurred_on = VietnameseDateField(label=_("Received on"))
    handed_over_by = signer(_("Handed over by"), _("Who signs for the giver, with the office."))
    received_by = signer(_("Received by"), _("Who signs for who keeps it, with the office."))
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3}))

    GIVER = ("donor", "new_name", "new_kind", "new_origin", "new_phone", "anonymous")

    def __init__(self, user: User, *args: Any, sent_before: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.sent_before = user, sent_before
        self.duplicates: list[tuple[Donor, bool]] = []
        scopes = ScopeField.prepare(self, user)
        self._choose("donor", Donor.objects.visible_to(user).standing())
        agencies = Agency.objects.visible_to(user).on(clock.today()).order_by("unit__level", "name")
        own = agencies.filter(pk__in=user.reach.agencies)
        whole = any(coordinates(user, scope) for scope in scopes)
        self._choose("mobilised_by", agencies if whole else own)
        self._choose("custodian", agencies)
        for name in ("mobilised_by", "custodian"):
            self.fields[name].initial = user.agency
        self.fields["occurred_on"].initial = clock.today()
        self._items = {str(item.pk): item for item in SupportItem.objects.in_use().select_related("area")}
        for _row in range(ROWS):
            self.add_row(self._row_fields())

    def _choose(self, name: str, choices: Any) -> None:
        self.fields[name].queryset = choices  # type: ignore[attr-defined]

    def _row_fields(self) -> dict[str, forms.Field]:
        dong = {"max_digits": DONG_DIGITS, "required": False}
        groups: dict[str, list[tuple[str, str]]] = {}
        for key, item in self._items.items():
            groups.setdefault(str(item.area), []).append((key, f"{item} ({item.unit})"))
        goods: list[Any] = [("", "—"), (CASH, _("Cash")), *groups.items()]
        return {
            "item": forms.ChoiceField(label=_("Goods or cash"), choices=goods),
            "accepted": WholeNumberField(label=_("Accepted"), required=False),
            "quality": forms.ChoiceField(label=_("Quality"), choices=ReceiptLine.Quality.choices),
            "unit_value": WholeNumberField(label=_("Value of one, đồng"), **dong),
            "refused": WholeNumberField(label=_("Not accepted"), required=False),
            "refuse_reason": forms.CharField(label=_("Reason of the refusal"), max_length=300),
            "amount": WholeNumberField(label=_("Cash, đồng"), **dong),
            "purpose": forms.CharField(label=_("Purpose"), max_length=200),
        }

    @property
    def giver_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.GIVER]

    @property
    def receipt_fields(self) -> list[forms.BoundField]:
        asked = {*self.GIVER, "register_anyway"}
        return [field for field in self.main_fields if field.name not in asked]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        self.add_problems(self._giver(values))
        for number in self.filled_rows:
            if not self.row_is_wrong(number) and not self.values_of(number)["item"]:
                message = _("Choose what was brought: goods or cash.")
                self.add_problems([Problem(message, f"lines-{number}-item")])
        return values

    def _giver(self, values: dict[str, Any]) -> list[Problem]:
        """One giver: of the list, or a new one that is said in full and is nobody of the registry."""
        name = values.get("new_name")
        if not name:
            missing = _("Who brought it is missing. Choose the donor, or type the name of a new one.")
            return [] if values.get("donor") or "donor" in self.errors else [Problem(missing, "donor")]
        if values.get("donor"):
            return [Problem(_("Choose a donor or type a new one, not both."), "new_name")]
        problems = [
            Problem(_("Choose this of the new donor too."), place)
            for place in ("new_kind", "new_origin")
            if not values.get(place) and place not in self.errors
        ]
        self.duplicates = self._likely(values) if "scope" in values else []
        if self.duplicates and not values.get("register_anyway"):
            message = _(
                "This donor may be registered already: compare with those shown below. "
                "If it is somebody else, tick “save anyway” and save again."
            )
            problems.append(Problem(message, "new_name"))
        return problems

    def _likely(self, values: dict[str, Any]) -> list[tuple[Donor, bool]]:
        phone = values.get("new_phone", "")
        told = {"name": values["new_name"], "tax_code": "", "phone": phone}
        same = [] if self.sent_before else list(Donor.objects.resembling(values["scope"], **told)[:SHOWN])
        within_reach = Donor.objects.visible_to(self.user).filter(pk__in=[donor.pk for donor in same])
        seen = set(within_reach.values_list("pk", flat=True))
        return [(donor, donor.pk in seen) for donor in same]

    def arguments(self) -> dict[str, Any]:
        """What ``record_walk_in`` wants."""
        values = self.cleaned_data
        plain = ("scope", "donor", "mobilised_by", "custodian", "occurred_on", "anonymous")
        names = (*plain, "handed_over_by", "received_by", "note")
        new = None
        if values["new_name"]:
            new = NewDonor(values["new_kind"], values["new_origin"], values["new_name"], values["new_phone"])
        lines = [self._line(self.values_of(number)) for number in self.filled_rows]
        return {**{name: values.get(name) for name in names}, "new_donor": new, "lines": lines}

    def _line(self, row: dict[str, Any]) -> BroughtLine:
        cash = row["item"] == CASH
        return BroughtLine(
            kind=PledgeLine.Kind.CASH if cash else PledgeLine.Kind.GOODS,
            item=self._items.get(row["item"]),
            accepted=row["accepted"],
            refused=row["refused"],
            refuse_reason=row["refuse_reason"],
            quality=row["quality"],
            unit_value=row["unit_value"],
            amount=row["amount"],
            purpose=row["purpose"],
        )
