"""The signed file of an issued paper comes back [ND 30/2020], or turns out to be the wrong one."""

from __future__ import annotations

import hashlib
import uuid

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from directory import history
from directory.deeds import action
from directory.errors import Forbidden, WrongState
from directory.models import User
from documents import permissions
from documents.actions.removal import refuse_erased, take_away
from documents.models import Paper, PaperFile, Removal
from documents.signed import SignedFile


@action
def keep_signed(*, by: User, paper: Paper, signed: SignedFile, key: uuid.UUID | None = None) -> PaperFile:
    """Keep the signed file or scan of an issued paper (``signed.clean``), beside those that came before.

    The newest counts. Raises ``Forbidden`` for others than those who may issue it; ``WrongState`` of a draft,
    or if this very file is kept already or was erased.
    """
    if not permissions.may_issue(by, paper):
        raise Forbidden(
            _("The signed file is kept by those who issue papers of %(agency)s. Ask one of them.")
            % {"agency": paper.agency}
        )
    paper = Paper.objects.select_for_update(no_key=True, of=("self",)).get(pk=paper.pk)
    if not paper.is_issued:
        raise WrongState(_("A draft has no signed file. Issue the paper first."), code="not_issued")
    checksum = hashlib.sha256(signed.content).hexdigest()
    if paper.files.filter(kind=PaperFile.Kind.SIGNED, sha256=checksum).kept().exists():
        raise WrongState(
            _("This very file is kept with %(paper)s already.") % {"paper": paper.reference},
            code="kept_already",
        )
    refuse_erased(checksum)
    kept = PaperFile.objects.create(
        paper=paper, kind=PaperFile.Kind.SIGNED, content=signed.content, sha256=checksum, by=by
    )
    history.record(paper, gettext_noop("keep the signed file"), by=by, sha256=checksum)
    return kept


@action
def take_signed_away(
    *, by: User, file: PaperFile, how: str, why: str, key: uuid.UUID | None = None
) -> PaperFile:
    """A wrong signed file counts no more: set aside, or erased if it shows names of children (decision 0013).

    Raises ``Forbidden`` but for who brought it and the coordinating office; what ``take_away`` raises.
    """
    paper = Paper.objects.select_for_update(no_key=True, of=("self",)).get(pk=file.paper_id)
    file = PaperFile.objects.signed().without_content().get(pk=file.pk, paper=paper)
    if not permissions.may_take_away(by, file):
        raise Forbidden(
            _(
                "A signed file is taken away by who brought it (%(who)s) or by the coordinating office. Ask "
                "one of them."
            )
            % {"who": file.by or "–"}
        )
    take_away(by=by, file=file, how=how, why=why)
    return file


def tell_paper(by: User, file: PaperFile) -> None:
    """What became of a signed file stands in the history of its paper."""
    verb = removal_verb(file.removed_as)
    history.record(file.paper, verb, by=by, reason=file.removed_why, sha256=file.sha256)


def removal_verb(how: str) -> str:
    """As the history calls it."""
    return {
        Removal.ASIDE: gettext_noop("set the signed file aside"),
        Removal.ERASED: gettext_noop("erase the signed file"),
    }[Removal(how)]
