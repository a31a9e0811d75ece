"""What every action is made of: atomic, with an author, done once.

``@action`` marks a function of an ``actions.py``. It owns the transaction, demands ``by=``, and lets
rows that only actions may write (``ActionOnly``) be saved while it runs. An action that creates
something also declares ``key: uuid.UUID | None = None`` (the client key that its form carries): a second
call with the same key changes nothing and returns what the first call returned; with other arguments
(somebody went back and changed the form) it is refused.
"""

from __future__ import annotations

import functools
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ParamSpec, TypeVar

from django.apps import apps
from django.db import models, transaction

P = ParamSpec("P")
R = TypeVar("R")

_acting: ContextVar[bool] = ContextVar("acting", default=False)


@contextmanager
def acting() -> Iterator[None]:
    """Within the block rows that only actions may write can be saved (actions, migrations, test set-up)."""
    token = _acting.set(True)
    try:
        yield
    finally:
        _acting.reset(token)


def demand_action(what: str) -> None:
    """Raise ``RuntimeError`` unless an action is running."""
    if not _acting.get():
        raise RuntimeError(f"{what} is written by actions only; call one from actions.py.")


class ActionOnly(models.Model):
    """A row whose state or quantity only an action may change."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        self._refuse_outside_action()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        self._refuse_outside_action()
        return super().delete(*args, **kwargs)

    def _refuse_outside_action(self) -> None:
        demand_action(type(self).__name__)


def action(function: Callable[P, R]) -> Callable[P, R]:
    """Make ``function`` an action. It must take ``by`` (the user) as a keyword; ``key`` is optional.

    Raises what the function raises (``Refusal`` and its kinds); then nothing was saved.
    """

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if args or "by" not in kwargs:
            raise TypeError(f"{function.__name__}() takes keyword arguments only, and always by=.")
        key = kwargs.pop("key", None)
        with transaction.atomic(), acting():
            if key is None:
                return function(*args, **kwargs)
            from directory.once import once

            return once(uuid.UUID(str(key)), function, kwargs)

    return run


def model_of(label: str) -> type[models.Model]:
    return apps.get_model(label)
