"""What must hold of what a visit found, when it is written down and when it is corrected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from directory import clock
from distributions.models import ChecklistItem, Distribution, Finding, SupervisionSample, SupervisionVisit
from distributions.problems import Problems
from distributions.wording import day


@dataclass(frozen=True)
class Found:
    """The answer to a question; ``note`` says what is not in order."""

    item: ChecklistItem
    answer: str
    note: str = ""

    def place(self, what: str) -> str:
        """The field of the form where it stands."""
        return f"item-{self.item.pk}-{what}"


def check_day(problems: Problems, visit: SupervisionVisit, done_on: date) -> None:
    if done_on > clock.today():
        problems.add(
            "future",
            _("%(day)s has not come yet. Enter the day of the visit.") % {"day": day(done_on)},
            "done_on",
        )
    distribution = visit.distribution
    if distribution is None or distribution.sent_on is None:
        return
    sent_on = distribution.sent_on
    if done_on < sent_on:
        problems.add(
            "before_sent",
            _("%(code)s was sent on %(sent)s only. Enter the day on which it was looked at.")
            % {"code": distribution.code, "sent": day(sent_on)},
            "done_on",
        )


def check_team(problems: Problems, team: str) -> None:
    if not team.strip():
        problems.add("team", _("Say who goes, with their agencies."), "team")


def check_conclusion(problems: Problems, conclusion: str) -> None:
    if not conclusion.strip():
        problems.add("conclusion", _("Sum up what was found in a sentence or two."), "conclusion")


def check_findings(problems: Problems, asked: Mapping[int, str], findings: Sequence[Found]) -> None:
    """``asked``: the words of each question, by its id."""
    given = {found.item.pk: found for found in findings}
    if len(given) < len(findings):
        problems.add("twice", _("A question was answered twice. Reload the page and enter it again."))
    for item, question in asked.items():
        if item not in given:
            problems.add(
                "unanswered", _("Answer “%(question)s”.") % {"question": question}, f"item-{item}-answer"
            )
    for found in findings:
        if found.item.pk not in asked or found.answer not in Finding.Answer.values:
            problems.add("foreign", _("Choose one of the answers."), found.place("answer"))
        elif found.answer == Finding.Answer.NO and not found.note.strip():
            problems.add("no_note", _("Say what is not in order."), found.place("note"))


def looked_at_nothing(findings: Sequence[Found]) -> bool:
    """Every question was left aside."""
    return bool(findings) and all(found.answer == Finding.Answer.NOT_LOOKED_AT for found in findings)


def drew(sample: SupervisionSample, distribution: Distribution | None) -> bool:
    return distribution is not None and sample.distributions.filter(pk=distribution.pk).exists()


def check_drawn(
    problems: Problems, sample: SupervisionSample | None, distribution: Distribution | None, place: str
) -> None:
    if sample is not None and not drew(sample, distribution):
        problems.add(
            "not_drawn",
            _("The sample did not draw this delivery. Begin on the delivery's own page instead."),
            place,
        )
