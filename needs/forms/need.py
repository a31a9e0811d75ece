"""What the list of needs is filtered by."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import F, TextChoices
from django.utils.translation import gettext_lazy as _

from directory.models import SupportArea, Unit, User
from needs.models import SurveyRound
from needs.models.need import NeedQuerySet

PRIORITIES = [("", _("All")), ("1", "1"), ("2", "2"), ("3", "3"), ("4", "4")]


class Coverage(TextChoices):
    NONE = "none", _("Nothing covered")
    PART = "part", _("Covered in part")
    FULL = "full", _("Covered in full")
    DELIVERED = "delivered", _("Delivered in full")
    CLOSED = "closed", _("Closed unmet")


class NeedFilterForm(forms.Form):
    round = forms.ModelChoiceField(
        SurveyRound.objects.none(), label=_("Survey round"), required=False, empty_label=_("All")
    )
    commune = forms.ModelChoiceField(
        Unit.objects.none(), label=_("Commune"), required=False, empty_label=_("All")
    )
    area = forms.ModelChoiceField(
        SupportArea.objects.none(), label=_("Support area"), required=False, empty_label=_("All")
    )
    priority = forms.ChoiceField(label=_("Priority"), required=False, choices=PRIORITIES)
    coverage = forms.ChoiceField(
        label=_("Coverage"), required=False, choices=[("", _("All")), *Coverage.choices]
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = {
            "round": SurveyRound.objects.visible_to(user),
            "commune": Unit.objects.visible_to(user).communes(),
            "area": SupportArea.objects.visible_to(user),
        }
        for name, queryset in choices.items():
            self.fields[name].queryset = queryset  # type: ignore[attr-defined]

    def apply(self, needs: NeedQuerySet) -> NeedQuerySet:
        """The needs that match; a wrong filter matches all."""
        asked = self.cleaned_data if self.is_valid() else {}
        fields = {
            "round": "round",
            "commune": "place__unit",
            "area": "item__area",
            "priority": "priority",
        }
        for name, lookup in fields.items():
            if asked.get(name):
                needs = needs.filter(**{lookup: asked[name]})
        return _with_coverage(needs, asked.get("coverage", ""))


def _with_coverage(needs: NeedQuerySet, coverage: str) -> NeedQuerySet:
    whole = F("balance__quantity")
    if coverage == Coverage.NONE:
        return needs.filter(balance__covered=0)
    if coverage == Coverage.PART:
        return needs.filter(balance__covered__gt=0, balance__covered__lt=whole)
    if coverage == Coverage.FULL:
        return needs.filter(balance__covered=whole)
    if coverage == Coverage.DELIVERED:
        return needs.filter(balance__delivered=whole)
    if coverage == Coverage.CLOSED:
        return needs.filter(closed_at__isnull=False)
    return needs
