"""What the base layout and the components need to draw themselves."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django import template
from django.http import HttpRequest
from django.template import Context
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from directory.history import value_in_words

register = template.Library()

# htmx without eval and without a style of its own (the CSP forbids both), and without pages kept in the
# browser's storage. A refusal (403, 409, 422 …) is shown; a failure is not swapped in: portal.js says it.
HTMX_CONFIG = {
    "allowEval": False,
    "includeIndicatorStyles": False,
    "historyCacheSize": 0,
    "responseHandling": [
        {"code": "204", "swap": False},
        {"code": "[23]..", "swap": True},
        {"code": "403|404|409|422|429", "swap": True, "error": True},
        {"code": "[45]..", "swap": False, "error": True},
        {"code": "...", "swap": False},
    ],
}


@register.simple_tag
def htmx_config() -> SafeString:
    return format_html("{}", json.dumps(HTMX_CONFIG))


@register.simple_tag
def current_mark(request: HttpRequest, href: str, also: Sequence[str] = ()) -> SafeString:
    """``aria-current``: “page” on the entry's own page, “true” on the pages below it, or below ``also``."""
    path = request.path
    if path == href:
        return format_html(' aria-current="{}"', "page")
    if href != "/" and path.startswith((href, *also)):
        return format_html(' aria-current="{}"', "true")
    return SafeString("")


@register.simple_tag(takes_context=True)
def way_back(context: Context) -> str:
    """The page of the portal that led here, or nothing: never another host, never this page itself."""
    request: HttpRequest | None = getattr(context, "request", None)
    if request is None:
        return ""
    referer = request.headers.get("Referer", "")
    if referer == request.build_absolute_uri():
        return ""
    return referer if url_has_allowed_host_and_scheme(referer, allowed_hosts={request.get_host()}) else ""


# What the history calls the deeds of all rooms, here for the translators; a test finds what is missing.
DEEDS = (
    gettext_noop("open round"),
    gettext_noop("change round"),
    gettext_noop("close round"),
    gettext_noop("reopen round"),
    gettext_noop("end reopening"),
    gettext_noop("start survey"),
    gettext_noop("copy earlier"),
    gettext_noop("state nothing"),
    gettext_noop("submit survey"),
    gettext_noop("ask chair"),
    gettext_noop("sign survey"),
    gettext_noop("send back survey"),
    gettext_noop("note warnings"),
    gettext_noop("return survey"),
    gettext_noop("approve survey"),
    gettext_noop("correct survey"),
    gettext_noop("paste block"),
    gettext_noop("save workbook"),
    gettext_noop("take over row"),
    gettext_noop("comment row"),
    gettext_noop("settle comment"),
    gettext_noop("prioritise row"),
    gettext_noop("prioritise need"),
    gettext_noop("ask opinion"),
    gettext_noop("give opinion"),
    gettext_noop("change opinion"),
    gettext_noop("allocate"),
    gettext_noop("reverse"),
    gettext_noop("accept support plan"),
    gettext_noop("undo support plan"),
    gettext_noop("plan"),
    gettext_noop("send"),
    gettext_noop("call back"),
    gettext_noop("change plan"),
    gettext_noop("cancel"),
    gettext_noop("confirm"),
    gettext_noop("note difference"),
    gettext_noop("settle missing"),
    gettext_noop("correct"),
    gettext_noop("keep scan"),
    gettext_noop("remove scan"),
    gettext_noop("set scan aside"),
    gettext_noop("erase scan"),
    gettext_noop("draw sample"),
    gettext_noop("record visit"),
    gettext_noop("correct visit"),
    gettext_noop("recommend"),
    gettext_noop("answer recommendation"),
    gettext_noop("send back recommendation"),
    gettext_noop("close recommendation"),
    gettext_noop("add question"),
    gettext_noop("change question"),
    gettext_noop("retire question"),
    gettext_noop("create account"),
    gettext_noop("change account"),
    gettext_noop("reset password"),
    gettext_noop("deactivate account"),
    gettext_noop("reactivate account"),
    gettext_noop("choose own password"),
    gettext_noop("delegate"),
    gettext_noop("end delegation"),
    gettext_noop("enter place"),
    gettext_noop("change place"),
    gettext_noop("end place"),
    gettext_noop("enter item"),
    gettext_noop("change item"),
    gettext_noop("retire item"),
    gettext_noop("restore item"),
    gettext_noop("delete item"),
    gettext_noop("set prices"),
    gettext_noop("set sizes"),
    gettext_noop("enter in the register"),
    gettext_noop("correct in the register"),
    gettext_noop("strike from the register"),
    gettext_noop("merge units"),
    gettext_noop("end unit"),
    gettext_noop("hand over"),
    gettext_noop("take over"),
    gettext_noop("move to the successor"),
)

# A state whose label says more than its name.
STATES = (gettext_noop("Signing"),)


