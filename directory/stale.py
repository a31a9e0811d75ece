"""An edit over somebody else's newer edit is refused, with both values (DESIGN rule 8)."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext as _

from directory import history
from directory.errors import Problem, Stale


def refuse_stale(
    row: models.Model, version: int, *, theirs: Mapping[str, str], yours: Mapping[str, str]
) -> None:
    """Raise ``Stale`` if ``row`` was saved since ``version`` and now says something else than ``yours``.

    ``theirs`` (what is stored) and ``yours``: the values by field as a reader sees them. The same save come
    twice differs in nothing and is let through. Call it inside an action, with the row locked.
    """
    newest = history.version_of(row)
    if newest != version:
        refuse_differing(history.last_writer(row), newest=newest, theirs=theirs, yours=yours)


def refuse_differing(by: object, *, newest: int, theirs: Mapping[str, str], yours: Mapping[str, str]) -> None:
    """The same for rows that count their versions themselves: ``by`` saved the ``newest``, ``theirs``."""
    differing = [name for name in yours if yours[name] != theirs.get(name)]
    if not differing:
        return
    raise Stale(
        [Problem(says_both(theirs.get(name, ""), yours[name], by), name) for name in differing],
        theirs={name: theirs.get(name) for name in differing},
        yours={name: yours[name] for name in differing},
        by=by,
        version=newest,
    )


def says_both(theirs: str, yours: str, by: object) -> str:
    message = _(
        "%(by)s has saved “%(theirs)s” meanwhile; you typed “%(yours)s”. "
        "Save again to put yours in its place, or type the other."
    )
    facts = {"by": by or _("Somebody else"), "theirs": theirs or "–", "yours": yours or "–"}
    return message % facts
