"""Drafting and issuing papers. A correction is a new paper that replaces an issued one."""

from __future__ import annotations

import hashlib
import uuid
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from directory import clock, history
from directory.deeds import action
from directory.errors import Forbidden, Problem, Refusal, WrongState
from directory.models import Agency, RequestKey, User
from directory.states import target_of
from documents import pdf, permissions
from documents.models import Paper, PaperFile
from documents.snapshot import Snapshot, sha256_of
from documents.states import PAPER_TRANSITIONS

DRAFT, REDRAFT, ISSUE = gettext_noop("draft"), gettext_noop("redraft"), gettext_noop("issue")
HIGHEST_NUMBER = 99_999


def suggest_number(agency: Agency, symbol: str, year: int) -> int:
    """The number after the highest one known here; the clerk's register decides [FIELD 5]."""
    return Paper.objects.next_number(agency, symbol, year)


@action
def draft_paper(
    *,
    by: User,
    kind: str,
    agency: Agency,
    symbol: str,
    title: str,
    snapshot: Snapshot,
    replaces: Paper | None = None,
    key: uuid.UUID | None = None,
) -> Paper:
    """A new paper without number and date. ``replaces``: the issued paper that it corrects.

    Raises ``Forbidden``, or ``Refusal`` (``cannot_replace``) if that paper is not issued, is another
    agency's, or has a replacement already.
    """
    if not permissions.may_draft(by, agency, kind):
        raise Forbidden(_("You may not draft papers of %(agency)s.") % {"agency": agency})
    if replaces is not None:
        _check_replaced(replaces, agency)
    paper = Paper(kind=kind, agency=agency, symbol=symbol, title=title, replaces=replaces)
    paper.snapshot = _completed(paper, snapshot)
    paper.save()
    history.record(paper, DRAFT, by=by, to_state=paper.state)
    return paper


@action
def redraft_paper(*, by: User, paper: Paper, title: str, snapshot: Snapshot) -> Paper:
    """New title and content of a draft. Raises ``Forbidden``, ``WrongState`` if it is issued."""
    if not permissions.may_draft(by, paper.agency, paper.kind):
        raise Forbidden(_("You may not draft papers of %(agency)s.") % {"agency": paper.agency})
    paper = _locked(paper)
    if paper.is_issued:
        raise paper.never_changed()
    paper.title, paper.snapshot = title, _completed(paper, snapshot)
    paper.save()
    history.record(paper, REDRAFT, by=by, from_state=paper.state, to_state=paper.state)
    return paper


def issue_paper(
    *,
    by: User,
    paper: Paper,
    number: int,
    dated: date,
    snapshot: Snapshot,
    key: uuid.UUID | None = None,
) -> Paper:
    """Give number and date, make the PDF, and freeze data, text and bytes with their SHA-256.

    The PDF takes seconds, so it is made before the transaction and its locks. Raises ``Forbidden``,
    ``WrongState``, or ``Refusal``: ``number_invalid``, ``number_taken`` (``details``: ``holder``,
    ``suggested``), ``date_in_future``, ``agency_not_valid``, ``render_failed`` [ND 30/2020, ND 09/2019].
    """
    if key is not None and RequestKey.objects.filter(key=key).exists():
        # The same form again: no second PDF, the first result comes back.
        return freeze_paper(
            by=by, paper=paper, number=number, dated=dated, snapshot=snapshot, pdf=b"", key=key
        )
    prepared = prepare_issue(by=by, paper=paper, number=number, dated=dated, snapshot=snapshot)
    return freeze_paper(
        by=by, paper=paper, number=number, dated=dated, snapshot=snapshot, pdf=prepared, key=key
    )


def prepare_issue(*, by: User, paper: Paper, number: int, dated: date, snapshot: Snapshot) -> bytes:
    """Refuse early what cannot be issued, else the PDF. Writes nothing and needs no transaction.

    For callers with a transaction of their own: call this before it, ``freeze_paper`` inside it.
    """
    _check_issue(by, paper, number, dated)
    return pdf.render(_completed(paper, snapshot), number=number, dated=dated)


@action
def freeze_paper(
    *,
    by: User,
    paper: Paper,
    number: int,
    dated: date,
    snapshot: Snapshot,
    pdf: bytes,
    key: uuid.UUID | None = None,
) -> Paper:
    """The second half of ``issue_paper``: everything is checked again under the lock and written at once."""
    paper = _locked(paper)
    _check_issue(by, paper, number, dated)
    source = paper.state
    paper.state = target_of(PAPER_TRANSITIONS, "issue", source, _already_issued(paper))
    paper.number, paper.dated, paper.year = number, dated, dated.year
    paper.snapshot = _completed(paper, snapshot)
    paper.snapshot_sha256 = sha256_of(paper.snapshot)
    paper.issued_by, paper.issued_at = by, clock.now()
    _save_with_number(paper)
    checksum = hashlib.sha256(pdf).hexdigest()
    PaperFile.objects.create(paper=paper, kind=PaperFile.Kind.PDF, content=pdf, sha256=checksum)
    history.record(
        paper,
        ISSUE,
        by=by,
        from_state=source,
        to_state=paper.state,
        reference=paper.reference,
        dated=dated.isoformat(),
        sha256=checksum,
    )
    return paper


