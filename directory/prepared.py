"""Questions that a deed asks every time: compiled once by a process, planned once by a connection.

Django compiles a queryset into SQL each time it is evaluated, and PostgreSQL plans each statement anew; for a
dozen joined tables both take longer than the answer. A deed that many do at once asks by ``Prepared``
instead: the same queryset, with places left open for the values.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from inspect import signature
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

from django.db import DEFAULT_DB_ALIAS, NotSupportedError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Expression, Field, QuerySet
from django.db.models.sql.compiler import SQLCompiler

R = TypeVar("R")


class Slot(Expression):
    """Stands in a queryset where a value will be: ``filter(place=slot)``; not in a list, not for a year."""

    def __init__(self, name: str, output_field: Field | None = None) -> None:
        super().__init__(output_field)
        self.name = name

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        return "%s", [self]


class Prepared(Generic[R]):
    """``question`` gets a ``Slot`` for each of its parameters and returns the queryset to be asked.

    ``ask`` gives what that queryset would: rows, related rows, ``values_list`` alike, always read anew.
    ``fixed``: parameters with few values in all, such as a year; for each there is a statement of its own.
    """

    def __init__(self, question: Callable[..., QuerySet[Any, R]], fixed: Sequence[str] = ()) -> None:
        self.question, self.fixed = question, fixed
        self.slots = {name: Slot(name) for name in signature(question).parameters if name not in fixed}

    def ask(self, **values: Any) -> list[R]:
        connection = connections[DEFAULT_DB_ALIAS]
        key = (self, connection.vendor, *(values[name] for name in self.fixed))
        statement = _compiled.get(key)
        if statement is None:
            fixed = {name: values[name] for name in self.fixed}
            statement = _compiled.setdefault(key, self._compile(connection, fixed))
        return statement.run(connection, values)

    def _compile(self, connection: BaseDatabaseWrapper, fixed: dict[str, Any]) -> _Rows:
        queryset = self.question(**self.slots, **fixed)
        compiler = queryset.query.get_compiler(connection=connection)
        sql, parameters = compiler.as_sql()
        columns = [column for column, *_rest in (compiler.select or [])[: compiler.col_count]]
        converters = compiler.get_converters(columns)
        return _Rows(Statement(sql, parameters), compiler, queryset._iterable_class, converters)


_numbers = itertools.count(1)
_compiled: dict[tuple[Any, ...], _Rows] = {}
# connection → what it has planned, by which name
_known: WeakKeyDictionary[Any, dict[Statement, str]] = WeakKeyDictionary()


class Statement:
    """SQL with places for values, some of them constants; ``text`` is what a cursor is to execute."""

    def __init__(self, sql: str, parameters: Sequence[Any]) -> None:
        self.sql, self.parameters = sql, tuple(parameters)

    def text(self, connection: BaseDatabaseWrapper, values: dict[str, Any]) -> tuple[str, Any]:
        if not _may_prepare(connection):
            return self.sql, [values[one.name] if isinstance(one, Slot) else one for one in self.parameters]
        name = self._plan(connection)
        given = [values[one.name] for one in self.parameters if isinstance(one, Slot)]
        places = f" ({', '.join(['%s'] * len(given))})" if given else ""
        return f"EXECUTE {name}{places}", given

    @contextmanager
    def asked(self, connection: BaseDatabaseWrapper) -> Iterator[None]:
        """Around its execution: once a column has another type, the next one plans it anew."""
        try:
            yield
        except NotSupportedError:
            _known.pop(connection.connection, None)
            raise

    def _plan(self, connection: BaseDatabaseWrapper) -> str:
        """Once for each connection; a statement of the session, whatever becomes of the transaction."""
        connection.ensure_connection()
        known = _known.setdefault(connection.connection, {})
        if self in known:
            return known[self]
        name = f"portal_{next(_numbers)}"
        places = (f"${number}" for number in itertools.count(1))
        constants = [one for one in self.parameters if not isinstance(one, Slot)]
        marks = iter(self.parameters)
        text = re.sub(
            "%%|%s",
            lambda mark: next(places) if mark[0] == "%s" and isinstance(next(marks), Slot) else mark[0],
            self.sql,
        )
        with connection.wrap_database_errors, connection.connection.cursor() as cursor:
            # No value is in the text but the constants of the queryset itself, and these by the driver.
            cursor.execute(f"PREPARE {name} AS {text}", constants)
        known[self] = name
        return name


@dataclass(frozen=True)
class _Rows:
    """The statement of a queryset, and how Django makes rows of its answer."""

    statement: Statement
    compiler: SQLCompiler
    iterable: Any
    converters: Any

    def run(self, connection: BaseDatabaseWrapper, values: dict[str, Any]) -> list[Any]:
        adapted = {name: connection.ops.adapt_unknown_value(value) for name, value in values.items()}
        compiler = copy(self.compiler)
        compiler.connection = connection
        text = self.statement.text(connection, adapted)
        compiler.as_sql = lambda *_args, **_kwargs: text  # type: ignore[method-assign]
        compiler.get_converters = lambda _columns: self.converters  # type: ignore[method-assign,assignment]
        with self.statement.asked(connection):
            return list(self.iterable(_Asked(connection.alias, compiler)))


def _may_prepare(connection: BaseDatabaseWrapper) -> bool:
    """SQLite's driver does it by itself. A pool between transactions forgets what a connection has planned:
    Django's own setting for that is obeyed."""
    return connection.vendor == "postgresql" and not connection.settings_dict.get(
        "DISABLE_SERVER_SIDE_CURSORS"
    )


class _Asked:
    """What Django reads of a queryset in order to make rows: here, with a statement that is ready."""

    _known_related_objects: dict[Any, Any] = {}

    def __init__(self, db: str, compiler: SQLCompiler) -> None:
        self.db, self.query, self._compiler = db, self, compiler

    def get_compiler(self, *_args: Any, **_kwargs: Any) -> SQLCompiler:
        return self._compiler
