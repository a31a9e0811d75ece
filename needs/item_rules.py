"""What stands in the way of an entry or a change of the catalogue, each problem at its field."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Max, Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from directory.errors import Problem
from directory.models import SupportArea, User
from directory.text import unaccented
from needs.models import AgeBand, ItemSize, NeedStatement, Reopening, SupportItem, SurveyRound
from needs.states import RoundState
from needs.uses import uses_of

CODE_LENGTH = 30
# What ``problems_of_change`` guards: a change of anything else it lets through.
GUARDED = ("code", "area", "kind", "unit", "by_sex", "age_bands")


@dataclass(frozen=True)
class ItemFacts:
    """What the catalogue says of an item. An empty code is made from the name; no order: the last."""

    area: SupportArea
    name: str
    name_en: str
    unit: str
    kind: str
    age_bands: Sequence[AgeBand]
    by_sex: bool = False
    code: str = ""
    order: int | None = None

    def in_words(self) -> dict[str, str]:
        """The values as a reader sees them, by field."""
        return {
            "area": str(self.area),
            "name": self.name,
            "name_en": self.name_en,
            "unit": self.unit,
            "kind": str(SupportItem.Kind(self.kind).label),
            "age_bands": ", ".join(str(band) for band in self.age_bands),
            "by_sex": _("yes") if self.by_sex else _("no"),
            "code": self.code,
            "order": "" if self.order is None else str(self.order),
        }


def facts_of(item: SupportItem) -> ItemFacts:
    return ItemFacts(
        area=item.area,
        name=item.name,
        name_en=item.name_en,
        unit=item.unit,
        kind=item.kind,
        age_bands=sorted(item.age_bands.all(), key=_youngest_first),
        by_sex=item.by_sex,
        code=item.code,
        order=item.order,
    )


def completed(facts: ItemFacts, item: SupportItem | None = None) -> ItemFacts:
    """Without needless spaces, the bands in their order, and with the code and order that were left empty."""
    name = " ".join(facts.name.split())
    code, order = facts.code.strip(), facts.order
    if item is not None:
        code, order = code or item.code, item.order if order is None else order
    return replace(
        facts,
        name=name,
        name_en=" ".join(facts.name_en.split()),
        unit=" ".join(facts.unit.split()),
        age_bands=sorted(facts.age_bands, key=_youngest_first),
        code=code or _code_of(name),
        order=_last_in(facts.area) + 1 if order is None else order,
    )


def _youngest_first(band: AgeBand) -> tuple[bool, int]:
    return band.is_all, band.from_year


def _code_of(name: str) -> str:
    """“Áo ấm trẻ em” → “ao_am_tre_em”."""
    return re.sub(r"[^a-z0-9]+", "_", unaccented(name))[:CODE_LENGTH].strip("_")


def _last_in(area: SupportArea) -> int:
    return SupportItem.objects.filter(area=area).aggregate(last=Max("order"))["last"] or 0


def problems_of_facts(
    facts: ItemFacts, item: SupportItem | None = None, catalogue: Iterable[SupportItem] | None = None
) -> Iterator[Problem]:
    """What is wrong with an entry whoever makes it. ``item``: the one that is changed.

    ``catalogue``: all items, for who checks many entries; else they are read.
    """
    for name in ("name", "name_en", "unit"):
        if not getattr(facts, name):
            yield Problem(_("Nothing was typed here. Type it as it is to be shown."), name)
    if not facts.age_bands:
        yield Problem(_("No age band was chosen. Choose those for whom it may be asked."), "age_bands")
    if len(facts.age_bands) > 1 and any(band.is_all for band in facts.age_bands):
        message = _(
            "“All ages” stands alone: the other bands are parts of it and would count twice. "
            "Choose either it or the others."
        )
        yield Problem(message, "age_bands")
    items = SupportItem.objects.all() if catalogue is None else catalogue
    others = [other for other in items if item is None or other.pk != item.pk]
    same_code = next((other for other in others if other.code == facts.code), None)
    if facts.name and same_code:
        message = _("The code “%(code)s” belongs to “%(item)s”. Type another code.")
        yield Problem(message % {"code": facts.code, "item": same_code}, "code")
    yield from _same_name(facts, others)


def _same_name(facts: ItemFacts, others: Iterable[SupportItem]) -> Iterator[Problem]:
    for other in others:
        if other.area_id == facts.area.pk and other.name.casefold() == facts.name.casefold():
            message = (
                _("“%(item)s” was in this area before and is retired. Restore it, or type another name.")
                if other.retired_on
                else _("“%(item)s” is in this area already. Change that one, or type another name.")
            )
            yield Problem(message % {"item": other}, "name")


def problems_of_change(item: SupportItem, facts: ItemFacts, by: User) -> Iterator[Problem]:
    """What an item that is used may not lose."""
    yield from _frozen(item, facts, by)
    yield from _sexes(item, facts)
    yield from _bands(item, facts)
    if facts.kind != SupportItem.Kind.GOODS and item.sizes.exists():
        yield Problem(_("It has a size table, which a service cannot have. Clear the table first."), "kind")


def _frozen(item: SupportItem, facts: ItemFacts, by: User) -> Iterator[Problem]:
    """What was counted in an item stays what it was."""
    now = facts_of(item)
    fields = ("code", "area", "kind", "unit")
    changed = [name for name in fields if getattr(now, name) != getattr(facts, name)]
    uses = named(item, by) if changed else ""
    if not uses:
        return
    message = _(
        "“%(value)s” stays as it is, because the item is used: %(uses)s. "
        "Retire this item and enter a new one instead."
    )
    for name in changed:
        yield Problem(message % {"value": now.in_words()[name], "uses": uses}, name)


def named(item: SupportItem, by: User) -> str:
    """Where the item is used, “phiếu khảo sát: …; cam kết: …”; empty if nowhere."""
    return "; ".join(str(use) for use in uses_of(item, by))


def stated_in_open_rounds(item: SupportItem) -> QuerySet[NeedStatement]:
    """What surveys state of the item where somebody may still enter something."""
    reopened = Reopening.objects.in_force().values("round_id")
    going_on = SurveyRound.objects.filter(Q(state=RoundState.OPEN) | Q(pk__in=reopened))
    return NeedStatement.objects.filter(item=item, survey__round__in=going_on)


def _sexes(item: SupportItem, facts: ItemFacts) -> Iterator[Problem]:
    if facts.by_sex == item.by_sex:
        return
    stated = stated_in_open_rounds(item).count()
    if stated:
        message = _(
            "%(number)s needs of it stand in surveys of open rounds, which asked it the other way. "
            "Change this once those rounds are closed."
        )
        yield Problem(message % {"number": stated}, "by_sex")
    if item.by_sex and item.sizes.exclude(sex=ItemSize.Sex.ALL).exists():
        message = _("Its size table has rows for girls and for boys. Take these out of the table first.")
        yield Problem(message, "by_sex")


def _bands(item: SupportItem, facts: ItemFacts) -> Iterator[Problem]:
    kept = {band.pk for band in facts.age_bands}
    for band in item.age_bands.in_order():
        if band.pk in kept:
            continue
        stated = stated_in_open_rounds(item).filter(age_band=band).count()
        if stated:
            message = _(
                "%(band)s cannot be taken away: %(number)s needs of it stand in surveys of open rounds. "
                "Take it away once those rounds are closed."
            )
            yield Problem(message % {"band": band, "number": stated}, "age_bands")
        if item.sizes.filter(age_band=band).exists():
            message = _("%(band)s has rows in the size table. Take these out of the table first.")
            yield Problem(message % {"band": band}, "age_bands")


def problems_of_retirement(item: SupportItem, on: date) -> Iterator[Problem]:
    """A round keeps on asking for what was in use when it opened; what was stated must not vanish."""
    stated = NeedStatement.objects.filter(item=item).values("survey__round_id")
    rounds = SurveyRound.objects.filter(pk__in=stated, opens_on__gte=on)
    last = rounds.order_by("-opens_on").first()
    if last is not None:
        message = _(
            "It was asked for in a survey round that opened on %(day)s. Choose a later day, so that those "
            "surveys go on showing it."
        )
        yield Problem(message % {"day": date_format(last.opens_on, "SHORT_DATE_FORMAT")}, "on")
