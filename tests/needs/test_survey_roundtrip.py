"""Any valid survey becomes a workbook and comes back identical; once more, it changes nothing."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from directory.models import Place, SupportArea, User
from documents.imports.plan import Fate, Plan
from needs.cells import NOTHING, PRIORITY, REASON, StatedNeed, key_of
from needs.columns import columns_of
from needs.contents import Contents
from needs.earlier import Said
from needs.models import SupportItem, Survey
from needs.said import said_in
from needs.sections import Section
from needs.workbooks.survey.importer import SurveyImporter
from tests.needs.build import started_survey
from tests.needs.workbook import Filled
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
# Examples in every run and in a deep one.
SHORT_AND_LONG = [6, pytest.param(200, marks=pytest.mark.deep)]
COUNTS = st.none() | st.integers(0, 999_999_999)
NEEDED = st.integers(1, 999_999_999)
# What people write as a reason, and what somebody writes to see what happens.
LETTERS = "aăâđêôơưáàảãạệữ ÀĐ\u0301\u0323\"'=+-@;,.(%)_x0012…–“”\t\n5"
REASONS = st.text(st.sampled_from(LETTERS), max_size=40) | st.sampled_from(
    ["=1+1", "@SUM(A1)", "-5", "1.234", "TRUE", "03/04/2025", "'", "_x000D_", "#N/A"]
)
Row = tuple[Place, SupportArea | None]


def row_of(section: Section) -> st.SearchStrategy[dict[str, Any]]:
    """What a row says, as somebody writes it into the workbook."""
    names = [column.name for column in columns_of(section)]
    if section.area is None:
        return st.fixed_dictionaries(dict.fromkeys(names, COUNTS))
    pairs = [(name, f"q{name[1:]}") for name in names if name.startswith("n")]
    needs = st.lists(st.sampled_from(pairs), min_size=1, unique=True).flatmap(
        lambda chosen: st.fixed_dictionaries({name: NEEDED for pair in chosen for name in pair})
    )
    empty = dict.fromkeys([*names, REASON, NOTHING])
    of_row = {PRIORITY: st.sampled_from("1234"), REASON: REASONS}
    stating = st.builds(
        lambda cells, row, girls: empty | cells | (girls_of(names, cells) if girls else {}) | row,
        needs,
        st.fixed_dictionaries(of_row),
        st.booleans(),
    )
    return stating | st.sampled_from([empty | {PRIORITY: "3", NOTHING: tick} for tick in ("x", None)])


def girls_of(names: list[str], cells: dict[str, int]) -> dict[str, int]:
    """Half of the children, where the item asks for them."""
    asked = {name: f"n{name[1:]}" for name in names if name.startswith("g")}
    return {name: cells[children] // 2 for name, children in asked.items() if children in cells}


def said_by(rows: dict[Row, dict[str, Any]]) -> Said:
    """What a survey says that holds these rows."""
    said = Said(
        nothing=frozenset((place.pk, area.pk) for (place, area), row in rows.items() if area and row[NOTHING])
    )
    for (place, area), row in rows.items():
        for name in (name for name in row if name[0] in "cn" and row[name] is not None):
            if area is None:
                said.counts[place.pk, *key_of(name)] = row[name]
            else:
                reason = " ".join(unicodedata.normalize("NFC", row[REASON]).split())
                quantity, girls = row[f"q{name[1:]}"], row.get(f"g{name[1:]}")
                need = StatedNeed(row[name], quantity, int(row[PRIORITY]), reason, girls)
                said.statements[place.pk, *key_of(name)] = need
    return said


def imported(user: User, survey: Survey, file: Filled, stamped: bool = True) -> Plan:
    """Planned and saved; ``stamped`` False: as a list of which the portal does not know that it made it."""
    importer, book = SurveyImporter(user, survey), file.read
    if not stamped:
        book.stamp.clear()
    plan = importer.plan(book)
    importer.save(plan)
    return plan


def unchanged(plan: Plan) -> bool:
    return {row.fate for row in plan.rows} <= {Fate.UNCHANGED}


@pytest.mark.parametrize("examples", SHORT_AND_LONG)
def test_any_survey_comes_back_identical_and_then_changes_nothing(
    world: World, officer: User, examples: int
) -> None:
    SupportItem.objects.filter(code="warm_clothing").update(by_sex=True)
    survey = started_survey(world)
    empty = SurveyImporter(officer, survey).template()
    contents = Contents(survey)
    sections = [Section(contents), *(Section(contents, area) for area in contents.areas)]
    places = [(place, section) for section in sections for place in contents.places]
    drawn = st.fixed_dictionaries({(place, section.area): row_of(section) for place, section in places})

    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(rows=drawn)
    def holds(rows: dict[Row, dict[str, Any]]) -> None:
        said = said_by(rows)
        file = Filled(officer, survey, empty)
        for (place, area), row in rows.items():
            file.write(place, area, row)
        with transaction.atomic():
            imported(officer, survey, file)
            assert said_in(Contents(survey)) == said
            again = Filled(officer, survey)
            assert unchanged(imported(officer, survey, file))
            assert unchanged(imported(officer, survey, again))
            assert unchanged(imported(officer, survey, again, stamped=False))
            transaction.set_rollback(True)
        with transaction.atomic():
            imported(officer, survey, again, stamped=False)
            assert said_in(Contents(survey)) == said
            transaction.set_rollback(True)

    holds()
