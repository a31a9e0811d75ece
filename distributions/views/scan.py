"""The scan of a signed handover record: to whoever has the distribution within reach, to nobody else."""

from __future__ import annotations

import logging

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from directory.access import access, within_reach
from directory.errors import Refusal
from directory.http import Request
from directory.roles import Permission
from directory.screens import client_key_of, show_refusal
from distributions.actions import keep_scan, take_scan_away
from distributions.forms import ScanForm
from distributions.models import DeliveryScan
from distributions.permissions import may_see_set_aside
from distributions.views.distribution import distribution_within_reach, show_distribution
from documents.forms import TakeAwayForm
from documents.views.paper import Damaged, taken_away_in_words

logger = logging.getLogger(__name__)


@access(Permission.VIEW_DISTRIBUTIONS)
@require_safe
def delivery_scan(request: Request, pk: int) -> HttpResponseBase:
    """The image, after its SHA-256 was compared; one that was set aside to the coordinating office only."""
    scans = DeliveryScan.objects.visible_to(request.user).with_bytes()
    scan = within_reach(scans.select_related("distribution__place"), pk=pk)
    if not scan.is_kept and not may_see_set_aside(request.user, scan.distribution):
        raise Http404
    if not scan.is_intact:
        logger.error("Scan %s does not match its SHA-256 %s.", scan.pk, scan.sha256)
        raise Damaged(
            _(
                "The scan of %(code)s was not sent: it is not the file that was stored (its checksum "
                "differs). Tell the administrator, who restores it from a backup."
            )
            % {"code": scan.distribution.code}
        )
    response = HttpResponse(bytes(scan.content), content_type="image/jpeg")
    response["Content-Disposition"] = f'inline; filename="{scan.distribution.code}.jpg"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


@access(Permission.CONFIRM_DELIVERY)
@require_POST
def delivery_scan_keep(request: Request, pk: int) -> HttpResponse:
    distribution = distribution_within_reach(request, pk)
    form, status = ScanForm(request.POST, request.FILES), 422
    if form.is_valid():
        try:
            keep_scan(
                by=request.user,
                distribution=distribution,
                scan=form.cleaned_data["scan"],
                key=client_key_of(request),
            )
        except Refusal as refusal:
            status = show_refusal(form, refusal)
        else:
            messages.success(request, _("The scan is kept. Look at it once: no child's name may be on it."))
            return redirect("distribution_detail", pk=pk)
    return show_distribution(request, distribution_within_reach(request, pk), scanning=form, status=status)


@access(Permission.CONFIRM_DELIVERY)
@require_POST
def delivery_scan_remove(request: Request, pk: int) -> HttpResponse:
    """``pk`` of the scan: a page that is older than a newer scan never takes that one away."""
    scan = within_reach(DeliveryScan.objects.visible_to(request.user).without_content(), pk=pk)
    form, status = TakeAwayForm(request.POST, file=scan), 422
    if form.is_valid():
        try:
            scan = take_scan_away(by=request.user, scan=scan, key=client_key_of(request), **form.cleaned_data)
        except Refusal as refusal:
            status = show_refusal(form, refusal)
        else:
            messages.success(request, taken_away_in_words(scan))
            return redirect("distribution_detail", pk=scan.distribution_id)
    distribution = distribution_within_reach(request, scan.distribution_id)
    return show_distribution(request, distribution, scanning=form, status=status)
