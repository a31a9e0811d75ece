"""The survey by Excel, as the common way of workbooks takes it (``documents.imports``)."""

from __future__ import annotations

import hashlib
import json

from django.urls import reverse
from django.utils.translation import gettext_lazy

from directory.models import Place, SupportArea
from directory.roles import Permission
from documents.imports.importer import Importer, Progress, unheard
from documents.imports.plan import Fate, Plan, PlannedRow
from documents.reading import Book
from needs.actions.paste import PastedRow
from needs.actions.row import refuse_unless_open_to
from needs.actions.workbook import save_workbook
from needs.checks import CHILDREN
from needs.contents import Contents
from needs.models import Survey
from needs.sections import sections_for
from needs.workbooks.survey.filled import FilledReader
from needs.workbooks.survey.plain import PlainReader
from needs.workbooks.survey.plan import plan_of
from needs.workbooks.survey.stamp import KIND, refuse_unless_of, with_versions
from needs.workbooks.survey.template import workbook_of


class SurveyImporter(Importer):
    """Of one survey (``subject``), by who may fill it in, while it may be changed."""

    kind = KIND
    title = gettext_lazy("Survey by Excel")
    purpose = gettext_lazy("The survey's own workbook, or any list with its headings and places.")
    permission = Permission.ENTER_SURVEY
    has_subject = True

    @property
    def survey(self) -> Survey:
        assert isinstance(self.subject, Survey)
        return self.subject

    def refuse_unless_allowed(self) -> None:
        """Raises ``Forbidden``, or ``WrongState``: it was handed in, or the round is closed."""
        super().refuse_unless_allowed()
        refuse_unless_open_to(self.user, self.survey)

    def plan(self, book: Book, progress: Progress = unheard) -> Plan:
        contents = Contents(self.survey)
        sections = sections_for(self.user, contents)
        if book.stamp:
            refuse_unless_of(self.survey, book.stamp)
            said = FilledReader(sections, book.stamp).read(book)
        else:
            said = PlainReader(sections).read(book)
        return plan_of(contents, said, progress)

    def stamp(self) -> str:
        """Of the rows' versions, and of what is asked where."""
        contents = Contents(self.survey)
        rows = sorted((place, area or 0, row.version) for (place, area), row in contents.rows.items())
        asked = [[item.pk, item.by_sex, band.pk] for item, band in contents.item_bands]
        counted = [[each.pk for each in contents.bands], [each.pk for each in contents.subgroups]]
        places = [[place.pk, place.name] for place in contents.places]
        compared = [self.survey.pk, self.survey.state, rows, asked, counted, places]
        return hashlib.sha256(json.dumps(compared).encode()).hexdigest()

    def save(self, plan: Plan) -> dict[str, object]:
        areas = {area.pk: area for area in Contents(self.survey).areas}
        places = {place.pk: place for place in Contents(self.survey).places}
        rows = [_to_save(row, areas, places) for row in plan.to_save]
        save_workbook(by=self.user, survey=self.survey, rows=rows)
        return {}

    def errors_stamp(self, book: Book, plan: Plan) -> dict[str, str]:
        """It shows both values of the rows that somebody changed: from there it goes on."""
        codes = {area.pk: area.code for area in Contents(self.survey).areas}
        seen = [row.data for row in plan.rows if row.fate is Fate.REFUSED and row.data]
        rows = [(codes.get(data["area"], CHILDREN), data["place"], data["version"]) for data in seen]
        return with_versions(book.stamp, rows) if book.stamp else {}

    def template(self) -> bytes:
        self.refuse_unless_allowed()
        sections = sections_for(self.user, Contents(self.survey, compared=True))
        return workbook_of(sections)

    def upload_url(self) -> str:
        return reverse("survey_workbook", args=[self.survey.pk])

    def done_url(self) -> str:
        return reverse("survey_check", args=[self.survey.pk])


def _to_save(
    row: PlannedRow, areas: dict[int, SupportArea], places: dict[int, Place]
) -> tuple[SupportArea | None, PastedRow]:
    area, data = areas.get(row.data["area"]), row.data
    return area, PastedRow(places[data["place"]], data["version"], data["values"])
