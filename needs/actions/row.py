"""Save one line of the grid."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.db.models import F
from django.utils.translation import gettext as _

from directory import clock, history
from directory.deeds import action
from directory.errors import Problem, Refusal, Stale, WrongState
from directory.models import Place, SupportArea, User
from needs import cells as naming
from needs.actions.survey import acts_for, locked, refuse_closed, refuse_unless_filled_in_by
from needs.cells import MOST, NOTHING, PRIORITIES, PRIORITY, CountCells, NeedCells, StatedNeed, Value, text_of
from needs.checks import what_is_wrong
from needs.contents import Contents
from needs.models import ChildCount, NeedStatement, SupportItem, Survey, SurveyRow
from needs.models.survey import TAKE_OVER
from needs.said import said_when_returned
from needs.states import EDITABLE, SurveyState


@action
def save_row(
    *,
    by: User,
    survey: Survey,
    place: Place,
    area: SupportArea | None,
    version: int,
    cells: CountCells | NeedCells,
    nothing: bool | None = None,
) -> SurveyRow:
    """Save the given cells of one place: child counts (``area`` None) or stated needs of an area.

    A cell with None is cleared (empty is not zero); a cell that is not given stays. ``nothing``: the place
    needs nothing in this area and says so (None: as it was; stating a need takes it back).
    ``version`` is the row's version that the writer had read (0: an empty row). Raises ``Stale`` with both
    values by cell over a newer save, ``WrongState`` (submitted, approved, round closed), ``Forbidden``,
    ``Refusal`` naming each wrong cell.
    """
    survey = locked(survey)
    refuse_unless_open_to(by, survey)
    return save_in(Contents(survey), by, place, area, version, cells, nothing)


def save_in(
    contents: Contents,
    by: User,
    place: Place,
    area: SupportArea | None,
    version: int,
    cells: CountCells | NeedCells,
    nothing: bool | None = None,
) -> SurveyRow:
    """``save_row`` for an action that has locked the survey and asked whether ``by`` may write into it."""
    survey = contents.survey
    if place not in contents.places:
        message = _("%(place)s is not among the places of this survey. Reload the page.")
        raise Refusal(message % {"place": place.full_name}, code="not_in_survey")
    problems = list(problems_in(contents, area, cells))
    problems += nothing_beside_needs(contents, place, area, cells, nothing)
    if problems:
        raise Refusal(problems, code="invalid_cells")
    row, _created = SurveyRow.objects.get_or_create(survey=survey, place=place, area=area)
    if any(cells.values()) and area:
        nothing = False
    said = {} if nothing is None else {"nothing": nothing}
    as_read = SurveyRow.objects.filter(pk=row.pk, version=version)
    if as_read.update(version=F("version") + 1, saved_by=by, saved_at=clock.now(), **said):
        _write(contents, place, area, cells)
        _keep_former(survey, by, row)
    else:
        _refuse_stale(contents, by, row, cells, nothing)
    return SurveyRow.objects.select_related("saved_by").get(pk=row.pk)


def _keep_former(survey: Survey, by: User, row: SurveyRow) -> None:
    """On the commune's behalf nobody reviews what they typed, even if somebody else saves it once more."""
    if survey.on_behalf_of_id and row.saved_by_id not in (None, by.pk):
        for_agency = acts_for(by, survey)
        history.record(
            survey, TAKE_OVER, by=by, on_behalf_of=for_agency, former=row.saved_by_id, place=row.place.name
        )


def nothing_beside_needs(
    contents: Contents, place: Place, area: SupportArea | None, cells: Mapping, nothing: bool | None
) -> Iterator[Problem]:
    """“Nothing is needed” and a need exclude each other."""
    if not nothing:
        return
    if area is None:
        yield Problem(_("“Nothing is needed” is said of a support area, not of the child counts."), NOTHING)
    elif any({**contents.needs_at(place, area), **cells}.values()):
        message = _(
            "The row says that nothing is needed, and yet states a need. "
            "Clear the numbers, or untick “nothing”."
        )
        yield Problem(message, NOTHING)


