"""Two entries of the registry that are one donor become one; no row is lost [plan II.2]."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from directory import history
from directory.deeds import action
from directory.errors import Problem, Refusal, Stale
from directory.models import User
from donors.merging import MergePlan, Move, merge_plan, refuse_merged
from donors.models import Donor
from donors.permissions import demand_merging


@action
def merge_donors(*, by: User, gone: Donor, kept: Donor, seen: str, reason: str) -> Donor:
    """Move all that hangs on ``gone`` to ``kept``, and let ``gone`` point on. Returns the kept entry.

    ``seen``: ``MergePlan.seen`` of the preview. Raises ``Forbidden``; ``WrongState`` if one of the two is
    merged already; ``Stale`` if the preview is no longer what would be done; ``Refusal`` for the same entry
    twice, entries of two scopes, or without a reason.
    """
    demand_merging(by, gone)
    demand_merging(by, kept)
    gone, kept = _locked(gone, kept)
    refuse_merged(gone)
    refuse_merged(kept)
    _refuse_what_is_no_pair(gone, kept, reason)
    plan = merge_plan(gone, kept)
    if plan.seen != seen:
        message = _(
            "One of the two entries, or what hangs on it, was changed meanwhile, so nothing was merged. "
            "Read below what would be moved now, then confirm again."
        )
        raise Stale(message, code="stale_preview")
    for move in plan.moved:
        _move(move, plan, by)
    _join(plan, by, reason.strip())
    return kept


def _locked(gone: Donor, kept: Donor) -> tuple[Donor, Donor]:
    """Both entries, locked in the order of their numbers, whichever of them goes."""
    rows = Donor.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=[gone.pk, kept.pk])
    locked = {row.pk: row for row in rows.order_by("pk")}
    return locked[gone.pk], locked[kept.pk]


def _refuse_what_is_no_pair(gone: Donor, kept: Donor, reason: str) -> None:
    problems = []
    if gone.pk == kept.pk:
        problems.append(Problem(_("An entry is not merged into itself. Choose another."), "into"))
    elif gone.scope_id != kept.scope_id:
        message = _("“%(kept)s” is registered in %(scope)s. Only entries of one scope are merged.")
        problems.append(Problem(message % {"kept": kept, "scope": kept.scope}, "into"))
    if not reason.strip():
        problems.append(Problem(_("No reason was given. Say how you know that it is one donor."), "reason"))
    if problems:
        raise Refusal(problems, code="invalid_merge")


def _move(move: Move, plan: MergePlan, by: User) -> None:
    for row in move.rows:
        setattr(row, move.dealing.field, plan.kept)
    history.save_many(
        move.rows,
        by=by,
        verb=gettext_noop("move to the merged donor"),
        fields=[move.dealing.field],
        before={"donor": plan.gone.name},
        after={"donor": plan.kept.name},
    )


def _join(plan: MergePlan, by: User, reason: str) -> None:
    gone, kept, told = plan.gone, plan.kept, plan.in_words()
    for name, value in plan.taken_over.items():
        setattr(kept, name, value)
    history.save(kept, by=by)
    gone.merged_into = kept
    history.save(gone, by=by)
    moved = {str(move.dealing.model._meta.label_lower): len(move.rows) for move in plan.moved}
    history.record(
        kept,
        gettext_noop("take over a merged donor"),
        by=by,
        reason=f"{gone.name}: {reason}. {told}",
        merged=gone.pk,
        moved=moved,
    )
    history.record(
        gone,
        gettext_noop("merge into another donor"),
        by=by,
        reason=f"{kept.name}: {reason}. {told}",
        into=kept.pk,
        moved=moved,
    )
