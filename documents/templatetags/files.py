"""``{% load files %}{% list_files "donor_export" %}``: the list of this page, with its filters, as files."""

from __future__ import annotations

from typing import Any

from django import template
from django.http import QueryDict
from django.template import RequestContext
from django.urls import reverse

from documents.exports import MOST_ROWS

register = template.Library()


@register.inclusion_tag("components/files.html", takes_context=True)
def list_files(context: RequestContext, name: str, *args: Any, label: str = "") -> dict[str, Any]:
    """``name`` of the address that ends in a format; ``args`` stand before it. ``label``: of no list."""
    asked = _asked(context["request"].GET)
    files = [(each.upper(), reverse(name, args=[*args, each]) + asked) for each in MOST_ROWS]
    return {"files": files, "label": label}


def _asked(query: QueryDict) -> str:
    """The filters, as short as they can be said; a file has no pages."""
    asked = query.copy()
    for name in list(asked):
        if not asked[name] or name == "page":
            del asked[name]
    return f"?{asked.urlencode()}" if asked else ""
