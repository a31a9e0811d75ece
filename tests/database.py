"""The test database: migrated once in a run, copied for each worker, emptied after what has committed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.test import TransactionTestCase

from tests.once import once

ALONE = "master"  # how pytest-xdist calls the only process of a run without workers
# Written by every migration, the same each time, and by nothing else.
KEPT = {ContentType._meta.db_table, Permission._meta.db_table}


@contextmanager
def database_of(worker: str, temporary: pytest.TempPathFactory) -> Iterator[None]:
    """What all copies are copied from stays until the next run makes it anew."""
    creation, own = connection.creation, connection.settings_dict["NAME"]
    migrated = creation._get_test_db_name()
    once(temporary, "database", _migrate)
    connection.settings_dict["NAME"] = migrated
    if worker != ALONE:
        creation.clone_test_db(worker, verbosity=0, autoclobber=True)
        connection.settings_dict["NAME"] = creation.get_test_db_clone_settings(worker)["NAME"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _test: empty())
        yield
    creation.destroy_test_db(own, verbosity=0)


def _migrate(_folder: Path) -> None:
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    connection.close()  # PostgreSQL copies only what nobody has open


def empty() -> None:
    """Every table but those that are KEPT, in a tenth of the time of Django's ``flush``.

    That truncates all tables, empty or not, and then writes again what is KEPT here.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # As TRUNCATE: without foreign keys, and without the triggers that keep what was issued.
            cursor.execute("SET LOCAL session_replication_role = replica")
        for table in full_tables():
            cursor.execute(f'DELETE FROM "{table}"')


def full_tables() -> set[str]:
    """Those that have rows, but for what is KEPT."""
    with connection.cursor() as cursor:
        cursor.execute(_question())
        return {table for (table,) in cursor.fetchall()}


@cache
def _question() -> str:
    tables = set(connection.introspection.django_table_names(only_existing=True)) - KEPT
    return " UNION ALL ".join(f"SELECT '{one}' WHERE EXISTS (SELECT 1 FROM \"{one}\")" for one in tables)