def refuse_unless_open_to(user: User, survey: Survey) -> None:
    """Raises ``Forbidden`` or ``WrongState`` unless ``user`` may write into the survey as it stands."""
    refuse_unless_filled_in_by(user, survey)
    refuse_closed(survey.round, survey.commune)
    _refuse_unless_editable(survey)


def _refuse_unless_editable(survey: Survey) -> None:
    if survey.state in EDITABLE:
        return
    if survey.state == SurveyState.SIGNING:
        message = _(
            "Not saved: the survey of %(commune)s waits for the sign-off of the commune's chair. "
            "Ask the chair to send it back."
        )
    elif survey.state == SurveyState.SUBMITTED:
        message = _(
            "Not saved: the survey of %(commune)s was submitted and waits for review. "
            "Ask the coordinating office to return it."
        )
    else:
        message = _(
            "Not saved: the survey of %(commune)s is approved. "
            "Start a correction of it, which is a new version."
        )
    raise WrongState(message % {"commune": survey.commune}, code="survey_not_editable", state=survey.state)


def problems_in(contents: Contents, area: SupportArea | None, cells: Mapping) -> Iterator[Problem]:
    """What is wrong with the cells themselves, each named at its cell."""
    for key, value in cells.items():
        if area is None:
            yield from _count_problems(contents, key, value)
        else:
            yield from _need_problems(contents, area, key, value)


def _count_problems(contents: Contents, key: tuple[int, int], value: int | None) -> Iterator[Problem]:
    bands, groups = {band.pk for band in contents.bands}, {group.pk for group in contents.subgroups}
    if key[0] not in bands or key[1] not in groups:
        yield Problem(_("This survey has no such column. Reload the page."), naming.count_cell(*key))
    elif value is not None:
        yield from _range(value, naming.count_cell(*key))


def _need_problems(
    contents: Contents, area: SupportArea, key: tuple[int, int], need: StatedNeed | None
) -> Iterator[Problem]:
    place = naming.quantity_cell(*key)
    asked = {(item.pk, band.pk): item for item, band in contents.item_bands_of(area)}
    if key not in asked:
        yield Problem(_("This survey has no such column. Reload the page."), place)
        return
    if need is None:
        return
    if wrong := what_is_wrong(need.children, need.quantity):
        empty = naming.children_cell(*key) if need.children is None else place
        yield Problem(wrong[0].upper() + wrong[1:], empty)
    yield from _girls_problems(asked[key], key, need)
    numbers = (
        (need.children, naming.children_cell(*key)),
        (need.girls, naming.girls_cell(*key)),
        (need.quantity, place),
    )
    for value, cell in numbers:
        if value is not None:
            yield from _range(value, cell)
    if need.priority not in PRIORITIES:
        yield Problem(_("The priority is 1 (most urgent) to 4. Choose one of them."), PRIORITY)


def _girls_problems(item: SupportItem, key: tuple[int, int], need: StatedNeed) -> Iterator[Problem]:
    """Girls are part of the children. More girls than children is saved and named by the checks."""
    if need.girls is None:
        return
    if not item.by_sex:
        message = _("%(item)s is not asked for by sex. Clear the number of girls.")
        yield Problem(message % {"item": item}, naming.girls_cell(*key))
    elif need.children is None and need.quantity is None:
        message = _("Girls without children. Enter how many children in all, or clear the girls.")
        yield Problem(message, naming.children_cell(*key))


def _range(value: int, cell: str) -> Iterator[Problem]:
    if value < 0:
        yield Problem(_("A number of children or things is 0 or more. Correct it."), cell)
    elif value > MOST:
        yield Problem(_("This number has more than 9 digits. Check the figure."), cell)


def _refuse_stale(contents: Contents, by: User, row: SurveyRow, cells: Mapping, nothing: bool | None) -> None:
    """Both values of every cell that differs, and who saved the other ones.

    If none differs the same save has come twice (the answer to the first was lost on the way): no refusal.
    """
    row = SurveyRow.objects.select_related("saved_by").get(pk=row.pk)
    yours = _values(row.area, cells)
    if nothing is not None:
        yours[NOTHING] = int(nothing) or None
    stored = contents.values_at(row.place, row.area)
    differing = [name for name, value in yours.items() if text_of(value) != text_of(stored.get(name))]
    if not differing:
        return
    raise Stale(
        _why_stale(by, row),
        theirs={name: stored.get(name) for name in differing},
        yours={name: yours[name] for name in differing},
        by=row.saved_by,
        at=row.saved_at,
        version=row.version,
    )


