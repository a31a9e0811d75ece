"""What the lists and forms of this room share."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.forms import BaseForm
from django.http import HttpRequest

M = TypeVar("M", bound=Model)
ROWS_PER_PAGE = 50


def page_of(request: HttpRequest, rows: QuerySet[M]) -> Page[M]:
    return Paginator(rows, ROWS_PER_PAGE).get_page(request.GET.get("page"))


def chosen(form: BaseForm) -> dict[str, Any]:
    """What a filter says; what makes no sense filters nothing."""
    form.is_valid()
    return {name: value for name, value in form.cleaned_data.items() if value}


def status_of(form: BaseForm) -> int:
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
