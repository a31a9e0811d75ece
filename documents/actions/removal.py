"""Take a wrong file away: set it aside, or erase it because it shows names of children."""

from __future__ import annotations

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from directory import clock
from directory.errors import Problem, Refusal, Stale, WrongState
from directory.models import User
from documents import removables
from documents.models.removable import Removable, Removal


def take_away(*, by: User, file: Removable, how: str, why: str) -> None:
    """Within an action that has checked who, and holds the record that the file is of; tells its history.

    ``how``: a ``Removal``. What is erased loses its bytes, and so does every other file with the very same
    ones, of whatever record; row, digest, reason, who and when stay. What was set aside may still be erased
    [NĐ 56/2017, art. 33; Luật 91/2025, art. 24]. Raises ``WrongState`` if it is taken away already,
    ``Refusal`` without a choice or a reason, ``Stale`` if somebody was faster.
    """
    _check_state(file, how)
    problems = []
    if how not in Removal.values:
        problems.append(Problem(_("Say what is wrong with the file."), "how"))
    if not why.strip():
        problems.append(Problem(_("No reason was given. Say how you know."), "why"))
    if problems:
        raise Refusal(problems)
    copies: list[Removable] = []
    if how == Removal.ERASED:
        removables.hold(file.sha256)
        copies = [copy for copy in removables.with_bytes_of(file.sha256) if copy != file]
    for each in [file, *copies]:
        _take(each, by, how, why.strip())
        removables.tell(by, each)


def _take(file: Removable, by: User, how: str, why: str) -> None:
    former = file.removed_as
    file.removed_as, file.removed_why = how, why
    file.removed_by, file.removed_at = by, clock.now()
    facts = {name: getattr(file, name) for name in ("removed_as", "removed_why", "removed_by", "removed_at")}
    if how == Removal.ERASED:
        facts["content"] = file.content = b""
    # One statement, and only of what it was: bytes that are erased come back by no other save.
    if not type(file)._base_manager.filter(pk=file.pk, removed_as=former).update(**facts):
        raise Stale(_("Somebody took this file away meanwhile. Reload the page."))


def refuse_erased(sha256: str) -> None:
    """What was erased does not come back, to whatever record. Raises ``WrongState``."""
    removables.hold(sha256)
    if removables.is_erased(sha256):
        raise WrongState(
            _(
                "This very file was erased because it shows names of children. Scan the page without names, "
                "or cover them first."
            ),
            code="erased_before",
        )


def _check_state(file: Removable, how: str) -> None:
    if file.is_kept or (file.removed_as == Removal.ASIDE and how == Removal.ERASED):
        return
    message = _("%(who)s took this file away on %(day)s already (%(how)s). Reload the page.")
    day = date_format(timezone.localdate(file.removed_at), "SHORT_DATE_FORMAT")
    facts = {"who": file.removed_by, "day": day, "how": file.get_removed_as_display()}
    raise WrongState(message % facts, code="taken_away")
