"""A refusal leaves nothing behind."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.models import Model


def rows(model: type[Model]) -> int:
    return model._default_manager.count()


@contextmanager
def unchanged(*models: type[Model]) -> Iterator[None]:
    """After the block each table has as many rows as before."""
    before = [rows(model) for model in models]
    yield
    assert [rows(model) for model in models] == before
