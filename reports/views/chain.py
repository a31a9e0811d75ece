"""The chain that one need, pledge, receipt, purchase, allocation or distribution is part of."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from directory.access import access, within_reach
from directory.http import Request
from directory.roles import Permission
from reports.chain import SELECT, Chain


@access(Permission.VIEW_NEEDS, Permission.VIEW_DONORS, Permission.VIEW_DISTRIBUTIONS)
@require_safe
def chain_view(request: Request, noun: str, pk: int) -> HttpResponse:
    if noun not in SELECT:
        raise Http404
    subject = within_reach(SELECT[noun](request.user), pk=pk)
    chain = Chain(request.user, noun, subject)
    context = {"noun": noun, "subject": subject, "steps": chain.steps()}
    return render(request, "reports/chain.html", context)