def _locked(paper: Paper) -> Paper:
    locked = Paper.objects.select_for_update(no_key=True, of=("self",))
    return locked.select_related("agency", "replaces").get(pk=paper.pk)


def _completed(paper: Paper, snapshot: Snapshot) -> Snapshot:
    """The snapshot with what the paper itself knows: its symbol, and which paper it replaces."""
    whole: Any = {name: value for name, value in snapshot.items() if name != "replaces"}
    whole["symbol"] = paper.symbol
    if paper.replaces is not None and paper.replaces.dated is not None:
        whole["replaces"] = {
            "type": paper.replaces.snapshot.get("type", "Báo cáo"),
            "reference": paper.replaces.reference,
            "dated": paper.replaces.dated.isoformat(),
        }
    return whole


def _check_replaced(replaced: Paper, agency: Agency) -> None:
    other = Paper.objects.filter(replaces=replaced).first()
    if not replaced.is_issued:
        message = _("“%(paper)s” is still a draft. Edit the draft instead of replacing it.")
    elif replaced.agency_id != agency.pk:
        message = _("“%(paper)s” is a paper of another agency. Only its own agency replaces it.")
    elif other is not None:
        message = _("“%(paper)s” already has a replacement. Edit or replace that one.")
    else:
        return
    raise Refusal(message % {"paper": replaced}, code="cannot_replace", place="replaces")


def _check_issue(by: User, paper: Paper, number: int, dated: date) -> None:
    if not permissions.may_issue(by, paper):
        raise Forbidden(_("Only a leader of %(agency)s issues this paper.") % {"agency": paper.agency})
    if paper.is_issued:
        raise WrongState(_already_issued(paper), code="already_issued", paper=paper.pk)
    found = [*_number_problems(number), *_date_problems(paper, dated)]
    if found:
        raise Refusal([problem for _code, problem in found], code=found[0][0])
    _refuse_taken(paper, number, dated)


def _already_issued(paper: Paper) -> str:
    date_text = f"{paper.dated:%d/%m/%Y}" if paper.dated else ""
    return _("This paper is already issued as %(reference)s of %(date)s. Reload the page.") % {
        "reference": paper.reference,
        "date": date_text,
    }


def _number_problems(number: int) -> list[tuple[str, Problem]]:
    if type(number) is int and 1 <= number <= HIGHEST_NUMBER:
        return []
    message = _(
        "The number must be a whole number from 1 to %(highest)s. Take it from the clerk's register."
    ) % {"highest": HIGHEST_NUMBER}
    return [("number_invalid", Problem(message, "number"))]


def _date_problems(paper: Paper, dated: date) -> list[tuple[str, Problem]]:
    """Not in the future, and on a day on which the agency of the letterhead existed."""
    if dated > clock.today():
        message = _("The date %(date)s lies in the future. A paper bears the day on which it is issued.")
        code = "date_in_future"
    elif not paper.agency.is_valid_on(dated):
        message = _("%(agency)s did not exist on %(date)s. Correct the date.")
        code = "agency_not_valid"
    else:
        return []
    return [(code, Problem(message % {"date": f"{dated:%d/%m/%Y}", "agency": paper.agency}, "dated"))]


def _refuse_taken(paper: Paper, number: int, dated: date) -> None:
    holder = Paper.objects.with_number(paper.agency, paper.symbol, dated.year, number).first()
    if holder is not None:
        raise _number_taken(paper, holder)


def _number_taken(paper: Paper, holder: Paper) -> Refusal:
    suggested = suggest_number(paper.agency, paper.symbol, holder.year or 0)
    message = _(
        "Number %(reference)s of the year %(year)s is already given to “%(title)s” of %(date)s. "
        "The next number not used here is %(suggested)s; compare it with the clerk's register."
    ) % {
        "reference": holder.reference,
        "year": holder.year,
        "title": holder.title,
        "date": f"{holder.dated:%d/%m/%Y}",
        "suggested": suggested,
    }
    return Refusal(message, code="number_taken", place="number", holder=holder.pk, suggested=suggested)


def _save_with_number(paper: Paper) -> None:
    """Two who take the same number at once: the unique index lets one through."""
    try:
        with transaction.atomic():
            paper.save()
    except IntegrityError:
        agency, symbol, year = paper.agency, paper.symbol, paper.year or 0
        holder = Paper.objects.with_number(agency, symbol, year, paper.number or 0).first()
        if holder is None:
            raise
        raise _number_taken(paper, holder) from None
