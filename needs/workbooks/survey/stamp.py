"""What the portal's own workbook of a survey says of itself: what it is of, and what it was made from.

Its headings and rows are told by this and by what stands in them, never by where they stand.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from directory.errors import Problem, Refusal
from needs.cells import Value, text_of
from needs.models import Survey

KIND = "survey"
# Goes up when a workbook made before could be misread.
LAYOUT = "1"
Rows = Mapping[str, tuple[int, str]]


def stamp_of(survey: Survey, columns: Mapping[str, str], rows: Mapping[str, Rows]) -> dict[str, str]:
    """``columns``: what stands over each, with its cell; ``rows``: what each was made from, by section and
    place."""
    stamp = {
        "kind": KIND,
        "layout": LAYOUT,
        "survey": str(survey.pk),
        "version": str(survey.version),
        "round": str(survey.round_id),
        "round_name": survey.round.name,
        "commune": str(survey.commune_id),
        "commune_name": str(survey.commune),
        "columns": json.dumps(columns, ensure_ascii=False),
    }
    return stamp | {f"rows.{code}": json.dumps(made_from) for code, made_from in rows.items()}


def digest_of(values: Mapping[str, Value]) -> str:
    """Of a row: the same as long as nobody wrote anything else into it."""
    said = [[name, text_of(value)] for name, value in sorted(values.items())]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:12]


def columns_in(stamp: Mapping[str, str]) -> dict[str, str]:
    return _parsed(stamp, "columns")


def rows_in(stamp: Mapping[str, str], section: str) -> dict[str, tuple[int, str]]:
    return _parsed(stamp, f"rows.{section}")


def with_versions(stamp: Mapping[str, str], seen: Iterable[tuple[str, int, int]]) -> dict[str, str]:
    """The stamp of a workbook that shows newer versions of some rows: by section, place, version."""
    rows: dict[str, dict[str, Any]] = {}
    for section, place, version in seen:
        made_from = rows.setdefault(section, rows_in(stamp, section))
        made_from[str(place)] = (version, "")
    return {**stamp, **{f"rows.{code}": json.dumps(made_from) for code, made_from in rows.items()}}


def refuse_unless_of(survey: Survey, stamp: Mapping[str, str]) -> None:
    """Raises ``Refusal`` that names all that is wrong: wrong_kind; wrong_layout; wrong_commune, wrong_round,
    old_version (in this order the code of the first)."""
    if stamp.get("kind") != KIND:
        message = _(
            "This workbook of the portal is no survey. Upload it under “Workbooks”, or choose the workbook "
            "that was downloaded on the page of this survey."
        )
        raise Refusal(message, code="wrong_kind", place="file")
    if stamp.get("layout") != LAYOUT:
        message = _(
            "This workbook was made with another template than the portal reads now. Download the survey's "
            "workbook anew and copy your figures into it."
        )
        raise Refusal(message, code="wrong_layout", place="file")
    wrong = list(_not_of(survey, stamp))
    if wrong:
        raise Refusal([Problem(text, "file") for _code, text in wrong], code=wrong[0][0])


def _not_of(survey: Survey, stamp: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    if stamp.get("commune") != str(survey.commune_id):
        message = _(
            "The workbook is of %(theirs)s, and this is the survey of %(ours)s. Upload it on the page of "
            "that survey, or download the workbook of this one."
        )
        yield "wrong_commune", message % {"theirs": stamp.get("commune_name"), "ours": survey.commune}
    if stamp.get("round") != str(survey.round_id):
        message = _(
            "The workbook is of the round “%(theirs)s”, and this survey is of “%(ours)s”. Download the "
            "workbook of this survey and fill that in."
        )
        yield "wrong_round", message % {"theirs": stamp.get("round_name"), "ours": survey.round.name}
    elif stamp.get("survey") != str(survey.pk) and stamp.get("commune") == str(survey.commune_id):
        message = _(
            "The workbook was made from version %(theirs)s of this survey, and this is version %(ours)s. "
            "Download its workbook anew and copy what you want to change into it."
        )
        yield "old_version", message % {"theirs": stamp.get("version"), "ours": survey.version}


def _parsed(stamp: Mapping[str, str], key: str) -> dict[str, Any]:
    """What somebody damaged is as good as not there: then nothing is known of when the rows were made."""
    try:
        found = json.loads(stamp.get(key, ""))
    except ValueError:
        found = None
    if isinstance(found, dict):
        return found
    message = _(
        "The hidden page by which the portal knows its workbook is damaged. Download the survey's workbook "
        "anew and copy your figures into it."
    )
    raise Refusal(message, code="stamp_damaged", place="file")
