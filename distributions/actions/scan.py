"""Keep the scan of a signed handover record, and remove one that should not be here."""

from __future__ import annotations

import hashlib
import uuid

from django.utils.translation import gettext as _

from directory import clock, history
from directory.deeds import action
from directory.errors import Forbidden, Refusal, WrongState
from directory.models import User
from distributions.actions.distribution import locked
from distributions.models import DeliveryScan, Distribution
from distributions.permissions import may_keep_scan
from distributions.states import DistributionState
from distributions.wording import state_refusal
from documents.scan import CleanScan


@action
def keep_scan(
    *, by: User, distribution: Distribution, scan: CleanScan, key: uuid.UUID | None = None
) -> Distribution:
    """Store the page without names of a confirmed distribution, already drawn anew (``scan.clean``).

    Raises ``Forbidden``, ``WrongState`` unless confirmed or if there is one already (remove it first).
    """
    distribution = locked(distribution)
    _check_person(by, distribution)
    if distribution.state != DistributionState.CONFIRMED:
        raise WrongState(state_refusal(distribution, _("have a scan of the signed record")))
    if distribution.scans.kept().exists():
        raise WrongState(
            _("%(code)s has a scan already. Remove it with a reason before another takes its place.")
            % {"code": distribution.code}
        )
    store_scan(by, distribution, scan)
    return distribution


@action
def remove_scan(
    *, by: User, distribution: Distribution, reason: str, key: uuid.UUID | None = None
) -> Distribution:
    """Remove the bytes of a scan, such as a page with children's names [NĐ 56/2017, art. 33].

    Raises ``Forbidden``, ``WrongState`` if there is none, ``Refusal`` without a reason.
    """
    distribution = locked(distribution)
    _check_person(by, distribution)
    scan = distribution.scans.kept().first()
    if scan is None:
        raise WrongState(
            _("%(code)s has no scan, or it was removed already. Reload the page.")
            % {"code": distribution.code}
        )
    if not reason.strip():
        raise Refusal(_("Removing a scan needs a reason: say what is wrong with it."), place="reason")
    scan.content, scan.removed_by, scan.removed_at = b"", by, clock.now()
    scan.save(update_fields=["content", "removed_by", "removed_at"])
    _record(by, distribution, "remove scan", scan, reason.strip())
    return distribution


def store_scan(by: User, distribution: Distribution, clean: CleanScan) -> DeliveryScan:
    """Within an action that has checked who and when."""
    scan = DeliveryScan.objects.create(
        distribution=distribution,
        content=clean.content,
        sha256=hashlib.sha256(clean.content).hexdigest(),
        by=by,
    )
    _record(by, distribution, "keep scan", scan)
    return scan


def _record(by: User, distribution: Distribution, verb: str, scan: DeliveryScan, reason: str = "") -> None:
    state = distribution.state
    history.record(
        distribution, verb, by=by, from_state=state, to_state=state, reason=reason, sha256=scan.sha256
    )


def _check_person(by: User, distribution: Distribution) -> None:
    if not may_keep_scan(by, distribution):
        raise Forbidden(
            _(
                "The scan of %(code)s is in the hands of the officers of %(commune)s and of the coordinating "
                "office. Ask one of them."
            )
            % {"code": distribution.code, "commune": distribution.place.unit.name}
        )
