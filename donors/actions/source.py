"""Funds and budgets, kept by the coordinating office [plan III, IV.1, IV.8]."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import ForeignObjectRel
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from directory import history
from directory.deeds import action
from directory.errors import Problem, Refusal, WrongState
from directory.models import Agency, Unit, User
from directory.stale import refuse_stale
from donors.checks import day_in_words
from donors.models import FundingSource, Pledge
from donors.permissions import demand_source_keeping
from donors.states import PledgeState


@dataclass(frozen=True)
class SourceFacts:
    """What somebody types about a fund or budget. ``agency`` keeps it."""

    kind: str
    name: str
    agency: Agency | None = None

    def in_words(self) -> dict[str, str]:
        """The values as a reader sees them, by field."""
        return {
            "kind": str(FundingSource.Kind(self.kind).label),
            "name": self.name,
            "agency": str(self.agency or ""),
        }


def facts_of(source: FundingSource) -> SourceFacts:
    return SourceFacts(source.kind, source.name, source.agency)


@action
def create_source(
    *, by: User, scope: Unit, facts: SourceFacts, key: uuid.UUID | None = None
) -> FundingSource:
    """Enter a fund or budget. Raises ``Forbidden``; ``Refusal`` without a name or with one that is taken."""
    demand_source_keeping(by, scope)
    source = _written(FundingSource(scope=scope), facts, by)
    history.record(source, gettext_noop("enter the funding source"), by=by)
    return source


@action
def change_source(*, by: User, source: FundingSource, version: int, facts: SourceFacts) -> FundingSource:
    """Change a fund or budget. ``version``: ``history.version_of`` when it was read.

    Its kind stays once anything was recorded of it: the totals of past reports go by it.
    Raises ``Forbidden``; ``Stale`` with both values over a newer edit; ``Refusal`` at each wrong field.
    """
    source = _locked(by, source)
    before = facts_of(source)
    refuse_stale(source, version, theirs=before.in_words(), yours=facts.in_words())
    if before == facts:
        return source
    if facts.kind != source.kind and (users := _used_by(source)):
        message = _("The kind stays “%(kind)s”, because it is used already: %(by)s. Enter another source.")
        shown = {"kind": source.get_kind_display(), "by": ", ".join(users)}
        raise Refusal(message % shown, place="kind", code="source_used")
    _written(source, facts, by)
    old, new = before.in_words(), facts.in_words()
    changed = [name for name in old if old[name] != new[name]]
    history.record(
        source,
        gettext_noop("change the funding source"),
        by=by,
        before={name: old[name] for name in changed},
        after={name: new[name] for name in changed},
    )
    return source


@action
def close_source(*, by: User, source: FundingSource, on: date, reason: str) -> FundingSource:
    """From ``on`` nothing new is recorded of it; what was recorded stays.

    Raises ``Forbidden``; ``WrongState`` if it is closed; ``Refusal`` without a reason, while pledges of it
    are open, or for a day before the newest of them.
    """
    source = _locked(by, source)
    if source.closed_on is not None:
        message = _("“%(source)s” is closed from %(day)s already; nothing was changed.")
        raise WrongState(message % {"source": source, "day": day_in_words(source.closed_on)})
    if problems := list(_problems_of_closing(source, on, reason)):
        raise Refusal(problems, code="invalid_closing")
    source.closed_on = on
    history.save(source, by=by)
    history.record(
        source, gettext_noop("close the funding source"), by=by, reason=reason.strip(), on=on.isoformat()
    )
    return source


@action
def reopen_source(*, by: User, source: FundingSource) -> FundingSource:
    """Record of it again. Raises ``Forbidden``; ``WrongState`` if it is open."""
    source = _locked(by, source)
    if source.closed_on is None:
        raise WrongState(_("“%(source)s” is open; nothing was changed.") % {"source": source})
    source.closed_on = None
    history.save(source, by=by)
    history.record(source, gettext_noop("reopen the funding source"), by=by)
    return source


def _locked(by: User, source: FundingSource) -> FundingSource:
    demand_source_keeping(by, source.scope)
    locked = FundingSource.objects.select_for_update(no_key=True, of=("self",))
    return locked.select_related("agency").get(pk=source.pk)


def _written(source: FundingSource, facts: SourceFacts, by: User) -> FundingSource:
    name = " ".join(facts.name.split())
    others = FundingSource.objects.filter(scope=source.scope, name__iexact=name).exclude(pk=source.pk)
    if not name:
        raise Refusal(_("The fund or budget has no name. Type it as it is to be printed."), place="name")
    if others.exists():
        message = _("“%(name)s” is in the list already. Open that one, or type another name.")
        raise Refusal(message % {"name": name}, place="name", code="taken")
    source.kind, source.name, source.agency = facts.kind, name, facts.agency
    history.save(source, by=by)
    return source


def _used_by(source: FundingSource) -> list[str]:
    """What refers to the source, by kind and number: of this room, and of any room above."""
    found = []
    for relation in FundingSource._meta.get_fields(include_hidden=True):
        if not isinstance(relation, ForeignObjectRel):
            continue
        model = relation.related_model
        rows = model._base_manager.filter(**{relation.field.name: source})
        if not model.__name__.startswith("Historical") and (count := rows.count()):
            found.append(f"{model._meta.verbose_name_plural}: {count}")
    return found


def _problems_of_closing(source: FundingSource, on: date, reason: str) -> Iterator[Problem]:
    pledges = Pledge.objects.filter(source=source)
    open_codes = pledges.filter(state=PledgeState.OPEN).order_by("pk").values_list("code", flat=True)
    if codes := list(open_codes):
        message = _("Pledges of it are open: %(codes)s. Receive or withdraw what is still to come first.")
        yield Problem(message % {"codes": ", ".join(codes)})
    newest = pledges.order_by("-pledged_on").values_list("pledged_on", flat=True).first()
    if newest and on <= newest:
        message = _("A pledge of it was recorded for %(day)s. Close it from a later day.")
        yield Problem(message % {"day": day_in_words(newest)}, "on")
    if not reason.strip():
        yield Problem(_("No reason was given. Say why, so that others know."), "reason")
