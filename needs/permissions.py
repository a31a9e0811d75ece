"""Who may do what to which round, survey and need, as sentences. What they see at all: ``visible_to``."""

from __future__ import annotations

from directory import clock
from directory.models import Agency, CoordinationScope, HistoryEntry, Succession, Unit, User
from directory.models.history import HistoryEntryQuerySet
from directory.models.unit import UnitQuerySet
from directory.models.user import UserQuerySet
from directory.roles import Permission, Role
from needs.models import Need, Opinion, Survey, SurveyRound
from needs.models.survey import TAKE_OVER
from needs.states import SurveyState


def may_open_round_in(user: User, scope: Unit) -> bool:
    """A coordinator whose agency coordinates exactly this unit today [plan IV.1]."""
    return user.may(Permission.MANAGE_ROUNDS) and scopes_of(user).filter(pk=scope.pk).exists()


def scopes_of(user: User) -> UnitQuerySet:
    """The units that the user's agency coordinates today."""
    held = CoordinationScope.objects.on(clock.today()).filter(agency_id__in=user.reach.agencies)
    return Unit.objects.filter(pk__in=held.values("unit_id"))


def office_of(scope: Unit) -> Agency | None:
    """The agency that coordinates the unit today."""
    held = CoordinationScope.objects.on(clock.today()).filter(unit=scope).select_related("agency").first()
    return held.agency if held else None


def may_close(user: User, survey_round: SurveyRound) -> bool:
    return user.may(Permission.MANAGE_ROUNDS) and survey_round.scope_id in user.reach.scopes


def coordinates(user: User, commune: Unit) -> bool:
    """The commune lies in what the user's agency coordinates."""
    return user.may(Permission.REVIEW_SURVEY) and commune.pk in user.reach.scopes


def is_of_commune(user: User, commune: Unit) -> bool:
    """An officer of the commune itself (or of the one that succeeded it).

    Who also coordinates the commune, by a delegation, counts as coordinator; who deputises for its chair
    remains its officer.
    """
    officers = any(principal.role == Role.COMMUNE_OFFICER for principal in user.principals)
    return officers and commune.pk in user.reach.communes and not coordinates(user, commune)


def may_fill_in(user: User, survey: Survey) -> bool:
    """The commune's own officers; the coordinating office only where it enters on the commune's behalf."""
    if not user.may(Permission.ENTER_SURVEY):
        return False
    if is_of_commune(user, survey.commune):
        return True
    return survey.on_behalf_of_id is not None and coordinates(user, survey.commune)


def reviews(user: User, survey: Survey) -> bool:
    return user.may(Permission.REVIEW_SURVEY) and survey.round.scope_id in user.reach.scopes


def submitted_it(user: User, survey: Survey) -> bool:
    """Nobody approves or returns what they submitted."""
    return survey.submitted_by_id == user.pk


def signed_it(user: User, survey: Survey) -> bool:
    """Nor what they signed off, as chair of the commune then."""
    return survey.signed_by_id == user.pk


def typed_it(user: User, survey: Survey) -> bool:
    """Nor does anybody review rows of this version that they entered, be it on the commune's behalf."""
    return survey.rows.filter(saved_by=user).exists() or overtaken(user, survey).exists()


def overtaken(user: User, survey: Survey) -> HistoryEntryQuerySet:
    """Rows that the user had typed on the commune's behalf, before somebody else saved them once more."""
    if survey.on_behalf_of_id is None:
        return HistoryEntry.objects.none()
    return HistoryEntry.objects.of(survey).filter(verb=TAKE_OVER, details__former=user.pk)


def prioritises(user: User, need: Need) -> bool:
    """Who reviews the surveys of the need's round."""
    return user.may(Permission.REVIEW_SURVEY) and need.round.scope_id in user.reach.scopes


def sees_child_counts(user: User, survey: Survey) -> bool:
    """Lead agencies see the needs of their areas only; the commune, its coordinators and leaders see all."""
    return sees_counts_in(user, survey.commune)


def sees_counts_in(user: User, commune: Unit) -> bool:
    return commune.pk in user.reach.scopes or is_of_commune(user, commune)


def is_chair_of(user: User, commune: Unit) -> bool:
    """The leader of the commune's own committee (or of the one that succeeded it)."""
    return any(
        principal.role == Role.LEADER
        and principal.agency is not None
        and principal.agency.kind == Agency.Kind.COMMITTEE
        and principal.agency.unit.level == Unit.Level.COMMUNE
        and commune.pk in user.reach.communes
        for principal in user.principals
    )


def may_sign(user: User, survey: Survey) -> bool:
    """The commune's chair signs off before it goes, but nobody signs what they handed in themselves."""
    return user.may(Permission.SIGN_SURVEY) and is_chair_of(user, survey.commune)


def chairs_of(commune: Unit) -> UserQuerySet:
    """The accounts of who leads the commune's committee today, or that of the commune that succeeded it."""
    today = clock.today()
    units = Succession.objects.successors([commune.pk], today)
    committees = Agency.objects.on(today).filter(kind=Agency.Kind.COMMITTEE)
    committees = committees.filter(unit__in=units, unit__level=Unit.Level.COMMUNE)
    return User.objects.filter(role=Role.LEADER, is_active=True, agency__in=committees)


def asks_chair(user: User, survey: Survey) -> bool:
    """The round wants the chair's sign-off; what is entered from paper has it in ink already.

    What lies with the chair is the chair's, whoever hands it in once more.
    """
    with_chair = survey.state == SurveyState.SIGNING
    return survey.round.asks_chair and (with_chair or is_of_commune(user, survey.commune))


def gives_opinion(user: User, opinion: Opinion) -> bool:
    """An officer of the agency that was asked (or of its successor)."""
    return user.may(Permission.GIVE_OPINION) and opinion.agency_id in user.reach.agencies


def comments_on(user: User, survey: Survey) -> bool:
    """Who reviews the survey, and who fills it in."""
    return reviews(user, survey) or may_fill_in(user, survey)


def keeps_catalogue(user: User) -> bool:
    """The coordinating offices keep the one catalogue together: it is the same for every district."""
    return user.may(Permission.MANAGE_CATALOGUE)


def settles_comments(user: User, survey: Survey) -> bool:
    """Who reviews; the commune while it has the survey in hand."""
    return reviews(user, survey) or (survey.is_editable and may_fill_in(user, survey))


def may_correct(user: User, survey: Survey) -> bool:
    """The commune's own officers, or the coordinating office on the commune's behalf."""
    entitled = is_of_commune(user, survey.commune) or coordinates(user, survey.commune)
    return entitled and user.may(Permission.ENTER_SURVEY)
