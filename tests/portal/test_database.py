"""The database as production has it, on both kinds."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Model

from directory.codes import next_code
from directory.models import Counter
from tests.database import empty
from tests.documents.build import issued
from tests.world import World

WRITERS, EACH = 8, 10


@pytest.mark.django_db
@pytest.mark.sqlite
def test_all_migrations_are_there_and_applied() -> None:
    executor = MigrationExecutor(connection)
    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.sqlite_only
@pytest.mark.django_db
def test_sqlite_is_a_file_that_keeps_what_was_saved() -> None:
    with connection.cursor() as cursor:
        kept = {
            name: cursor.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert kept == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 20_000}
    assert Path(connection.settings_dict["NAME"]).is_file()


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_a_test_that_commits_leaves_what_migrations_made(world: World) -> None:
    """Nothing else: not even a paper that was issued, which a trigger keeps."""
    made = _rows_of(ContentType, Permission)
    issued(world)
    empty()
    assert _rows_of(ContentType, Permission) == made
    full = {model for model in apps.get_models() if model._base_manager.exists()}
    assert full == {ContentType, Permission}


def _rows_of(*models: type[Model]) -> list[list[object]]:
    return [list(model._base_manager.order_by("pk").values_list()) for model in models]


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_eight_writers_at_once_are_all_served() -> None:
    Counter.objects.create(series="CK", year=2025)

    def write(_: int) -> list[str]:
        try:
            return [_next() for _ in range(EACH)]
        finally:
            connection.close()

    with ThreadPoolExecutor(WRITERS) as pool:
        codes = [code for given in pool.map(write, range(WRITERS)) for code in given]
    assert sorted(codes) == [f"CK-2025-{number:03d}" for number in range(1, WRITERS * EACH + 1)]


def _next() -> str:
    with transaction.atomic():
        return next_code("CK", 2025)
