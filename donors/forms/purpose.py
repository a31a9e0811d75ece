"""What a line of a pledge may be meant for: an area, a place, or a need that is typed by its number."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from directory import clock
from directory.models import Place, SupportArea, User
from donors.actions.pledge_change import Purpose
from donors.models import PledgeLine
from donors.numbers import grouped
from needs.models import Need
from needs.models.need import NeedQuerySet

# As many as a phone's link bears; any other open need within reach is typed by its number.
NEEDS_OFFERED = 300
NUMBER = re.compile(r"#?\s*(\d{1,15})\b")
NEEDS_LIST = "open-needs"

Earmark = PledgeLine.Earmark


class NeedField(forms.CharField):
    """Cleans “#123 …” to that need, or to None. ``needs``: those that may be named."""

    def __init__(self, needs: NeedQuerySet, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"list": NEEDS_LIST, "autocomplete": "off"})
        super().__init__(required=False, widget=widget, max_length=300, **kwargs)
        self.needs = needs

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        found = NUMBER.match(text)
        need = self.needs.filter(pk=found.group(1)).first() if found else None
        if need is None:
            message = _("“%(text)s” is no open need of your list. Choose one, or type its number: #123.")
            raise ValidationError(message, code="no_need", params={"text": text})
        return need

    def prepare_value(self, value: Any) -> Any:
        return need_in_words(value) if isinstance(value, Need) else value


def need_in_words(need: Need) -> str:
    return f"#{need.pk} {need.item}, {need.age_band}, {need.place.full_name}"


class Purposes:
    """The choices of one form; ``kept``: lines whose present purpose stays a choice in any case."""

    def __init__(self, user: User, areas: Iterable[SupportArea], kept: Iterable[PledgeLine] = ()) -> None:
        places = Place.objects.visible_to(user).on(clock.today()).select_related("unit")
        self._areas = {f"area-{area.pk}": area for area in areas}
        self._places = {f"place-{place.pk}": place for place in places}
        named: list[int] = []
        for line in kept:
            if line.earmark_area:
                self._areas.setdefault(f"area-{line.earmark_area_id}", line.earmark_area)
            if line.earmark_place:
                self._places.setdefault(f"place-{line.earmark_place_id}", line.earmark_place)
            if line.earmark_need_id:
                named.append(line.earmark_need_id)
        needs = Need.objects.nameable_by(user, named)
        self.needs = needs.select_related("item__area", "age_band", "place__unit", "round", "balance")

    @cached_property
    def offered(self) -> list[tuple[str, str]]:
        """The most urgent open needs, and what each still lacks."""
        needs = self.needs.open_needs().order_by("priority", "place", "item")[:NEEDS_OFFERED]
        return [
            (need_in_words(need), f"{grouped(need.balance.uncovered)} {need.item.unit}") for need in needs
        ]

    @property
    def choices(self) -> list[Any]:
        areas = [(key, str(area)) for key, area in self._areas.items()]
        places = [(key, place.full_name) for key, place in self._places.items()]
        return [("", _("not earmarked")), (_("Support area"), areas), (_("Place"), places)]

    def fields(self) -> dict[str, forms.Field]:
        return {
            "earmark": forms.ChoiceField(label=_("Meant for"), choices=self.choices),
            "need": NeedField(self.needs, label=_("or for one need")),
            "earmark_hard": forms.BooleanField(label=_("binding: for nothing else")),
        }

    def read(self, row: dict[str, Any]) -> Purpose:
        """The purpose that a row names; with both an area or place and a need it names too much."""
        area, place = self._areas.get(row["earmark"]), self._places.get(row["earmark"])
        need = row["need"]
        named = Earmark.NEED if need else Earmark.AREA if area else Earmark.PLACE if place else Earmark.NONE
        hard = bool(row["earmark_hard"]) and named != Earmark.NONE
        return Purpose(named, hard, area, place, need)

    @staticmethod
    def initial(purpose: Purpose) -> dict[str, Any]:
        """The values of ``fields`` that say ``purpose``."""
        area, place = purpose.earmark_area, purpose.earmark_place
        key = f"area-{area.pk}" if area else f"place-{place.pk}" if place else ""
        return {"earmark": key, "need": purpose.earmark_need, "earmark_hard": purpose.earmark_hard}
