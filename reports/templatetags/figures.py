"""How figures of a report are shown on a screen."""

from __future__ import annotations

from decimal import Decimal

from django import template
from django.template.defaultfilters import filesizeformat
from django.utils.formats import number_format

register = template.Library()


@register.filter
def share(value: str | None) -> str:
    """A decimal string of per cent in the reader's notation; a dash where there is nothing to compare."""
    return "–" if value is None else number_format(Decimal(value), force_grouping=True)


@register.filter
def bytes_of(size: int) -> str:
    return filesizeformat(size)
