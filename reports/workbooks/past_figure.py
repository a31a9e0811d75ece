"""Figures of past years as a workbook: “same period last year” for the years before the portal counted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directory import clock
from directory.errors import Forbidden
from directory.models import Unit
from directory.roles import Permission
from directory.text import unaccented
from documents.blank import BlankSheet, write_blank
from documents.imports.columns import Column, Type
from documents.imports.importer import Progress
from documents.imports.plan import Fate, Plan, PlannedRow
from documents.imports.register import (
    OPEN_ROWS,
    RegisterImporter,
    Values,
    heard,
    refuse_repeated,
    refusing_overlaps,
    stamp_of,
    written,
)
from documents.imports.table import TypedRow
from reports.actions.past_figure import enter_past_figures, lock_past_figures
from reports.models import Indicator, PastFigure, ReportingPeriod
from reports.past import problem_of_past_period
from reports.scopes import coordinated_by

Kind = ReportingPeriod.Kind
KINDS = [
    (Kind.HALF_YEAR.value, gettext_lazy("first 6 months")),
    (Kind.YEAR.value, gettext_lazy("whole year")),
]
Key = tuple[str, str, str, int]  # scope, indicator, kind, year


class PastFigureImporter(RegisterImporter):
    kind = "past-figures"
    title = gettext_lazy("Figures of past years")
    purpose = gettext_lazy(
        "From reports made before the portal counted. They stand, marked, as “same period last year”; leave "
        "empty what the old report does not say: 0 means that there was none."
    )
    permission = Permission.COMPILE_REPORT
    order = 60

    @cached_property
    def scopes(self) -> dict[str, Unit]:
        return {unit.code: unit for unit in coordinated_by(self.user)}

    @cached_property
    def indicators(self) -> dict[str, Indicator]:
        return {indicator.code: indicator for indicator in Indicator.objects.in_order()}

    @cached_property
    def columns(self) -> Sequence[Column]:
        choices = [(unit.code, f"{unit.code} {unit.name}") for unit in self.scopes.values()]
        within = Column(
            "scope", gettext_lazy("Within"), Type.CHOICE, required=True, choices=choices, width=24
        )
        return [within, *COLUMNS] if len(choices) > 1 else COLUMNS

    def refuse_unless_allowed(self) -> None:
        super().refuse_unless_allowed()
        if not self.scopes:
            raise Forbidden(_("Your office coordinates no unit today. Ask an administrator to enter it."))

    # What is stored ----------------------------------------------------------------------------
    def stored(self) -> Iterable[PastFigure]:
        figures = PastFigure.objects.visible_to(self.user).in_order()
        return [figure for figure in figures if figure.scope.code in self.scopes]

    def listed(self) -> Iterable[Values]:
        return (_described(figure) for figure in self.stored())

    def stamp(self) -> str:
        newest = PastFigure.history.order_by("-history_id").values_list("history_id", flat=True).first()
        periods = sorted(period.pk for period in self._counted().values())
        indicators = [(each.code, each.unit) for each in self.indicators.values()]
        return stamp_of(newest, periods, sorted(self.scopes), indicators, clock.today())

    def _counted(self) -> dict[tuple[str, str, int], ReportingPeriod]:
        """The periods that the portal counts itself."""
        periods = ReportingPeriod.objects.visible_to(self.user).select_related("scope")
        return {(period.scope.code, period.kind, period.year): period for period in periods}

    # What the rows would do --------------------------------------------------------------------
    def plan_rows(self, rows: Sequence[TypedRow], progress: Progress) -> list[PlannedRow]:
        known = {_key_of(figure): figure for figure in self.stored()}
        counted = self._counted()
        seen: dict[Key, int] = {}
        return [self._planned(row, known, counted, seen) for row in heard(rows, progress)]

    def _planned(
        self,
        row: TypedRow,
        known: dict[Key, PastFigure],
        counted: dict[tuple[str, str, int], ReportingPeriod],
        seen: dict[Key, int],
    ) -> PlannedRow:
        said = dict(row.values)
        row.values = {name: said[name] for name in ("value", "source") if name in said}
        indicator = self._indicator_of(row, said)
        if row.problems or indicator is None:
            return self.decide(row, str(said.get("code") or ""), None)
        key = self._key(said)
        refuse_repeated(row, key, seen)
        planned = self._compared(row, key, indicator, known.get(key))
        _scope, _code, kind, year = key
        problem = problem_of_past_period(kind, year, counted.get((key[0], kind, year)))
        if problem and planned.is_saved:
            row.refuse(problem, "year")
            return self.decide(row, planned.label, None)
        return planned

    def _key(self, said: dict[str, Any]) -> Key:
        scope = said["scope"] if len(self.scopes) > 1 else next(iter(self.scopes))
        return scope, said["code"], said["kind"], said["year"]

    def _compared(
        self, row: TypedRow, key: Key, indicator: Indicator, figure: PastFigure | None
    ) -> PlannedRow:
        label = f"{_name_of(indicator)}, {dict(KINDS)[key[2]]} {key[3]}"
        if figure is not None:
            return self.decide(row, label, _described(figure), {"pk": figure.pk})
        if row.get("value") is None:  # the old report does not say, and nothing is stored
            return self.decide(row, label, row.values)
        return self.decide(row, label, None, {"of": key})

    def _indicator_of(self, row: TypedRow, said: dict[str, Any]) -> Indicator | None:
        indicator = self.indicators.get(str(said.get("code")))
        if indicator is None and said.get("code"):
            message = _("No indicator has the code “%(code)s”. Take the codes from the template.")
            row.refuse(message % {"code": said["code"]}, "code")
        elif indicator and said.get("unit") and unaccented(said["unit"]) != unaccented(indicator.unit):
            message = _("It is counted in “%(unit)s”. Convert the value, or correct the unit of measure.")
            row.refuse(message % {"unit": indicator.unit}, "unit")
        return indicator

    # Saving ------------------------------------------------------------------------------------
    def save(self, plan: Plan) -> dict[str, object]:
        changed = [row for row in plan.to_save if row.fate is Fate.CHANGED]
        stored = lock_past_figures([row.data["key"]["pk"] for row in changed])
        for row in changed:
            figure = stored[row.data["key"]["pk"]]
            self.refuse_moved(row, {"value": figure.value, "source": figure.source})
            _assign(figure, self.values_of(row))
        added = [self._new(row) for row in plan.to_save if row.fate is Fate.ADDED]
        with refusing_overlaps():
            enter_past_figures(by=self.user, added=added, changed=list(stored.values()))
        return {}

    def _new(self, row: PlannedRow) -> PastFigure:
        scope, code, kind, year = row.data["key"]["of"]
        figure = PastFigure(scope=self.scopes[scope], indicator=self.indicators[code], kind=kind, year=year)
        _assign(figure, self.values_of(row))
        return figure

    def done_url(self) -> str:
        return reverse("past_figure_list")

    # A template with a line for each indicator ---------------------------------------------------
    def template(self) -> bytes:
        """Last year's two periods with what is known of them; other years are added below."""
        year = clock.today().year - 1
        known = {_key_of(figure): figure for figure in self.stored()}
        rows = [
            [_filled(column, self._line((scope, code, kind, year), known)) for column in self.columns]
            for scope in self.scopes
            for kind, _label in KINDS
            for code in self.indicators
        ]
        sheet = BlankSheet(
            str(self.title),
            [self._blank(column) for column in self.columns],
            rows,
            notes=[str(self.purpose)],
            open_rows=OPEN_ROWS,
        )
        return write_blank(sheet, stamp={"kind": self.kind})

    def _line(self, key: Key, known: dict[Key, PastFigure]) -> Values:
        if figure := known.get(key):
            return _described(figure)
        scope, code, kind, year = key
        return {"scope": scope, "kind": kind, "year": year, **_of_indicator(self.indicators[code])}


