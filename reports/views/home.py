"""Home: where every login lands."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from directory.access import access
from directory.http import Request
from directory.roles import ROLES
from reports.home import counts_of, tasks_of


@access.signed_in
@require_safe
def home(request: Request) -> HttpResponse:
    context = {
        "tasks": tasks_of(request.user),
        "counts": counts_of(request.user),
        "role": ROLES[request.user.role],
    }
    return render(request, "reports/home.html", context)
