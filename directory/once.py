"""The same request sent twice changes things once: what an action with a client key is wrapped in."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar

from django.db import models
from django.utils.translation import gettext as _

from directory.errors import Refusal
from directory.models import RequestKey
from directory.prepared_writes import PreparedInsert, PreparedUpdate

R = TypeVar("R")
# What the server makes anew for each request, so that it differs when the same form is sent twice. Never an
# uploaded file: another one is another request.
MADE_ANEW = {"by", "password", "pdf", "prepared", "snapshot"}

USE = PreparedInsert(RequestKey, once=True)
RESULT = PreparedUpdate(
    lambda pk, model, result: (
        RequestKey.objects.filter(pk=pk),
        {"result_model": model, "result_id": result},
    )
)


def once(key: uuid.UUID, function: Callable[..., R], kwargs: dict[str, Any]) -> R:
    """Run an action for a client key, or return what the first request with that key returned."""
    name, by, arguments = f"{function.__module__}.{function.__name__}", kwargs["by"], _digest_of(kwargs)
    request = RequestKey(key=key, action=name, user=by, arguments=arguments)
    if not USE.add(request):
        # The first request has committed (a concurrent one is waited for by the unique index).
        return _first_result(RequestKey.objects.get(key=key), name, by, arguments)
    result = function(**kwargs)
    if isinstance(result, models.Model):
        RESULT.run(pk=request.pk, model=result._meta.label_lower, result=result.pk)
    return result


def _first_result(request: RequestKey, name: str, by: Any, arguments: str) -> Any:
    if (request.action, request.user_id) != (name, by.pk):
        raise Refusal(_("This form was already used for something else. Reload the page."), code="key_reused")
    if request.arguments != arguments:
        raise Refusal(
            _(
                "This form was sent before with other values. Those were saved, these were not. "
                "Reload the page to see what was saved, then enter what is still to change."
            ),
            code="key_reused",
        )
    return request.result()


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
