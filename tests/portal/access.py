"""Which URL shows what, and who may see it: the table of the tests of access, and visitors who ask.

A new URL needs a rule at its view (``access``), and one with parameters an entry in ``OBJECTS``: what it
shows, by noun. ``SEES`` says who has which noun of Ia Dom's chain within reach.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from directory.access import ADMIN_SITE, Rule, rule_of
from directory.models import User
from tests.portal.chains import Chain
from tests.portal.sides import FOREIGN, FOREIGN_NAME, NEIGHBOUR

OF_IA_DOM = {"officer.iadom", "chair.iadom"}
USERS = [*sorted(OF_IA_DOM), "coordinator", "leader", "health", "culture", "union", "administrator"]
OFFICIALS = {*OF_IA_DOM, "coordinator", "leader", "health", "culture", "union"}
COMMUNE_AND_ABOVE = {*OF_IA_DOM, "coordinator", "leader"}

# Who has Ia Dom's own within reach: its warm clothing, mobilised by its committee, delivered by LĐTBXH.
SEES: dict[str, set[str]] = {
    "round": OFFICIALS,
    "period": OFFICIALS,
    "report": OFFICIALS,
    "section": OFFICIALS,
    "paper": OFFICIALS,
    "survey": {*COMMUNE_AND_ABOVE, "health", "culture"},
    "warm clothing of the survey": COMMUNE_AND_ABOVE,
    "commune": {*COMMUNE_AND_ABOVE, "health", "culture"},
    "comment": COMMUNE_AND_ABOVE,
    "opinion": {*COMMUNE_AND_ABOVE, "health"},
    "need": COMMUNE_AND_ABOVE,
    "donor": COMMUNE_AND_ABOVE,
    "source": COMMUNE_AND_ABOVE,
    "plan": COMMUNE_AND_ABOVE,
    "pledge": COMMUNE_AND_ABOVE,
    "receipt": COMMUNE_AND_ABOVE,
    "allocation": COMMUNE_AND_ABOVE,
    "support_plan": {"coordinator", "leader"},
    "distribution": COMMUNE_AND_ABOVE,
    "visit": COMMUNE_AND_ABOVE,
    "recommendation": COMMUNE_AND_ABOVE,
    "sample": {"coordinator"},
    "question": OFFICIALS,
    "account": {"administrator"},
    "delegation": {"officer.iadom", "administrator"},
    "place": {*COMMUNE_AND_ABOVE, "health", "culture", "administrator"},
    "supply": COMMUNE_AND_ABOVE,
    "cash": COMMUNE_AND_ABOVE,
    "purchase": COMMUNE_AND_ABOVE,
    "movement": COMMUNE_AND_ABOVE,
    "signed": COMMUNE_AND_ABOVE,
    "workbook": {"officer.iadom"},
}
# What of a neighbour's is not the district's business as a whole: the officer of Ia Dom does not see it.
DISTRICT_WIDE = {"round", "period", "report", "section", "paper", "support_plan"}
# Administrators keep the directory of all districts.
KEPT_BY_ADMINISTRATORS = {"account", "delegation", "place"}


@dataclass(frozen=True)
class Shows:
    """What a URL shows, and its parameters for the objects of a chain."""

    nouns: tuple[str, ...]
    parameters: Callable[[Chain], dict[str, Any]]


def one(noun: str, **more: Any) -> Shows:
    return Shows((noun,), lambda chain: {"pk": getattr(chain, noun).pk, **more})


CLOTHING = "warm clothing of the survey"
OBJECTS: dict[str, Shows] = {
    **{f"account_{deed}": one("account") for deed in ("detail", "change", "reset", "deactivate", "activate")},
    "delegation_end": one("delegation"),
    "place_change": one("place"),
    "place_end": one("place"),
    "round_detail": one("round"),
    "round_change": one("round"),
    "round_close": one("round"),
    **{
        name: Shows(("round", "commune"), lambda chain: {"pk": chain.round.pk, "commune": chain.commune.pk})
        for name in ("survey_start", "round_reopen", "round_end_reopening")
    },
    **{
        f"survey_{page}": one("survey")
        for page in ("check", "note", "submit", "sign", "send_back", "correct", "workbook", "template")
    },
    **{name: one("survey") for name in ("opinion_ask", "survey_prioritise")},
    **{f"survey_{page}": one("survey") for page in ("review", "approve", "return", "comment")},
    "comment_settle": one("comment"),
    "opinion_give": one("opinion"),
    "need_prioritise": one("need"),
    "survey_grid": Shows((CLOTHING,), lambda chain: {"pk": chain.survey.pk, "section": "warm_clothing"}),
    "survey_paste": Shows((CLOTHING,), lambda chain: {"pk": chain.survey.pk, "section": "warm_clothing"}),
    **{
        f"survey_{deed}": Shows(
            (CLOTHING,), lambda chain: {"pk": chain.survey.pk, "section": "warm_clothing"}
        )
        for deed in ("copy", "nothing")
    },
    "survey_row_save": Shows(
        (CLOTHING,),
        lambda chain: {"pk": chain.survey.pk, "section": "warm_clothing", "place": chain.place.pk},
    ),
    "need_detail": one("need"),
    **{
        f"{noun}_export": Shows((), lambda chain: {"format": "csv"})
        for noun in (
            *("need", "buying", "round", "donor", "pledge", "pledge_overdue", "receipt", "supply"),
            *("cash", "purchase", "stock", "movement"),
            *("allocation", "distribution", "place", "account", "source", "plan_list", "plan_rollup"),
            *("visit", "recommendation"),
        )
    },
    "round_progress_export": one("round", format="csv"),
    "survey_export": one("survey", format="csv"),
    "period_rows_export": one("period", format="csv"),
    # The catalogue is one for all districts.
    **{
        f"item_{page}": Shows((), lambda chain: {"pk": chain.need.item_id})
        for page in ("detail", "change", "prices", "sizes", "retire", "restore", "delete")
    },
    **{f"source_{page}": one("source") for page in ("detail", "change", "close", "reopen")},
    **{f"plan_{page}": one("plan") for page in ("detail", "change", "propose", "next")},
    **{f"plan_{page}": one("plan") for page in ("submit", "approve", "return")},
    "plan_export": one("plan", format="csv"),
    **{f"donor_{page}": one("donor") for page in ("detail", "change", "contacts", "capacity", "merge")},
    **{name: one("supply") for name in ("supply_detail", "stock_move", "stock_write_off", "stock_restore")},
    **{name: one("cash") for name in ("cash_detail", "purchase_create")},
    **{f"purchase_{page}": one("purchase") for page in ("detail", "complete", "cancel", "take_back")},
    **{
        f"pledge_{page}": one("pledge")
        for page in ("detail", "change", "instalments", "expire", "withdraw", "default")
    },
    "receipt_create": one("pledge"),
    **{
        f"receipt_{page}": one("receipt") for page in ("detail", "take_back", "issue", "paper", "signed_keep")
    },
    **{
        name: Shows(("signed",), lambda chain: {"pk": chain.signed.paper.receipt.pk, "file": chain.signed.pk})
        for name in ("receipt_signed", "receipt_signed_remove")
    },
    "allocation_detail": one("allocation"),
    "allocation_reverse": one("allocation"),
    **{f"support_plan_{page}": one("support_plan") for page in ("detail", "undo")},
    "support_plan_export": one("support_plan", format="csv"),
    **{
        f"distribution_{page}": one("distribution")
        for page in ("detail", "change", "record", "send", "call_back", "cancel")
    },
    **{
        name: one("distribution")
        for name in (
            *("delivery_confirm", "difference_note"),
            "delivery_scan_keep",
        )
    },
    **{
        name: Shows(("distribution",), lambda chain: {"pk": chain.distribution.scans.get().pk})
        for name in ("delivery_scan", "delivery_scan_remove")
    },
    **{f"visit_{page}": one("visit") for page in ("detail", "record", "correct", "cancel")},
    "recommendation_create": one("visit"),
    **{
        f"recommendation_{page}": one("recommendation") for page in ("detail", "answer", "send_back", "close")
    },
    "sample_detail": one("sample"),
    "checklist_change": one("question"),
    "checklist_retire": one("question"),
    "chain_view": Shows(("need",), lambda chain: {"noun": "need", "pk": chain.need.pk}),
    "delivery_correct": Shows(("distribution",), lambda chain: {"pk": chain.distribution.lines.get().pk}),
    "missing_settle": Shows(("distribution",), lambda chain: {"pk": chain.distribution.lines.get().pk}),
    **{name: one("period") for name in ("period_detail", "period_rows", "target_edit", "report_create")},
    **{f"report_{page}": one("report") for page in ("edit", "preview", "issue")},
    "report_section_save": one("section"),
    **{
        f"import_{page}": one("workbook")
        for page in ("detail", "progress", "confirm", "resume", "discard", "errors")
    },
    # A kind of workbook is one for all; who may bring it in, the role says.
    **{f"import_{page}": Shows((), lambda chain: {"kind": "donors"}) for page in ("upload", "template")},
    "import_export": Shows((), lambda chain: {"kind": "donors", "format": "csv"}),
    # No parameter in the address: what the form chooses.
    "allocation_create": Shows(("need", "supply"), lambda chain: {}),
    "paper_file": one("paper", kind="pdf"),
}

# The role has the deed, the object is in sight, and yet this deed on this object is not theirs: 403.
NOT_THEIRS = {
    ("survey_row_save", "coordinator"),  # the commune fills in its own survey, it was not begun on its behalf
    ("survey_paste", "coordinator"),
    ("survey_copy", "coordinator"),
    ("survey_workbook", "coordinator"),
    ("survey_template", "coordinator"),
    ("survey_nothing", "coordinator"),
    ("comment_settle", "officer.iadom"),  # the survey is not in the commune's hands any more
    ("survey_note", "coordinator"),
    ("survey_submit", "coordinator"),
    ("survey_sign", "leader"),  # the chair of the commune signs off, not the one of the district
    ("survey_send_back", "leader"),
    ("source_change", "officer.iadom"),  # the coordinating office keeps the list of funds and budgets
    ("source_close", "officer.iadom"),
    ("source_reopen", "officer.iadom"),
    ("donor_merge", "officer.iadom"),  # pledges of several agencies may hang on the two
    *((f"import_{page}", "administrator") for page in ("upload", "template", "export")),
    ("delivery_confirm", "coordinator"),  # who sent it does not confirm it
    ("delivery_correct", "coordinator"),
    ("visit_record", "coordinator"),  # nor inspect it
    ("visit_correct", "coordinator"),
    ("recommendation_answer", "coordinator"),  # made to the commune
}
# The district's issued report goes to its communes and names the donors of all [FIELD section 4, annex II].
READ_BY_ALL = {"paper_file"}

# What a form must choose before it can be answered at all.
BODIES: dict[str, Callable[[Chain], dict[str, Any]]] = {
    "allocation_create": lambda chain: {"need": chain.need.pk, "supply_line": chain.supply.pk}
}

LOGIN = "/login/?next="


@dataclass(frozen=True)
class Page:
    name: str
    rule: Rule | None
    parametrised: bool
    admin: bool

    @property
    def shows(self) -> Shows | None:
        return OBJECTS.get(self.name)

    def address(self, chain: Chain) -> str:
        return reverse(self.name, kwargs=self.shows.parameters(chain) if self.shows else {})

    def body(self, chain: Chain) -> dict[str, Any]:
        return BODIES[self.name](chain) if self.name in BODIES else {}


def pages() -> list[Page]:
    """Every URL of the portal, found by walking the resolver; the back office's by one rule."""
    return list(_walk(get_resolver(), ""))


