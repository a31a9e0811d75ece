"""What is to be bought for the needs that are still uncovered."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from directory.access import access
from directory.http import Request
from directory.roles import Permission
from needs.buying import buying_list as list_of
from needs.forms.buying import BuyingFilterForm
from needs.models import Need


@access(Permission.VIEW_NEEDS)
@require_safe
def buying_list(request: Request) -> HttpResponse:
    form = BuyingFilterForm(request.GET, user=request.user)
    found = list_of(form.apply(Need.objects.visible_to(request.user)))
    return render(request, "needs/buying_list.html", {"form": form, "list": found})
