"""What the lists and forms of this room share."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.forms import BaseForm
from django.http import HttpRequest
from django.utils.functional import cached_property

M = TypeVar("M", bound=Model)
ROWS_PER_PAGE = 50
# Nobody turns twenty pages: beyond them a list is narrowed, or taken as a file. Counting is what a long list
# costs more than a short one, so no more is counted than can be turned.
MOST_ROWS = 20 * ROWS_PER_PAGE


class LongPaginator(Paginator[M]):
    """Counts and turns ``MOST_ROWS`` at most: a page of a long list costs what one of a short does."""

    @cached_property
    def count(self) -> int:
        return min(self._counted, MOST_ROWS)

    @property
    def is_cut(self) -> bool:
        """There are more rows than can be turned to."""
        return self._counted > MOST_ROWS

    @cached_property
    def _counted(self) -> int:
        rows: QuerySet[M] = self.object_list  # type: ignore[assignment]
        return rows.order_by().values("pk")[: MOST_ROWS + 1].count()


def page_of(request: HttpRequest, rows: QuerySet[M]) -> Page[M]:
    return LongPaginator(rows, ROWS_PER_PAGE).get_page(request.GET.get("page"))


def chosen(form: BaseForm) -> dict[str, Any]:
    """What a filter says; what makes no sense filters nothing."""
    form.is_valid()
    return {name: value for name, value in form.cleaned_data.items() if value}


def status_of(form: BaseForm) -> int:
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