def _walk(resolver: URLResolver, namespace: str) -> Iterator[Page]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _walk(entry, entry.namespace or namespace)
        elif namespace == "admin":
            yield Page(f"admin:{entry.name}", ADMIN_SITE, bool(entry.pattern.converters), True)
        else:
            yield _page(entry)


def _page(entry: URLPattern) -> Page:
    name = entry.name or str(entry.pattern)
    return Page(name, rule_of(entry.callback, entry.name), bool(entry.pattern.converters), False)


OWN_PAGES = [page for page in pages() if not page.admin]


class Visitor:
    """Asks for addresses as one user; whatever a request changes is undone, in the browser too."""

    def __init__(self, user: User | None) -> None:
        self.client = Client(raise_request_exception=False)
        if user is not None:
            self.client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
        self.cookies = deepcopy(self.client.cookies)

    def ask(self, method: str, address: str, body: dict[str, Any] | None = None) -> HttpResponse:
        self.client.cookies = deepcopy(self.cookies)
        with transaction.atomic():
            response = getattr(self.client, method)(address, body or {})
            transaction.set_rollback(True)
        return response


def expected_of(user: User, page: Page, side: str) -> str:
    """The class of answer that the table asks for."""
    assert page.rule is not None
    if page.rule.public:
        return "answers"
    if not page.rule.admits(user):
        return "403"
    username, nouns = user.username, page.shows.nouns if page.shows else ()
    if not all(_sees(username, noun, side) for noun in nouns):
        return "404"
    return "403" if (page.name, username) in NOT_THEIRS else "answers"


