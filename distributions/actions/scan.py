"""Keep the scan of a signed handover record, and take away one that should not be here."""

from __future__ import annotations

import hashlib
import uuid

from django.utils.translation import gettext as _

from directory import history
from directory.deeds import action
from directory.errors import Forbidden, WrongState
from directory.models import User
from distributions.actions.distribution import locked
from distributions.models import DeliveryScan, Distribution
from distributions.permissions import may_keep_scan, may_take_scan_away
from distributions.states import DistributionState
from distributions.wording import state_refusal
from documents.actions import refuse_erased, take_away
from documents.models import Removal
from documents.scan import CleanScan

VERBS = {Removal.ASIDE: "set scan aside", Removal.ERASED: "erase scan"}


@action
def keep_scan(
    *, by: User, distribution: Distribution, scan: CleanScan, key: uuid.UUID | None = None
) -> Distribution:
    """Store the page without names of a confirmed distribution, already drawn anew (``scan.clean``).

    Raises ``Forbidden``, ``WrongState`` unless confirmed, if there is one already (take it away first) or if
    this very file was erased.
    """
    distribution = locked(distribution)
    if not may_keep_scan(by, distribution):
        raise Forbidden(
            _(
                "The scan of %(code)s is in the hands of the officers of %(commune)s and of the coordinating "
                "office. Ask one of them."
            )
            % {"code": distribution.code, "commune": distribution.place.unit.name}
        )
    if distribution.state != DistributionState.CONFIRMED:
        raise WrongState(state_refusal(distribution, _("have a scan of the signed record")))
    if distribution.scans.kept().exists():
        raise WrongState(
            _("%(code)s has a scan already. Take it away with a reason before another takes its place.")
            % {"code": distribution.code}
        )
    store_scan(by, distribution, scan)
    return distribution


@action
def take_scan_away(
    *, by: User, scan: DeliveryScan, how: str, why: str, key: uuid.UUID | None = None
) -> DeliveryScan:
    """A wrong scan counts no more: set aside, or erased if it shows names of children (decision 0013).

    Raises ``Forbidden`` but for who brought it and the coordinating office; what ``take_away`` raises.
    """
    distribution = locked(scan.distribution)
    scan = DeliveryScan.objects.without_content().get(pk=scan.pk)
    if not may_take_scan_away(by, distribution, scan):
        raise Forbidden(
            _(
                "The scan of %(code)s is taken away by who brought it (%(who)s) or by the coordinating "
                "office. Ask one of them."
            )
            % {"code": distribution.code, "who": scan.by}
        )
    take_away(by=by, file=scan, how=how, why=why)
    return scan


def tell_distribution(by: User, scan: DeliveryScan) -> None:
    """What became of a scan stands in the history of its distribution."""
    _record(by, scan.distribution, VERBS[Removal(scan.removed_as)], scan)


def store_scan(by: User, distribution: Distribution, clean: CleanScan) -> DeliveryScan:
    """Within an action that has checked who and when. Raises ``WrongState`` of a file that was erased."""
    checksum = hashlib.sha256(clean.content).hexdigest()
    refuse_erased(checksum)
    scan = DeliveryScan.objects.create(
        distribution=distribution, content=clean.content, sha256=checksum, by=by
    )
    _record(by, distribution, "keep scan", scan)
    return scan


def _record(by: User, distribution: Distribution, verb: str, scan: DeliveryScan) -> None:
    state = distribution.state
    history.record(
        distribution,
        verb,
        by=by,
        from_state=state,
        to_state=state,
        reason=scan.removed_why,
        sha256=scan.sha256,
    )
