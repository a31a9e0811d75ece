"""Survey rounds, and how far each commune of one is, as files."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directory.models import Agency, User
from documents.exports import ListColumn, ListFile, local_day, made_on
from documents.spreadsheet import Heading, Sheet, Value
from needs.models import SurveyRound
from needs.overview import Overview
from needs.progress import Progress, Totals

Line = tuple[SurveyRound, Totals]

ROUNDS = ListFile[Line](
    gettext_lazy("Survey rounds"),
    "dot-ra-soat",
    [
        ListColumn(gettext_lazy("Name"), 36, lambda line: line[0].name),
        ListColumn(gettext_lazy("Kind"), 18, lambda line: line[0].get_kind_display()),
        ListColumn(gettext_lazy("Within"), 20, lambda line: str(line[0].scope)),
        ListColumn(gettext_lazy("State"), 14, lambda line: line[0].get_state_display()),
        ListColumn(gettext_lazy("Opens on"), 12, lambda line: line[0].opens_on),
        ListColumn(gettext_lazy("Due on"), 12, lambda line: line[0].due_on),
        ListColumn(gettext_lazy("Event"), 24, lambda line: line[0].event),
        ListColumn(gettext_lazy("Communes"), 10, lambda line: line[1].communes),
        ListColumn(gettext_lazy("Approved"), 10, lambda line: line[1].approved),
        ListColumn(gettext_lazy("Submitted"), 10, lambda line: line[1].submitted),
        ListColumn(gettext_lazy("With the chair"), 10, lambda line: line[1].signing),
        ListColumn(gettext_lazy("Late"), 10, lambda line: line[1].late),
    ],
)


def progress_sheet(user: User, overview: Overview, office: Agency | None) -> Sheet:
    """The communes in rows; of each section how much is given and how much is asked."""
    survey_round = overview.round
    return Sheet(
        title=_("Progress of the round: %(round)s") % {"round": survey_round.name},
        notes=[str(user.agency or ""), f"{_('State')}: {survey_round.get_state_display()}", made_on()],
        columns=[*_headings(), *_section_headings(overview)],
        rows=([*_row(line, office), *_sections(line)] for line in overview.lines),
    )


def _headings() -> list[Heading]:
    return [
        Heading(_("Commune"), 20),
        Heading(_("State"), 18),
        Heading(_("Version"), 9),
        Heading(_("Due on"), 12),
        Heading(_("Days late"), 9),
        Heading(_("Who acts now"), 24),
        Heading(_("Submitted on"), 12),
        Heading(_("Reviewed on"), 12),
        Heading(_("Given in all, %"), 10),
    ]


def _section_headings(overview: Overview) -> Iterator[Heading]:
    for column in overview.columns:
        yield Heading(_("%(section)s: given") % {"section": column.label}, 14)
        yield Heading(_("%(section)s: asked") % {"section": column.label}, 14)


def _row(line: Progress, office: Agency | None) -> list[Value]:
    survey = line.survey
    return [
        line.commune.name,
        survey.get_state_display() if survey else _("Not started"),
        survey.version if survey else "",
        line.due_on,
        line.days_late,
        _who_acts(line, office),
        local_day(survey.submitted_at) if survey else "",
        local_day(survey.reviewed_at) if survey else "",
        line.percent,
    ]


def _who_acts(line: Progress, office: Agency | None) -> str:
    coordinating = office.short_name if office else _("The coordinating office")
    acting = {"chair": _("The commune's chair"), "commune": _("The commune"), "office": coordinating}
    return acting.get(line.awaits, "")


def _sections(line: Progress) -> Iterator[Value]:
    """A section that the reader does not see stays empty."""
    for cell in line.cells:
        yield cell.given if cell else ""
        yield cell.to_give if cell else ""
