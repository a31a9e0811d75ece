"""The writes of a deed that many do at once, compiled and planned once like its questions (``prepared``).

They do what ``update()`` and ``bulk_create()`` do, signals and ``save()`` left out alike.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from inspect import signature
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import AutoField, Field, IntegerField, Model, QuerySet
from django.db.models.sql import UpdateQuery

from directory.deeds import ActionOnly, demand_action
from directory.prepared import Slot, Statement

M = TypeVar("M", bound=Model)


class PreparedUpdate:
    """``change`` gets a ``Slot`` for each parameter; it returns the rows to change, and what of them.

    What is calculated with a parameter is a whole number, an id or a quantity.
    """

    def __init__(self, change: Callable[..., tuple[QuerySet[Any], dict[str, Any]]]) -> None:
        self.change = change
        self._compiled: dict[str, Statement] = {}

    def run(self, **values: Any) -> int:
        """How many rows were changed."""
        connection = connections[DEFAULT_DB_ALIAS]
        if connection.vendor not in self._compiled:
            self._compiled[connection.vendor] = self._compile(connection)
        with connection.cursor() as cursor:
            cursor.execute(*self._compiled[connection.vendor].text(connection, values))
            return int(cursor.rowcount)

    def _compile(self, connection: BaseDatabaseWrapper) -> Statement:
        slots = {name: Slot(name, IntegerField()) for name in signature(self.change).parameters}
        rows, changes = self.change(**slots)
        query: Any = rows.query.chain(UpdateQuery)
        query.add_update_values(changes)
        return Statement(*query.get_compiler(connection=connection).as_sql())


class PreparedInsert(Generic[M]):
    """Adds rows of one table. ``once``: a row that a unique index refuses is left out, with no error."""

    def __init__(self, model: type[M], *, once: bool = False) -> None:
        self.model, self.once = model, once
        self._compiled: dict[str, Statement] = {}

    def add_all(self, rows: Sequence[M]) -> list[M]:
        """Many in one statement of their own, one by the prepared one."""
        if len(rows) == 1:
            self.add(rows[0])
            return list(rows)
        return self.model._default_manager.bulk_create(rows)

    def add(self, row: M) -> bool:
        """The row gets its primary key. False if it is there already (``once``): then it gets none."""
        if isinstance(row, ActionOnly):
            demand_action(self.model.__name__)
        connection = connections[DEFAULT_DB_ALIAS]
        if connection.vendor not in self._compiled:
            self._compiled[connection.vendor] = self._compile(connection)
        values = {
            field.attname: field.get_db_prep_save(field.pre_save(row, add=True), connection=connection)
            for field in self._fields
        }
        with connection.cursor() as cursor:
            cursor.execute(*self._compiled[connection.vendor].text(connection, values))
            found = cursor.fetchone()
        if found is None:
            return False
        row.pk, row._state.adding, row._state.db = found[0], False, connection.alias
        return True

    @cached_property
    def _fields(self) -> list[Field[Any, Any]]:
        return [field for field in self.model._meta.concrete_fields if not isinstance(field, AutoField)]

    def _compile(self, connection: BaseDatabaseWrapper) -> Statement:
        quote, table = connection.ops.quote_name, self.model._meta
        columns = ", ".join(quote(str(field.column)) for field in self._fields)
        places = ", ".join(["%s"] * len(self._fields))
        conflict = "ON CONFLICT DO NOTHING " if self.once else ""
        # No value is in the text: names of our own tables.
        sql = f"INSERT INTO {quote(table.db_table)} ({columns}) VALUES ({places}) {conflict}RETURNING "  # noqa: S608
        sql += quote(str(table.pk.column))
        return Statement(sql, [Slot(field.attname) for field in self._fields])