def _sees(username: str, noun: str, side: str) -> bool:
    if username not in SEES[noun]:
        return False
    if side == "own" or (username == "administrator" and noun in KEPT_BY_ADMINISTRATORS):
        return True
    return side == "neighbour" and (noun in DISTRICT_WIDE or username not in OF_IA_DOM)


def answer_class(get: int, post: int) -> str:
    """“answers” if the page opens or takes a form, be it to say what is wrong; else how it refuses both."""
    statuses = {status for status in (get, post) if status != 405} or {405}
    if get in (200, 302, 405, 409, 422) and post in (200, 302, 303, 405, 409, 422) and statuses != {405}:
        return "answers"
    return str(statuses.pop()) if len(statuses) == 1 else f"GET {get}, POST {post}"


def _leaks(username: str, name: str, answer: HttpResponse) -> list[str]:
    """The marks of strangers that the answer shows to somebody without reach."""
    text = text_of(answer)
    if username == "administrator":
        # Names of units, offices, people and their delegations are the directory; what they enter is not.
        forbidden = {FOREIGN, NEIGHBOUR}
        text = re.sub(r"(Đồng nghiệp|nghỉ phép) \S+", "", text)
    else:
        forbidden = {FOREIGN, FOREIGN_NAME}
        if username in (*OF_IA_DOM, "union") and name not in READ_BY_ALL:
            forbidden.add(NEIGHBOUR)
    return sorted(mark for mark in forbidden if mark in text)


def text_of(answer: HttpResponse) -> str:
    """The words of an answer: a page's, or a PDF's as pdftotext reads them."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if not body.startswith(b"%PDF"):
        return body.decode(errors="replace")
    program = shutil.which("pdftotext")
    assert program is not None
    done = subprocess.run([program, "-", "-"], input=body, capture_output=True, check=True)
    return done.stdout.decode()
