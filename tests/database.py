"""The test database: migrated once in a run, copied for each worker."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection

from tests.once import once

ALONE = "master"  # how pytest-xdist calls the only process of a run without workers


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
    yield
    creation.destroy_test_db(own, verbosity=0)


def _migrate(_folder: Path) -> None:
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    connection.close()  # PostgreSQL copies only what nobody has open
