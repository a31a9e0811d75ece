"""The catalogue of support items, kept by the coordinating office [plan II.2]."""

from __future__ import annotations

import uuid
from datetime import date

from django.db.models import ProtectedError
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from directory import history
from directory.actions.register import save_row
from directory.deeds import action
from directory.errors import Forbidden, Problem, Refusal, WrongState
from directory.models import User
from directory.stale import refuse_stale
from needs import followers
from needs.item_rules import (
    ItemFacts,
    completed,
    facts_of,
    named,
    problems_of_change,
    problems_of_facts,
    problems_of_retirement,
)
from needs.models import SupportItem
from needs.permissions import keeps_catalogue


@action
def create_item(*, by: User, facts: ItemFacts, key: uuid.UUID | None = None) -> SupportItem:
    """Enter an item. It may be asked for at once, also in rounds that are open.

    Raises ``Forbidden``; ``Refusal`` naming each field that is wrong.
    """
    demand_catalogue(by)
    facts = completed(facts)
    _refuse(problems_of_facts(facts))
    item = _written(SupportItem(), facts, by)
    history.record(item, "enter item", by=by)
    followers.item_saved(item, None)
    return item


@action
def change_item(*, by: User, item: SupportItem, version: int, facts: ItemFacts) -> SupportItem:
    """Change what the catalogue says of an item. ``version``: ``history.version_of`` when it was read.

    Code, area, kind and unit stay once the item is used anywhere; so do, while a round is open, the age
    bands and the question by sex that its surveys have answered. Raises ``Forbidden``; ``Stale`` with both
    values over a newer edit; ``Refusal`` naming each field that is wrong.
    """
    demand_catalogue(by)
    item = locked_item(item)
    before, facts = facts_of(item), completed(facts, item)
    refuse_stale(item, version, theirs=before.in_words(), yours=facts.in_words())
    if before == facts:
        return item
    _refuse([*problems_of_facts(facts, item), *problems_of_change(item, facts, by)])
    former = SupportItem.objects.get(pk=item.pk)
    _written(item, facts, by)
    old, new = _changes(before, facts)
    history.record(item, "change item", by=by, before=old, after=new)
    followers.item_saved(item, former)
    return item


@action
def retire_item(*, by: User, item: SupportItem, on: date, reason: str) -> SupportItem:
    """From ``on`` the item is offered no more; rounds opened before go on asking for it.

    Raises ``Forbidden``; ``WrongState`` if it is retired; ``Refusal`` without a reason, or for a day that
    would take it out of surveys that state it.
    """
    demand_catalogue(by)
    item = locked_item(item)
    if item.retired_on is not None:
        message = _("“%(item)s” is retired from %(day)s already; nothing was changed.")
        raise WrongState(message % {"item": item, "day": date_format(item.retired_on, "SHORT_DATE_FORMAT")})
    problems = list(problems_of_retirement(item, on))
    if not reason.strip():
        problems.append(Problem(_("No reason was given. Say why, so that others know."), "reason"))
    _refuse(problems)
    item.retired_on = on
    save_row(item, by=by)
    history.record(item, "retire item", by=by, reason=reason.strip(), on=on.isoformat())
    return item


@action
def restore_item(*, by: User, item: SupportItem) -> SupportItem:
    """Offer a retired item again. Raises ``Forbidden``; ``WrongState`` if it is in use."""
    demand_catalogue(by)
    item = locked_item(item)
    if item.retired_on is None:
        raise WrongState(_("“%(item)s” is not retired; nothing was changed.") % {"item": item})
    item.retired_on = None
    save_row(item, by=by)
    history.record(item, "restore item", by=by)
    return item


@action
def delete_item(*, by: User, item: SupportItem) -> None:
    """Delete an item that nobody ever used, with its prices and sizes.

    Raises ``Forbidden``; ``WrongState`` naming where it is used: such an item is retired.
    """
    demand_catalogue(by)
    item = SupportItem.objects.select_for_update().get(pk=item.pk)
    _refuse_used(item, named(item, by))
    history.record(item, "delete item", by=by, reason=item.name)
    followers.item_deleted(item)
    for row in [*item.prices.all(), *item.sizes.all(), item]:
        row._history_user = by  # type: ignore[attr-defined]
        try:
            row.delete()
        except ProtectedError as error:
            _refuse_used(item, ", ".join(sorted({str(held) for held in error.protected_objects})))


def demand_catalogue(user: User) -> None:
    """Raises ``Forbidden`` unless the user keeps the catalogue."""
    if not keeps_catalogue(user):
        raise Forbidden(_("The catalogue is kept by the coordinating office. Ask it to make the change."))


def locked_item(item: SupportItem) -> SupportItem:
    locked = SupportItem.objects.select_for_update(no_key=True, of=("self",)).select_related("area")
    return locked.get(pk=item.pk)


def _refuse(problems: object) -> None:
    found = list(problems)  # type: ignore[call-overload]
    if found:
        raise Refusal(found, code="invalid_item")


def _refuse_used(item: SupportItem, uses: str) -> None:
    if uses:
        message = _("“%(item)s” cannot be deleted, because it is used: %(uses)s. Retire it instead.")
        raise WrongState(message % {"item": item, "uses": uses}, code="item_used")


def _written(item: SupportItem, facts: ItemFacts, by: User) -> SupportItem:
    for name in ("area", "code", "name", "name_en", "unit", "kind", "by_sex", "order"):
        setattr(item, name, getattr(facts, name))
    save_row(item, by=by)
    item.age_bands.set(facts.age_bands)
    return item


def _changes(before: ItemFacts, after: ItemFacts) -> tuple[dict[str, str], dict[str, str]]:
    """The fields that differ, before and after, as the history shows them."""
    old, new = before.in_words(), after.in_words()
    changed = [name for name in old if old[name] != new[name]]
    return {name: old[name] for name in changed}, {name: new[name] for name in changed}
