"""Villages, schools and sites: data that the district enters [FIELD section 2]."""

from __future__ import annotations

import uuid
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from directory import clock, history
from directory.actions.register import save_row
from directory.deeds import action
from directory.errors import Problem, Refusal, WrongState
from directory.models import Place, Unit, User
from directory.permissions import demand_places_of
from directory.stale import refuse_stale


@action
def enter_place(
    *,
    by: User,
    unit: Unit,
    kind: str,
    name: str,
    valid_from: date,
    order: int = 0,
    lies_in: Place | None = None,
    key: uuid.UUID | None = None,
) -> Place:
    """Enter a village, school or school site of a commune. ``lies_in``: the village of a school.

    Raises ``Forbidden``; ``Refusal`` if the commune is not in existence then or already has such a place,
    or if a school cannot lie there.
    """
    demand_places_of(by, unit)
    name = " ".join(name.split())
    place = Place(unit=unit, kind=kind, name=name, valid_from=valid_from, order=order, lies_in=lies_in)
    save_row(place, by=by)
    history.record(place, "enter place", by=by)
    return place


@action
def change_place(*, by: User, place: Place, version: int, lies_in: Place | None) -> Place:
    """Say in which village a school lies; None: nobody knows. ``version``: ``history.version_of`` when read.

    Raises ``Forbidden``; ``WrongState`` if the place has ended; ``Stale`` with both villages over a newer
    change; ``Refusal`` if it cannot lie there.
    """
    demand_places_of(by, place.unit)
    place = _locked(place)
    stood = place.lies_in
    before, after = {"lies_in": _named(stood)}, {"lies_in": _named(lies_in)}
    refuse_stale(place, version, theirs=before, yours=after)
    if lies_in == stood:
        return place
    _refuse_ended(place)
    place.lies_in = lies_in
    save_row(place, by=by)
    history.record(place, "change place", by=by, before=before, after=after)
    return place


@action
def end_place(*, by: User, place: Place, last_day: date, reason: str) -> Place:
    """Say that a place exists until ``last_day``; what was surveyed and delivered there stays.

    Raises ``Forbidden``; ``WrongState`` if it has ended; ``Refusal`` for a day before it began.
    """
    demand_places_of(by, place.unit)
    place = _locked(place)
    _refuse_ended(place)
    if last_day < place.valid_from:
        message = _("%(place)s exists from %(day)s only. Choose that day or a later one.")
        day = date_format(place.valid_from, "SHORT_DATE_FORMAT")
        raise Refusal([Problem(message % {"place": place, "day": day}, "last_day")], code="before_start")
    place.valid_to = last_day
    save_row(place, by=by)
    history.record(place, "end place", by=by, reason=reason)
    return place


def _locked(place: Place) -> Place:
    return Place.objects.select_for_update(no_key=True).get(pk=place.pk)


def _refuse_ended(place: Place) -> None:
    if place.valid_to is not None and place.valid_to <= clock.today():
        raise WrongState(
            _("%(place)s has ended on %(day)s already; nothing was changed.")
            % {"place": place, "day": date_format(place.valid_to, "SHORT_DATE_FORMAT")}
        )


def _named(village: Place | None) -> str:
    return "" if village is None else village.name
