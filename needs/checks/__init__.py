"""What is missing, wrong or surprising in a survey: each check is a function from its contents to findings.

A gap or an error blocks the submission, a warning asks for a note. A new check joins the list of its grade.
"""

from __future__ import annotations

from collections.abc import Mapping

from needs.checks.errors import ERRORS, what_is_wrong
from needs.checks.finding import CHILDREN, Check, Finding, Grade
from needs.checks.missing import MISSING
from needs.checks.warnings import WARNINGS
from needs.contents import Contents

__all__ = ["CHECKS", "CHILDREN", "Finding", "Grade", "findings_in", "what_is_wrong"]

CHECKS: Mapping[Grade, list[Check]] = {
    Grade.MISSING: MISSING,
    Grade.ERROR: ERRORS,
    Grade.WARNING: WARNINGS,
}


def findings_in(contents: Contents, *grades: Grade) -> list[Finding]:
    """All findings, or those of ``grades`` only: what is missing first, warnings last."""
    asked = [check for grade, checks in CHECKS.items() if grade in (grades or Grade) for check in checks]
    return [finding for check in asked for finding in check(contents)]