COLUMNS = [
    Column("code", gettext_lazy("Code"), required=True, most=60, width=26),
    Column(
        "name",
        gettext_lazy("Indicator"),
        most=300,
        width=44,
        help=gettext_lazy("for the reader; the code counts"),
    ),
    Column("unit", gettext_lazy("Unit of measure"), most=30, width=14),
    Column("kind", gettext_lazy("Period"), Type.CHOICE, required=True, choices=KINDS, width=16),
    Column("year", gettext_lazy("Year"), Type.WHOLE, required=True, most=4, width=8),
    Column(
        "value",
        gettext_lazy("Value"),
        Type.DONG,
        width=18,
        help=gettext_lazy("Empty: the old report does not say. 0: there was none."),
    ),
    Column(
        "source",
        gettext_lazy("Source"),
        most=200,
        width=34,
        help=gettext_lazy("number and day of the report that gives it"),
    ),
]


def _described(figure: PastFigure) -> Values:
    told: Values = {"kind": figure.kind, "year": figure.year, "value": figure.value, "source": figure.source}
    return {"scope": figure.scope.code, **_of_indicator(figure.indicator), **told}


def _of_indicator(indicator: Indicator) -> Values:
    return {"code": indicator.code, "name": _name_of(indicator), "unit": indicator.unit}


def _name_of(indicator: Indicator) -> str:
    """Lines of several areas bear the same name."""
    return f"{indicator.area}: {indicator}" if indicator.area else str(indicator)


def _filled(column: Column, line: Values) -> Any:
    """A cell of the template; what is not known stays empty, 0 is 0."""
    value = written(column, line.get(column.name))
    return None if value == "" else value


def _key_of(figure: PastFigure) -> Key:
    return figure.scope.code, figure.indicator.code, figure.kind, figure.year


def _assign(figure: PastFigure, values: Values) -> None:
    for name, value in values.items():
        setattr(figure, name, value or "" if name == "source" else value)
