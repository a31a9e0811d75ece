"""The signed file of an issued paper comes back [ND 30/2020]."""

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
from documents.models import Paper, PaperFile
from documents.signed import SignedFile


@action
def keep_signed(*, by: User, paper: Paper, signed: SignedFile, key: uuid.UUID | None = None) -> PaperFile:
    """Keep the signed file or scan of an issued paper (``signed.clean``), beside those that came before.

    Nothing of a paper is ever removed: the newest counts. Raises ``Forbidden`` for others than those who may
    issue it; ``WrongState`` of a draft, or if this very file is kept already.
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
    if paper.files.filter(kind=PaperFile.Kind.SIGNED, sha256=checksum).exists():
        raise WrongState(
            _("This very file is kept with %(paper)s already.") % {"paper": paper.reference},
            code="kept_already",
        )
    kept = PaperFile.objects.create(
        paper=paper, kind=PaperFile.Kind.SIGNED, content=signed.content, sha256=checksum
    )
    history.record(paper, gettext_noop("keep the signed file"), by=by, sha256=checksum)
    return kept
