"""What the list of needs is filtered by. A wrong value is refused: it never shows all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.db.models import TextChoices
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from directory import clock
from directory.models import Place, Succession, Unit, User
from directory.models.place import rank_of_kind
from directory.scope import difficult_among
from needs.cells import PRIORITIES
from needs.listing import Coverage, Sieve, Sort, running, words_of
from needs.models import AgeBand, SupportItem, SurveyRound

ALL_ROUNDS = "all"
# What most people ask by; the rest opens below.
FIRST = ("q", "round", "commune", "place", "item", "coverage")
ANY = ("", _("All"))
NOT_OFFERED = _("This cannot be chosen here. Choose something from the list.")


class Scope(TextChoices):
    INSIDE = "inside", _("In difficult communes")
    OUTSIDE = "outside", _("Outside difficult communes")


@dataclass(frozen=True)
class Chosen:
    """One filter in words; ``name``: its parameter in the address."""

    name: str
    label: str
    value: str


class OneOfField(forms.TypedChoiceField):
    """One of some choices, or of objects that are read once. Nothing chosen: None."""

    def __init__(self, **options: Any) -> None:
        messages = {"invalid_choice": NOT_OFFERED}
        super().__init__(required=False, empty_value=None, error_messages=messages, **options)

    def offer(self, objects: Iterable[Any], *first: tuple[str, str | Promise]) -> None:
        found = {str(each.pk): each for each in objects}
        self.coerce = lambda key: found.get(key, key)
        self.choices = [*(first or [ANY]), *((key, _offered_as(each)) for key, each in found.items())]


class NeedFilterForm(forms.Form):
    q = forms.CharField(label=_("Search items and places"), required=False, max_length=100)
    round = OneOfField(label=_("Survey round"))
    commune = OneOfField(label=_("Commune"))
    place = OneOfField(label=_("Village or school"))
    area = OneOfField(label=_("Support area"))
    item = OneOfField(label=_("Support item"))
    age_band = OneOfField(label=_("Age"))
    priority = OneOfField(label=_("Priority"), coerce=int, choices=[ANY, *((n, n) for n in PRIORITIES)])
    coverage = OneOfField(label=_("Coverage"), choices=[ANY, *Coverage.choices])
    scope = OneOfField(label=_("Scope of the plan"), choices=[ANY, *Scope.choices])
    sort = OneOfField(label=_("Sorted by"), choices=Sort.choices)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.rounds = list(SurveyRound.objects.visible_to(user).newest_first())
        self.items = list(SupportItem.objects.of_areas(user.reach.areas))
        self.communes = list(Unit.objects.visible_to(user).communes().order_by("name", "valid_from"))
        self._offer("round", self.rounds, ("", _("Running rounds")), (ALL_ROUNDS, _("All rounds")))
        self._offer("commune", self.communes)
        self._offer("area", {item.area_id: item.area for item in self.items}.values())
        self._offer("item", self.items)
        self._offer("age_band", AgeBand.objects.in_order())
        self._offer_places()

    def _offer(self, name: str, objects: Iterable[Any], *first: tuple[str, str | Promise]) -> None:
        field = self.fields[name]
        assert isinstance(field, OneOfField)
        field.offer(objects, *first)

    def _offer_places(self) -> None:
        """Those of the chosen commune; without one all, but only to read an address that names a place."""
        asked = self.data.get("commune")
        places = Place.objects.visible_to(self.user).select_related("unit")
        if commune := next((each for each in self.communes if str(each.pk) == asked), None):
            places = places.filter(unit__in=family_of(commune))
        elif not self.data.get("place"):
            del self.fields["place"]
            return
        self._offer("place", places.order_by("-unit__valid_from", rank_of_kind(), "order", "name"))

    @property
    def first_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in FIRST if name in self.fields]

    @property
    def more_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name not in FIRST]

    @property
    def is_narrowed(self) -> bool:
        """Whether one of the further filters is in use, or wrong."""
        return any(field.value() or field.errors for field in self.more_fields)

    @property
    def listed_rounds(self) -> list[SurveyRound]:
        """The rounds that are shown: of a valid form."""
        chosen = self.cleaned_data["round"]
        if chosen == ALL_ROUNDS:
            return self.rounds
        return [chosen] if chosen else running(self.rounds)

    @property
    def other_open_rounds(self) -> list[SurveyRound]:
        """Open rounds that are not among the running ones, when nobody chose a round: of a valid form."""
        if self.cleaned_data["round"]:
            return []
        listed = self.listed_rounds
        return [each for each in self.rounds if each.is_open and each not in listed]

    def sieve(self) -> Sieve:
        """What the list is narrowed to: of a valid form."""
        asked = self.cleaned_data
        return Sieve(
            communes=frozenset(self._communes()) & self.user.reach.communes,
            items=[item for item in self.items if self._is_asked_for(item)],
            rounds=None if asked["round"] == ALL_ROUNDS else self.listed_rounds,
            places=_always(asked["place"]) if asked.get("place") else None,
            age_band=asked["age_band"],
            priority=asked["priority"],
            coverage=asked["coverage"] or "",
            words=words_of(asked["q"]),
            sort=asked["sort"] or Sort.PRIORITY,
        )

    def _is_asked_for(self, item: SupportItem) -> bool:
        area, chosen = self.cleaned_data["area"], self.cleaned_data["item"]
        return area in (None, item.area) and chosen in (None, item)

    @property
    def _scope_day(self) -> date:
        """A round's communes count as they stood when it opened, those of several rounds as of today."""
        rounds = self.listed_rounds
        return rounds[0].opens_on if len(rounds) == 1 else clock.today()

    def _communes(self) -> set[int]:
        asked = self.cleaned_data
        found = {commune.pk for commune in self.communes}
        if asked["commune"]:
            found &= family_of(asked["commune"])
        if asked["scope"]:
            difficult = difficult_among((each for each in self.communes if each.pk in found), self._scope_day)
            found = found & difficult if asked["scope"] == Scope.INSIDE else found - difficult
        return found

    def chosen(self) -> list[Chosen]:
        """The filters in use, in words of the language of the moment."""
        asked = {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}
        asked.pop("sort", None)
        said = {name: _said(name, value) for name, value in asked.items()}
        if "scope" in said:
            day = date_format(self._scope_day, "SHORT_DATE_FORMAT")
            said["scope"] = gettext("%(scope)s, as of %(day)s") % {"scope": said["scope"], "day": day}
        return [Chosen(name, str(self.fields[name].label), text) for name, text in said.items()]


def _said(name: str, value: Any) -> str:
    labels = {"coverage": Coverage, "scope": Scope}
    if name in labels:
        return str(labels[name](value).label)
    if value == ALL_ROUNDS:
        return gettext("All rounds")
    return value.full_name if isinstance(value, Place) else str(value)


def family_of(commune: Unit) -> set[int]:
    """The commune and those that have gone into it: their needs are its needs now."""
    return Succession.objects.predecessors([commune.pk], clock.today())


def _always(place: Place) -> frozenset[int]:
    """The place, and what it was before a merger or a new name."""
    found = {place.pk}
    while place.continues and place.continues_id not in found:
        place = place.continues
        found.add(place.pk)
    return frozenset(found)


def _offered_as(found: Any) -> str:
    """The name; what has ended (a commune before a merger, its places) says until when it was."""
    ended = getattr(found, "valid_to", None)
    if ended is None or ended >= clock.today():
        return str(found)
    return gettext("%(name)s (until %(day)s)") % {
        "name": found,
        "day": date_format(ended, "SHORT_DATE_FORMAT"),
    }
