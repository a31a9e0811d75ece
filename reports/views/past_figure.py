"""Figures of past years: what older reports say, period by period. They come in by a workbook."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from directory.access import access
from directory.http import Request
from directory.roles import Permission
from reports.models import PastFigure

FIGURES_PER_PAGE = 100


@access(Permission.COMPILE_REPORT)
@require_safe
def past_figure_list(request: Request) -> HttpResponse:
    figures = PastFigure.objects.visible_to(request.user).in_order()
    page = Paginator(figures, FIGURES_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "reports/past_figure_list.html", {"page": page})
