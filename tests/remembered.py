"""What many tests set up alike: really built, by the actions, in each worker; later the same rows put back.

The same step after the same steps leads to the same rows. So the steps since the world are counted, and as
soon as anything else may have written to the database, they are not known any more: then all is built.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from functools import wraps
from inspect import signature
from typing import Any, ParamSpec, TypeVar, cast

from django.apps import apps
from django.db import connection, transaction
from django.db.models import Model
from django.utils.translation import get_language

from directory import clock
from tests.database import full_tables

P = ParamSpec("P")
T = TypeVar("T")
Rows = dict[type[Model], list[Model]]
Contents = dict[type[Model], dict[Any, tuple[Any, ...]]]
Key = tuple[object, ...]
Statement = tuple[str, Any]  # and its parameters

NOTHING = 0
READING = ("SELECT", "SAVEPOINT", "RELEASE SAVEPOINT")


@dataclass
class Built:
    answer: object
    rows: tuple[Rows, Rows]  # added, changed
    statements: list[Statement] | None = None  # what Django says to the database to put them back


_built: dict[Key, Built] = {}
_met: set[Key] = set()
_numbers: dict[Key, int] = {}
_as_ever = True
_steps: int | None = None  # the number of the last of the steps that led here; None: they are not known


def forget_steps(*, as_ever: bool) -> None:
    """Between two tests: the database is emptied. ``as_ever``: the next one changes no code or setting."""
    global _steps, _as_ever
    _steps, _as_ever = None, as_ever


def from_nothing(build: Callable[[], T]) -> T:
    """The first step of a test."""
    global _steps
    if _notice not in connection.execute_wrappers:
        connection.execute_wrappers.insert(0, _notice)
    _steps = NOTHING
    return remembered(build)


def remembered(build: Callable[..., T], *arguments: object) -> T:
    """What ``build`` gives: a copy for each test, that none finds what another has set on a record."""
    key = _key(build, *arguments)
    return _again(key, build, *arguments) if key else build(*arguments)


def step(build: Callable[P, T]) -> Callable[P, T]:
    """For what sets up tests: kept when it is asked for again, since to keep it takes a while, too."""

    @wraps(build)
    def asked(*args: P.args, **kwargs: P.kwargs) -> T:
        # Where a test commits, others may write that are not noticed here.
        key = _key(build, *args, **kwargs) if _as_ever and connection.in_atomic_block else None
        if key is None or key not in _met:
            if key:
                _met.add(key)
            return build(*args, **kwargs)
        return _again(key, build, *args, **kwargs)

    return asked


def _key(build: Callable[..., object], *args: object, **kwargs: object) -> Key | None:
    """The steps so far and this one; None if that cannot be told."""
    if _steps is None:
        return None
    bound = signature(build).bind(*args, **kwargs)
    bound.apply_defaults()
    told = [_fixed(value) for name, value in bound.arguments.items() if name != "world"]
    key = (_steps, build, clock.now(), get_language(), *told)
    try:
        hash(key)
    except TypeError:
        return None
    return key


def _fixed(value: object) -> object:
    if isinstance(value, dict):
        return tuple(value.items())
    return tuple(value) if isinstance(value, list) else value


def _again(key: Key, build: Callable[..., T], *args: object, **kwargs: object) -> T:
    global _steps
    if key in _built:
        _put_back(_built[key])
    else:
        before = _contents()
        answer = build(*args, **kwargs)
        _built[key] = Built(deepcopy(answer), _difference(before, _contents()))
    _steps = _numbers.setdefault(key, len(_numbers) + 1)
    return deepcopy(cast(T, _built[key].answer))


def _notice(execute: Callable[..., object], sql: str, params: Any, many: bool, context: Any) -> object:
    """All that is said to the database, and is not surely a question, may be another step."""
    global _steps
    if not sql.startswith(READING):
        _steps = None
    return execute(sql, params, many, context)


def _put_back(built: Built) -> None:
    with transaction.atomic():  # what a row points to may come after it
        if built.statements is None:
            built.statements = _by_django(*built.rows)
            return
        with connection.cursor() as cursor:
            for sql, params in built.statements:
                cursor.execute(sql, params)


def _by_django(added: Rows, changed: Rows) -> list[Statement]:
    """What it says to the database: to work that out takes longer than the database does."""
    said: list[Statement] = []

    def listen(execute: Callable[..., object], sql: str, params: Any, many: bool, context: Any) -> object:
        if not sql.startswith(READING):
            said.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(listen):
        for model, rows in added.items():
            model._base_manager.bulk_create(rows)
        for model, rows in changed.items():
            for row in rows:
                model._base_manager.filter(pk=row.pk).update(**_values(row))
    return said


def _contents() -> Contents:
    """Of every table, as the database says it."""
    contents: Contents = {}
    full = full_tables()
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            meta = model._meta
            if meta.db_table in full and not meta.proxy:
                columns = ", ".join(f'"{field.column}"' for field in (meta.pk, *meta.concrete_fields))
                cursor.execute(f'SELECT {columns} FROM "{meta.db_table}"')
                contents[model] = {row[0]: row for row in cursor.fetchall()}
    return contents


def _difference(before: Contents, after: Contents) -> tuple[Rows, Rows]:
    """Rows added, rows changed."""
    added: Rows = {}
    changed: Rows = {}
    for model in {**before, **after}:
        old, new = before.get(model, {}), after.get(model, {})
        assert old.keys() <= new.keys(), f"{model} has been deleted: that cannot be put back"
        for found, keys in (
            (added, new.keys() - old.keys()),
            (changed, {key for key, row in old.items() if row != new[key]}),
        ):
            if keys:
                found[model] = list(model._base_manager.filter(pk__in=keys).order_by("pk"))
    return added, changed


def _values(row: Model) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
