"""What every action is made of: atomic, with an author, done once.

``@action`` marks a function of an ``actions.py``. It owns the transaction, demands ``by=``, and lets
rows that only actions may write (``ActionOnly``) be saved while it runs. An action that creates
something also declares ``key: uuid.UUID | None = None`` (the client key that its form carries): a second
call with the same key changes nothing and returns what the first call returned; with other arguments
(somebody went back and changed the form) it is refused.
"""

from __future__ import annotations

import functools
import hashlib
import json
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import fields, is_dataclass
from typing import Any, ParamSpec, TypeVar

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from directory.errors import Refusal

P = ParamSpec("P")
R = TypeVar("R")

# What the server makes anew for each request, so that it differs when the same form is sent twice.
MADE_ANEW = {"by", "password", "pdf", "prepared", "snapshot"}

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
            return _once(uuid.UUID(str(key)), function, kwargs)

    return run


def _once(key: uuid.UUID, function: Callable[..., R], kwargs: dict[str, Any]) -> R:
    from directory.models import RequestKey

    name, by, arguments = f"{function.__module__}.{function.__name__}", kwargs["by"], _digest_of(kwargs)
    try:
        with transaction.atomic():
            request = RequestKey.objects.create(key=key, action=name, user=by, arguments=arguments)
    except IntegrityError:
        # The first request has committed (a concurrent one is waited for by the unique index).
        request = RequestKey.objects.get(key=key)
        if (request.action, request.user_id) != (name, by.pk):
            raise Refusal(
                _("This form was already used for something else. Reload the page."), code="key_reused"
            ) from None
        if request.arguments != arguments:
            raise Refusal(
                _(
                    "This form was sent before with other values. Those were saved, these were not. "
                    "Reload the page to see what was saved, then enter what is still to change."
                ),
                code="key_reused",
            ) from None
        return request.result()
    result = function(**kwargs)
    if isinstance(result, models.Model):
        request.result_model, request.result_id = result._meta.label_lower, result.pk
        request.save(update_fields=["result_model", "result_id"])
    return result


def _digest_of(kwargs: dict[str, Any]) -> str:
    """SHA-256 of what somebody sent: the same form twice gives the same, a changed one does not."""
    sent = {name: _plain(value) for name, value in kwargs.items() if name not in MADE_ANEW}
    return hashlib.sha256(json.dumps(sent, sort_keys=True).encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, models.Model):
        return [value._meta.label_lower, value.pk]
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(name): _plain(part) for name, part in value.items()}
    if isinstance(value, bytes):  # an uploaded file: megabytes, which as text would be four times as many
        return hashlib.sha256(value).hexdigest()
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [_plain(part) for part in value]
    return None if value is None else str(value)


def model_of(label: str) -> type[models.Model]:
    return apps.get_model(label)
