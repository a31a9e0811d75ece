"""The few tags that all pages share."""

from __future__ import annotations

import uuid
from typing import Any

from django import template
from django.db.models import Model
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from directory.models import HistoryEntry, User
from directory.navigation import NavigationItem, navigation_of
from directory.roles import Permission
from directory.ways import ways_from

register = template.Library()


@register.simple_tag
def client_key() -> SafeString:
    """A hidden field with a new key: the form it stands in changes things once, however often it is sent."""
    return format_html('<input type="hidden" name="client_key" value="{}">', uuid.uuid4())


@register.filter
def may(user: User, permission: str) -> bool:
    """``{% if user|may:"ALLOCATE" %}``: whether the role allows the deed."""
    return user.is_authenticated and user.may(Permission[permission])


@register.filter
def reported(value: Any) -> Any:
    """An empty value is “not reported”, which is not 0."""
    return _("not reported") if value is None else value


@register.filter
def signed(value: int) -> str:
    """A difference with its sign: +5, −18."""
    return f"{'−' if value < 0 else '+'}{number_format(abs(value), force_grouping=True)}"


@register.simple_tag
def navigation(user: User) -> list[NavigationItem]:
    return navigation_of(user) if user.is_authenticated else []


@register.inclusion_tag("components/history.html")
def history(subject: Model) -> dict[str, Any]:
    """What happened to an object: who, on behalf of whom, when, why."""
    return {"entries": HistoryEntry.objects.of(subject)}


@register.inclusion_tag("components/ways.html", takes_context=True)
def ways(context: template.Context, subject: Model) -> dict[str, Any]:
    """Where the rooms above lead on from here."""
    return {"ways": list(ways_from(context["request"].user, subject))}
