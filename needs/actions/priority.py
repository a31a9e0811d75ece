"""The reviewer's priority beside the commune's own: of a row while it is reviewed, of a need afterwards."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from directory import history
from directory.deeds import action
from directory.errors import Forbidden, Problem, Refusal, WrongState
from directory.models import Place, SupportArea, User
from needs import permissions
from needs.actions.review import refuse_reviewer
from needs.actions.round import held_surveys
from needs.actions.survey import locked, refuse_closed
from needs.cells import PRIORITIES
from needs.models import Need, NeedStatement, Survey
from needs.states import SurveyState

LONGEST = 300


@action
def prioritise_row(
    *, by: User, survey: Survey, place: Place, area: SupportArea, priority: int | None, reason: str
) -> Survey:
    """Set the reviewer's priority of a row (one a row, decision 0007); None takes it back.

    The commune's own stands beside it; on approval the reviewer's is in force. Raises ``Forbidden`` (no
    reviewer, or one's own survey), ``WrongState`` (not submitted, round closed), ``Refusal`` (no need in
    that row; no priority 1 to 4; one without a reason).
    """
    survey = locked(survey)
    refuse_reviewer(by, survey)
    refuse_closed(survey.round, survey.commune)
    if survey.state != SurveyState.SUBMITTED:
        message = _(
            "The reviewer's priority is set while the survey is submitted and waits for review. "
            "After approval it is set at the need."
        )
        raise WrongState(message, code="survey_not_submitted")
    row = NeedStatement.objects.filter(survey=survey, place=place, item__area=area)
    stated = list(row.order_by("priority").values_list("priority", "reviewed_priority"))
    if not stated:
        message = _("%(place)s states no need in “%(area)s”, so there is nothing to prioritise.")
        raise Refusal(message % {"place": place.name, "area": area}, code="no_need", place="priority")
    own, before = stated[0]
    _refuse_priority(priority, reason)
    row.update(reviewed_priority=priority)
    # The reason is kept in the details: agencies that read the survey's history do not see all of its areas.
    history.record(
        survey,
        "prioritise_row",
        by=by,
        row=[place.pk, area.pk],
        priority=priority,
        before=before,
        stated=own,
        why=reason.strip(),
    )
    return survey


@action
def prioritise_need(*, by: User, need: Need, priority: int | None, reason: str) -> Need:
    """Set the priority in force of an approved need; None goes back to the commune's own.

    It is written to what the survey says too (and to an open correction of it), so that a correction keeps
    it. Raises ``Forbidden``, ``WrongState`` (need or round closed), ``Refusal`` (no priority, no reason).
    """
    versions = Survey.objects.filter(round=need.round_id, commune=need.place.unit_id)
    surveys = held_surveys(versions)
    need = Need.objects.select_for_update(no_key=True, of=("self",)).select_related("survey").get(pk=need.pk)
    if not permissions.prioritises(by, need):
        message = _("The priority of a need is set by the agency that coordinates %(scope)s.")
        raise Forbidden(message % {"scope": need.round.scope})
    refuse_closed(need.round, need.survey.commune)
    if need.closed_at:
        message = _("This need was closed: %(reason)s. Its priority stays as it was.")
        raise WrongState(message % {"reason": need.close_reason}, code="need_closed")
    _refuse_priority(priority, reason)
    before, need.priority = need.priority, priority or need.stated_priority
    need.save(update_fields=["priority"])
    carrying = [survey.pk for survey in surveys if survey.pk >= need.survey_id]
    statements = NeedStatement.objects.filter(survey__in=carrying, place=need.place_id, item=need.item_id)
    statements.filter(age_band=need.age_band_id).update(reviewed_priority=priority)
    history.record(
        need, "prioritise_need", by=by, reason=reason.strip(), before=before, priority=need.priority
    )
    return need


def _refuse_priority(priority: int | None, reason: str) -> None:
    if problems := list(_problems(priority, reason.strip())):
        raise Refusal(problems, code="invalid_priority")


def _problems(priority: int | None, reason: str) -> Iterator[Problem]:
    if priority is not None and priority not in PRIORITIES:
        yield Problem(_("The priority is 1 (most urgent) to 4. Choose one of them."), "priority")
    if priority is not None and not reason:
        message = _("No reason was given. Say why the priority is set, so that the commune can follow it.")
        yield Problem(message, "reason")
    if len(reason) > LONGEST:
        message = _("The reason has %(length)s characters; at most %(most)s fit. Shorten it.")
        yield Problem(message % {"length": str(len(reason)), "most": str(LONGEST)}, "reason")