def _why_stale(by: User, row: SurveyRow) -> str:
    if row.saved_by == by:
        message = _(
            "You changed %(place)s yourself meanwhile, in another window or before the connection broke, and "
            "it was not overwritten. Take the saved values or keep those of this window."
        )
        return message % {"place": row.place.name}
    message = _(
        "%(place)s was changed meanwhile by %(by)s and was not overwritten. "
        "Take the other values or keep yours."
    )
    return message % {"place": row.place.name, "by": row.saved_by or _("somebody else")}


def _values(area: SupportArea | None, cells: Mapping) -> dict[str, Value]:
    return naming.count_values(cells) if area is None else naming.need_values(cells)


def _write(contents: Contents, place: Place, area: SupportArea | None, cells: Mapping) -> None:
    if area is None:
        _write_counts(contents.survey, place, cells)
    else:
        _write_needs(contents.survey, place, area, cells)


def _write_counts(survey: Survey, place: Place, cells: CountCells) -> None:
    stored = {
        (count.age_band_id, count.subgroup_id): count
        for count in ChildCount.objects.filter(survey=survey, place=place)
    }
    cleared = [stored[key].pk for key, value in cells.items() if value is None and key in stored]
    ChildCount.objects.filter(pk__in=cleared).delete()
    given = [
        ChildCount(survey=survey, place=place, age_band_id=band, subgroup_id=group, value=value)
        for (band, group), value in cells.items()
        if value is not None
    ]
    unique = ["survey", "place", "age_band", "subgroup"]
    ChildCount.objects.bulk_create(
        given, update_conflicts=True, unique_fields=unique, update_fields=["value"]
    )


def _write_needs(survey: Survey, place: Place, area: SupportArea, cells: NeedCells) -> None:
    reviewed = _reviewed_priority(survey, place, area) if any(cells.values()) else None
    for item, band in [key for key, need in cells.items() if need is None]:
        NeedStatement.objects.filter(survey=survey, place=place, item=item, age_band=band).delete()
    given = [
        NeedStatement(
            survey=survey,
            place=place,
            item_id=item,
            age_band_id=band,
            children=need.children or 0,
            girls=need.girls,
            quantity=need.quantity or 0,
            priority=need.priority,
            reviewed_priority=reviewed,
            reason=need.reason.strip()[:300],
        )
        for (item, band), need in cells.items()
        if need is not None
    ]
    NeedStatement.objects.bulk_create(
        given,
        update_conflicts=True,
        unique_fields=["survey", "place", "item", "age_band"],
        update_fields=["children", "girls", "quantity", "priority", "reason"],
    )


def _reviewed_priority(survey: Survey, place: Place, area: SupportArea) -> int | None:
    """The reviewer's priority of the row, for what is stated in it anew; before a review there is none.

    Of a row that was emptied meanwhile, the one that it had when it was reviewed.
    """
    if survey.returned_cells is None and survey.version == 1:
        return None
    row = NeedStatement.objects.filter(survey=survey, place=place, item__area=area)
    if stated := list(row.values_list("reviewed_priority", flat=True)):
        return min(filter(None, stated), default=None)
    return reviewed_before(survey, area).get(place.pk)


def reviewed_before(survey: Survey, area: SupportArea) -> dict[int, int | None]:
    """The reviewer's priority of each row of the area, by place: when it was last returned, or in force."""
    versions = []
    if committed := Contents(survey).committed:
        versions.append(Contents(committed).statements)
    if returned := said_when_returned(survey):
        versions.append(returned.statements)
    items = set(SupportItem.objects.filter(area=area).values_list("pk", flat=True)) if versions else set()
    found: dict[int, int | None] = {}
    for stated in versions:
        rows: dict[int, list[int]] = {}
        for (place, item, _band), need in stated.items():
            if item in items:
                rows.setdefault(place, []).append(need.reviewed or 0)
        found |= {place: min(filter(None, reviewed), default=None) for place, reviewed in rows.items()}
    return found
