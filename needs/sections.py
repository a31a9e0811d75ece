"""The tabs of a survey: part A (child counts) and one of part B for each support area."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from directory.models import Place, SupportArea, User
from needs import permissions
from needs.checks import CHILDREN
from needs.contents import Contents
from needs.models import RowComment


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

    @property
    def area_id(self) -> int | None:
        return self.area.pk if self.area else None

    def row_url(self, place: Place) -> str:
        """The row of ``place`` by itself, with its comments."""
        path = reverse("survey_comment", args=[self.contents.survey.pk])
        return f"{path}?section={self.code}&place={place.pk}"

    @property
    def comments(self) -> list[RowComment]:
        return [comment for comment in self.contents.comments if comment.area_id == self.area_id]

    def comments_at(self, place: Place) -> list[RowComment]:
        return [comment for comment in self.comments if comment.place_id == place.pk]

    @property
    def open_comments(self) -> int:
        return sum(1 for comment in self.comments if comment.is_open)


class Tabs(list[Section]):
    """The sections that one user sees."""

    @property
    def open_comments(self) -> int:
        """How many are not settled yet."""
        return sum(section.open_comments for section in self)

    @property
    def commented_rows(self) -> list[tuple[Section, Place, list[RowComment]]]:
        rows = [(section, place) for section in self for place in section.contents.places]
        return [(section, place, found) for section, place in rows if (found := section.comments_at(place))]


def sections_for(user: User, contents: Contents) -> Tabs:
    """The tabs that the user may see: lead agencies only those of their areas."""
    areas = [area for area in contents.areas if area.pk in user.reach.areas]
    part_a = [Section(contents)] if permissions.sees_child_counts(user, contents.survey) else []
    return Tabs(part_a + [Section(contents, area) for area in areas])


def section_or_404(user: User, contents: Contents, code: str) -> Section:
    for section in sections_for(user, contents):
        if section.code == code:
            return section
    raise Http404
