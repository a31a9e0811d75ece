"""What is to be bought for the needs that are still uncovered."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from directory.access import access
from directory.http import Request
from directory.roles import Permission
from documents.download import sheet_response
from needs.buying import BuyingList
from needs.buying import buying_list as list_of
from needs.forms.buying import BuyingFilterForm
from needs.models import Need
from needs.workbooks.buying import sheet_of

FORMATS = ("xlsx", "csv")


@access(Permission.VIEW_NEEDS)
@require_safe
def buying_list(request: Request) -> HttpResponse:
    form = BuyingFilterForm(request.GET, user=request.user)
    if not form.is_valid():
        return _refused(request, form)
    context = {"form": form, "list": _list(request, form)}
    return render(request, "needs/buying_list.html", context)


@access(Permission.VIEW_NEEDS)
@require_safe
def buying_export(request: Request, format: str) -> HttpResponse:
    """Exactly the filtered list as a file."""
    if format not in FORMATS:
        raise Http404
    form = BuyingFilterForm(request.GET, user=request.user)
    if not form.is_valid():
        return _refused(request, form)
    sheet = sheet_of(_list(request, form), form.chosen())
    return sheet_response(sheet, "danh-sach-mua-sam", format)


def _list(request: Request, form: BuyingFilterForm) -> BuyingList:
    return list_of(form.apply(Need.objects.visible_to(request.user)))


def _refused(request: Request, form: BuyingFilterForm) -> HttpResponse:
    return render(request, "needs/buying_list.html", {"form": form}, status=422)
