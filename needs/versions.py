"""The versions of a commune's survey in a round, and what is beside them."""

from __future__ import annotations

from directory.models import User
from needs.models import Survey


def versions_of(user: User, survey: Survey) -> list[Survey]:
    """All versions of the survey that the user sees, the newest first: for ``needs/survey_versions.html``."""
    versions = Survey.objects.visible_to(user).filter(round=survey.round_id, commune=survey.commune_id)
    people = ("created_by", "submitted_by", "signed_by", "reviewed_by", "round", "commune")
    return list(versions.select_related(*people).order_by("-version"))
