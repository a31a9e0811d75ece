"""The tabs of a survey: part A (child counts) and one of part B for each support area."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from directory.models import SupportArea, User
from needs import permissions
from needs.checks import CHILDREN
from needs.contents import Contents


@dataclass(frozen=True)
class Section:
    """``area`` None: the child counts."""

    contents: Contents
    area: SupportArea | None = None

    @property
    def code(self) -> str:
        return self.area.code if self.area else CHILDREN

    @property
    def label(self) -> str:
        return str(self.area) if self.area else _("Child counts")

    @property
    def url(self) -> str:
        return reverse("survey_grid", args=[self.contents.survey.pk, self.code])


def sections_for(user: User, contents: Contents) -> list[Section]:
    """The tabs that the user may see: lead agencies only those of their areas."""
    areas = [area for area in contents.areas if area.pk in user.reach.areas]
    part_a = [Section(contents)] if permissions.sees_child_counts(user, contents.survey) else []
    return part_a + [Section(contents, area) for area in areas]


def section_or_404(user: User, contents: Contents, code: str) -> Section:
    for section in sections_for(user, contents):
        if section.code == code:
            return section
    raise Http404
