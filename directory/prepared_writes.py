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
from django.db.models import (
    AutoField,
    BooleanField,
    CharField,
    Field,
    ForeignKey,
    IntegerField,
    Model,
    QuerySet,
    TextField,
)
from django.db.models.sql import UpdateQuery

from directory.deeds import ActionOnly, demand_action
from directory.prepared import PLAIN, Slot, Statement, run_all

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
        changed, _rows = self._compiled[connection.vendor].run(connection, values)
        return changed

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
        connection = connections[DEFAULT_DB_ALIAS]
        statement, values = self.of(row, connection)
        _count, made = statement.run(connection, values)
        if not made:
            return False
        [[row.pk]] = made
        row._state.adding, row._state.db = False, connection.alias
        return True

    def of(self, row: M, connection: BaseDatabaseWrapper) -> tuple[Statement, dict[str, Any]]:
        """The statement that adds the row, with its values."""
        if isinstance(row, ActionOnly):
            demand_action(self.model.__name__)
        if connection.vendor not in self._compiled:
            self._compiled[connection.vendor] = self._compile(connection)
        return self._compiled[connection.vendor], self._values(row, connection)

    def _values(self, row: M, connection: BaseDatabaseWrapper) -> dict[str, Any]:
        values, stored = {}, vars(row)
        for name, field in self._fields.items():
            value = stored[name]
            if name not in self._plain or type(value) not in PLAIN:
                value = field.get_db_prep_save(field.pre_save(row, add=True), connection=connection)
            values[name] = value
        return values

    @cached_property
    def _fields(self) -> dict[str, Field[Any, Any]]:
        fields = self.model._meta.concrete_fields
        return {field.attname: field for field in fields if not isinstance(field, AutoField)}

    @cached_property
    def _plain(self) -> set[str]:
        """Columns that hold what they are given; to ask the field each time takes longer than to send it."""
        kinds = (IntegerField, CharField, TextField, BooleanField, ForeignKey)
        return {name for name, field in self._fields.items() if isinstance(field, kinds)}

    def _compile(self, connection: BaseDatabaseWrapper) -> Statement:
        quote, table = connection.ops.quote_name, self.model._meta
        columns = ", ".join(quote(str(field.column)) for field in self._fields.values())
        places = ", ".join(["%s"] * len(self._fields))
        conflict = "ON CONFLICT DO NOTHING " if self.once else ""
        # No value is in the text: names of our own tables.
        sql = f"INSERT INTO {quote(table.db_table)} ({columns}) VALUES ({places}) {conflict}RETURNING "  # noqa: S608
        sql += quote(str(table.pk.column))
        return Statement(sql, [Slot(name) for name in self._fields])


def add_together(*additions: tuple[PreparedInsert[Any], Sequence[Model]]) -> None:
    """Rows of several tables whose primary keys nobody asks for: one of each goes in one message."""
    if all(len(rows) == 1 for _table, rows in additions):
        connection = connections[DEFAULT_DB_ALIAS]
        run_all(connection, [table.of(row, connection) for table, [row] in additions])
        return
    for table, rows in additions:
        table.add_all(rows)
