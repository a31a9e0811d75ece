"""A list that a page shows, as a file: what it is of, its filters in words, its rows, within a limit.

One way for all rooms: the room says columns and rows (``ListFile``), its view answers with ``list_response``,
its page shows the addresses with ``{% list_files "donor_export" %}``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Model, QuerySet
from django.forms import BaseForm, ChoiceField, Field
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from directory import clock
from directory.errors import Refusal
from directory.models import User
from documents.download import sheet_response
from documents.spreadsheet import Heading, Sheet, Value

# What is made within some seconds: a workbook takes 0.2 ms a row of twenty cells.
MOST_ROWS = {"xlsx": 20_000, "csv": 50_000}
ROWS_AT_ONCE = 1000

R = TypeVar("R")


@dataclass(frozen=True)
class ListColumn(Generic[R]):
    """``width`` in characters; ``value`` of a row: a number, a day, text, None “not reported”."""

    title: str | Promise
    width: int
    value: Callable[[R], Value]


@dataclass(frozen=True)
class ListFile(Generic[R]):
    """``name``: of the file, without day and ending."""

    title: str | Promise
    name: str
    columns: Sequence[ListColumn[R]]


def list_response(
    request: HttpRequest,
    file: ListFile[R],
    rows: QuerySet[Any] | Sequence[R],
    format: str,
    notes: Iterable[str] = (),
    totals: Iterable[Sequence[Value]] = (),
) -> HttpResponse:
    """All rows, not one page of them; ``totals``: rows below.

    Raises ``Refusal`` (too_many); 404 for a format that is not made.
    """
    count = rows.count() if isinstance(rows, QuerySet) else len(rows)
    refuse_too_many(count, format)
    sheet = sheet_of(request.user, file, rows, notes, totals)  # type: ignore[arg-type]
    return sheet_response(sheet, file.name, format)


def sheet_of(
    user: User,
    file: ListFile[R],
    rows: QuerySet[Any] | Sequence[R],
    notes: Iterable[str] = (),
    totals: Iterable[Sequence[Value]] = (),
) -> Sheet:
    read = rows.iterator(ROWS_AT_ONCE) if isinstance(rows, QuerySet) else rows
    return Sheet(
        title=str(file.title),
        notes=[*_of_office(user), *notes, made_on()],
        columns=[Heading(str(column.title), column.width) for column in file.columns],
        rows=([column.value(row) for column in file.columns] for row in read),
        totals=totals,
    )


def refuse_too_many(count: int, format: str, most_rows: Mapping[str, int] = MOST_ROWS) -> None:
    if format not in most_rows:
        raise Http404
    if count <= (most := most_rows[format]):
        return
    message = _(
        "The file was not made: the list has %(count)s rows, and a %(format)s file holds at most "
        "%(most)s. Narrow the list with its filters and try again."
    )
    shown = {"count": number_format(count), "format": format.upper(), "most": number_format(most)}
    raise Refusal(message % shown, code="too_many", count=count, most=most)


def made_on() -> str:
    moment = date_format(timezone.localtime(clock.now()), "SHORT_DATETIME_FORMAT")
    return _("Made on %(when)s") % {"when": moment}


def _of_office(user: User) -> list[str]:
    return [str(user.agency)] if user.agency else []


def in_words(form: BaseForm) -> Iterator[str]:
    """“Kind: Enterprise” for each field of a filter that narrows the list."""
    form.is_valid()
    for name, field in form.fields.items():
        value = form.cleaned_data.get(name)
        if value not in (None, "", False):
            yield f"{field.label}: {_said(field, value)}"


def _said(field: Field, value: object) -> str:
    """A choice by its label."""
    if isinstance(value, Model):
        return str(value)
    labels: dict[Any, Any] = dict(field.choices) if isinstance(field, ChoiceField) else {}  # type: ignore[arg-type]
    return str(labels.get(value, value))


def searched(text: str) -> list[str]:
    """The same of a list with nothing but a search."""
    return [_("Search: %(text)s") % {"text": text}] if text else []


def yes_or_no(value: bool) -> str:
    return _("yes") if value else _("no")


def local_day(moment: Any) -> Value:
    """The day of a moment, where the office is; empty if there is none."""
    return timezone.localdate(moment) if moment else ""