@register.filter
def deed_in_words(verb: str) -> str:
    """“reset password” or “start_survey” as the reader says it."""
    return capfirst(_(verb.replace("_", " "))) if verb else ""


# What the history calls the fields whose values before and after it keeps (``details``).
FIELDS = {
    "name": gettext_noop("Name"),
    "opens_on": gettext_noop("Opens on"),
    "due_on": gettext_noop("Due on"),
    "event": gettext_noop("Event"),
    "instructions": gettext_noop("Instructions"),
    "asks_chair": gettext_noop("the chair signs off"),
    "places": gettext_noop("Places"),
    "name_en": gettext_noop("name in English"),
    "area": gettext_noop("support area"),
    "unit": gettext_noop("unit of measure"),
    "kind": gettext_noop("kind"),
    "age_bands": gettext_noop("age bands"),
    "by_sex": gettext_noop("by sex"),
    "order": gettext_noop("order"),
    "code": gettext_noop("code"),
    "prices": gettext_noop("Reference prices"),
    "sizes": gettext_noop("Size table"),
    "lies_in": gettext_noop("lies in"),
    "purposes": gettext_noop("meant for"),
    "to_come": gettext_noop("still to come"),
    "instalments": gettext_noop("instalments"),
    "anonymous": gettext_noop("not to be named in public"),
    "planned_on": gettext_noop("planned on"),
    "lines": gettext_noop("lines"),
    "note": gettext_noop("note"),
    "origin": gettext_noop("where from"),
    "tax_code": gettext_noop("tax code"),
    "phone": gettext_noop("phone"),
    "email": gettext_noop("e-mail"),
    "address": gettext_noop("address"),
    "contacts": gettext_noop("contacts"),
    "capacities": gettext_noop("capacities"),
    "donor": gettext_noop("donor"),
    "agency": gettext_noop("kept by"),
    "closed_on": gettext_noop("closed on"),
    "question": gettext_noop("question"),
    "targets": gettext_noop("targets of the plan"),
}


@register.filter
def changes_in_words(details: dict[str, Any]) -> list[tuple[str, str, str]]:
    """(field, before, after) of an entry that keeps both, for those fields that have a name here."""
    before, after = details.get("before"), details.get("after")
    if not isinstance(before, dict) or not isinstance(after, dict):
        return []
    return [
        (capfirst(_(name)), value_in_words(before.get(field)), value_in_words(after[field]))
        for field, name in FIELDS.items()
        if field in after
    ]


@register.filter
def state_in_words(state: str) -> str:
    """“in_transit” as the label of that state: “Đang vận chuyển”."""
    return _(capfirst(state.replace("_", " "))) if state else ""


# What the history calls the figures of a deed, in the item's unit.
FIGURES = {
    "received": gettext_noop("received"),
    "returned": gettext_noop("returned to stock"),
    "lost": gettext_noop("lost"),
    "missing": gettext_noop("missing"),
    "child_turns": gettext_noop("child-turns"),
}


@register.filter
def figures_in_words(details: dict[str, Any]) -> str:
    """“returned to stock 12; lost 8”; of a correction what it adds and takes away, with its sign."""
    told = ((_(name), details.get(key)) for key, name in FIGURES.items())
    counted = [(name, count) for name, count in told if type(count) is int and count]
    return "; ".join(f"{name} {number_format(count).replace('-', MINUS)}" for name, count in counted)


MINUS = "\N{MINUS SIGN}"
BAR_WIDTH = 198
BAR_FILLS = {"delivered": "#1d2c4d", "stock": "#4f74b8", "promised": "#b9cbe8"}


@register.simple_tag
def bar_shape(
    needed: int | None, promised: int | None, stock: int | None, delivered: int | None
) -> dict[str, Any]:
    """Rectangles (x and width as plain numbers) of the parts of a need, and the same in words."""
    amounts = {"delivered": delivered or 0, "stock": stock or 0, "promised": promised or 0}
    whole = max(needed or 0, sum(amounts.values()))
    parts, x = [], 1.0
    for name, amount in amounts.items():
        width = BAR_WIDTH * amount / whole if whole else 0
        if width:
            parts.append({"x": f"{x:.1f}", "width": f"{width:.1f}", "fill": BAR_FILLS[name]})
        x += width
    return {"parts": parts, "text": _bar_text(needed, amounts)}


def _bar_text(needed: int | None, amounts: dict[str, int]) -> str:
    if needed is None:
        return _("Need not reported")
    figures = {name: number_format(amount) for name, amount in amounts.items()}
    missing = max(needed - sum(amounts.values()), 0)
    return _(
        "Needed %(needed)s: delivered %(delivered)s, in stock %(stock)s, promised %(promised)s, "
        "still missing %(missing)s"
    ) % {"needed": number_format(needed), "missing": number_format(missing), **figures}
