"""Questions that a deed asks every time: compiled once by a process, planned once by a connection.

Django compiles a queryset into SQL each time it is evaluated, and PostgreSQL plans each statement anew; for a
dozen joined tables both take longer than the answer. A deed that many do at once asks by ``Prepared``
instead: the same queryset, with places left open for the values.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from inspect import signature
from typing import Any, Generic, TypeVar
from weakref import ref

from django.db import DEFAULT_DB_ALIAS, NotSupportedError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Expression, Field, QuerySet
from django.db.models.query import ValuesListIterable, get_related_populators
from django.db.models.sql.compiler import SQLCompiler

R = TypeVar("R")
# Types of what both drivers take as it is.
PLAIN = {int, str, bool, type(None)}


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
        rows = _compiled.get(key)
        if rows is None:
            fixed = {name: values[name] for name in self.fixed}
            rows = _compiled.setdefault(key, self._compile(connection, fixed))
        return rows.ask(connection, values)

    def _compile(self, connection: BaseDatabaseWrapper, fixed: dict[str, Any]) -> _Rows:
        queryset = self.question(**self.slots, **fixed)
        compiler = queryset.query.get_compiler(connection=connection)
        statement = Statement(*compiler.as_sql())
        columns = [column for column, *_rest in (compiler.select or [])[: compiler.col_count]]
        return _Rows(statement, _maker(queryset, compiler), compiler.get_converters(columns))


_compiled: dict[tuple[Any, ...], _Rows] = {}


@dataclass(frozen=True)
class _Rows:
    """The statement of a queryset, and what Django makes of a row of its answer.

    ``converters``: by column, as a compiler gives them.
    """

    statement: Statement
    make: Callable[[Sequence[Any]], Any]
    converters: dict[int, tuple[Sequence[Callable[..., Any]], Any]]

    def ask(self, connection: BaseDatabaseWrapper, values: dict[str, Any]) -> list[Any]:
        adapt = connection.ops.adapt_unknown_value
        given = {name: one if type(one) in PLAIN else adapt(one) for name, one in values.items()}
        _count, rows = self.statement.run(connection, given)
        if self.converters:
            rows = [self._converted(connection, row) for row in rows]
        return [self.make(row) for row in rows]

    def _converted(self, connection: BaseDatabaseWrapper, row: Sequence[Any]) -> tuple[Any, ...]:
        values = list(row)
        for position, (converters, column) in self.converters.items():
            for convert in converters:
                values[position] = convert(values[position], column, connection)
        return tuple(values)


def _maker(queryset: QuerySet[Any, Any], compiler: Any) -> Callable[[Sequence[Any]], Any]:
    """What Django's iterables work out anew for each answer: how a row becomes a model with related ones."""
    if queryset._iterable_class is ValuesListIterable:
        return tuple
    info, columns, alias = compiler.klass_info, compiler.select, DEFAULT_DB_ALIAS
    own = slice(info["select_fields"][0], info["select_fields"][-1] + 1)
    names = {column.target.attname for column, *_rest in columns[own]}
    related = get_related_populators(info, columns, alias)  # type: ignore[call-arg]
    annotations = compiler.annotation_col_map

    def make(row: Sequence[Any]) -> Any:
        made = info["model"].from_db(alias, names, row[own])
        for populator in related:
            populator.populate(row, made)
        for name, position in annotations.items():
            setattr(made, name, row[position])
        return made

    return make


_numbers = itertools.count(1)


class _Session:
    """What is sent to a connection for each statement that it has planned, and the cursor that sends it.

    One cursor for all, for to make one takes Django longer than to send a statement; each answer is read
    whole before the next is asked for. It does not hold Django's connection, as Django's own cursors do: a
    thread that ends without closing its connection lets go of it at once.
    """

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self.of, self.cursor = connection.connection, connection.create_cursor()
        owner = ref(connection)
        self.cursor.tzinfo_factory = lambda offset: owner().tzinfo_factory(offset)  # type: ignore[union-attr]
        self.planned: dict[Statement, str] = {}


def _session(connection: BaseDatabaseWrapper) -> _Session:
    """Kept at Django's connection, which outlives that to the database: it goes when either goes."""
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    session: _Session | None = getattr(connection, "prepared", None)
    if session is None or session.of is not connection.connection:
        session = _Session(connection)
        connection.prepared = session  # type: ignore[attr-defined]
    return session


class Statement:
    """SQL with places for values, some of them constants."""

    def __init__(self, sql: str, parameters: Sequence[Any]) -> None:
        self.sql, self.parameters = sql, tuple(parameters)
        # Each once, however often the text names it.
        self.names = list(dict.fromkeys(one.name for one in parameters if isinstance(one, Slot)))

    def run(self, connection: BaseDatabaseWrapper, values: dict[str, Any]) -> tuple[int, list[Any]]:
        """How many rows were changed, or found; and what it returns of them."""
        if may_prepare(connection):
            return _send(connection, [(self, values)])
        given = [values[one.name] if isinstance(one, Slot) else one for one in self.parameters]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, given)
            return _answer(cursor)

    def plan(self, connection: BaseDatabaseWrapper, session: _Session) -> str:
        """Once for each connection; a statement of the session, whatever becomes of the transaction."""
        name = f"portal_{next(_numbers)}"
        constants = [one for one in self.parameters if not isinstance(one, Slot)]
        marks = (self._mark(one) for one in self.parameters)
        text = re.sub("%%|%s", lambda found: next(marks) if found[0] == "%s" else "%%", self.sql)
        with connection.wrap_database_errors:
            # No value is in the text but the constants of the queryset itself, and these by the driver.
            session.cursor.execute(f"PREPARE {name} AS {text}", constants)
        return f"EXECUTE {name} ({', '.join(['%s'] * len(self.names))})" if self.names else f"EXECUTE {name}"

    def _mark(self, parameter: Any) -> str:
        return f"${self.names.index(parameter.name) + 1}" if isinstance(parameter, Slot) else "%s"


def run_all(connection: BaseDatabaseWrapper, statements: Sequence[tuple[Statement, dict[str, Any]]]) -> None:
    """Several whose answers nobody waits for: PostgreSQL gets them in one message."""
    if may_prepare(connection):
        _send(connection, statements)
        return
    for statement, values in statements:
        statement.run(connection, values)


def _send(
    connection: BaseDatabaseWrapper, statements: Sequence[tuple[Statement, dict[str, Any]]]
) -> tuple[int, list[Any]]:
    """The answer of the last one."""
    session, texts, given = _session(connection), [], []
    for statement, values in statements:
        if statement not in session.planned:
            session.planned[statement] = statement.plan(connection, session)
        texts.append(session.planned[statement])
        given += [values[name] for name in statement.names]
    wrapped = connection.make_debug_cursor if connection.queries_logged else connection.make_cursor
    try:
        wrapped(session.cursor).execute("; ".join(texts), given)
    except NotSupportedError:  # once a column has another type, the next one plans it anew
        session.planned.clear()
        raise
    return _answer(session.cursor)


def _answer(cursor: Any) -> tuple[int, list[Any]]:
    return cursor.rowcount, cursor.fetchall() if cursor.description else []


def may_prepare(connection: BaseDatabaseWrapper) -> bool:
    """SQLite's driver does it by itself. A pool between transactions forgets what a connection has planned:
    Django's own setting for that is obeyed."""
    return connection.vendor == "postgresql" and not connection.settings_dict.get(
        "DISABLE_SERVER_SIDE_CURSORS"
    )
