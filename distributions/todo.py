"""What this room asks of a user now."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from directory import clock
from directory.models import User
from directory.roles import Permission
from directory.todo import Todo
from distributions.models import Allocation, Distribution, Recommendation, SupervisionVisit
from distributions.permissions import communes_received_for
from distributions.scope import areas_led_by
from distributions.wording import day, listed, number, thing
from donors.models import SupplyLine
from needs.models import Need

URGENT = 2
SOON = timedelta(days=7)
# A task list is for reading: more of one kind stand in their own list.
AT_MOST = 5


def todo(user: User) -> list[Todo]:
    return [
        *_to_confirm(user),
        *_to_settle(user),
        *_to_note(user),
        *_to_read(user),
        *_to_plan(user),
        *_to_send(user),
        *_to_match(user),
        *_to_answer(user),
        *_to_supervise(user),
    ]


def _to_confirm(user: User) -> Iterator[Todo]:
    """The commune: deliveries on their way or arrived."""
    if not user.may(Permission.CONFIRM_DELIVERY):
        return
    on_the_way = Distribution.objects.visible_to(user).sent().with_names()
    on_the_way = on_the_way.filter(place__unit_id__in=communes_received_for(user))
    for row in on_the_way.order_by("sent_on", "pk")[:AT_MOST]:
        yield Todo(
            _("Confirm %(code)s: %(area)s for %(place)s")
            % {"code": row.code, "area": row.area, "place": row.place.full_name},
            reverse("delivery_confirm", args=[row.pk]),
            _("sent on %(day)s") % {"day": day(row.sent_on)},
        )


def _to_settle(user: User) -> Iterator[Todo]:
    """The coordinating office: goods that neither came nor went back."""
    if not user.may(Permission.DECIDE_LOSS):
        return
    rows = Distribution.objects.visible_to(user).with_missing().with_names()
    rows = rows.filter(place__unit_id__in=user.reach.communes)
    for row in rows.order_by("confirmed_at", "pk")[:AT_MOST]:
        yield Todo(
            _("Decide what became of the missing goods of %(code)s (%(place)s)")
            % {"code": row.code, "place": row.place.full_name},
            reverse("distribution_detail", args=[row.pk]),
            _("confirmed on %(day)s") % {"day": day(timezone.localdate(row.confirmed_at))},
        )


def _to_note(user: User) -> Iterator[Todo]:
    """The lead agency: what arrived short of what it sent, or was corrected since."""
    if not user.may(Permission.DISTRIBUTE):
        return
    rows = Distribution.objects.visible_to(user).differing_and_not_noted().with_names()
    rows = rows.filter(lead_agency_id__in=user.reach.agencies)
    if user.may(Permission.DECIDE_LOSS):
        # Who decides what became of the missing is told of that instead.
        decides = rows.with_missing().filter(place__unit_id__in=user.reach.communes)
        rows = rows.exclude(pk__in=decides.order_by().values("pk"))
    for row in rows.order_by("-confirmed_at", "-pk").with_lines()[:AT_MOST]:
        yield Todo(
            _("Read why at %(place)s %(what)s (%(code)s)")
            % {"code": row.code, "place": row.place.full_name, "what": _difference(row)},
            reverse("distribution_detail", args=[row.pk]),
            _("confirmed on %(day)s") % {"day": day(timezone.localdate(row.confirmed_at))},
        )


def _difference(distribution: Distribution) -> str:
    """“9/11 bộ tất, mũ len arrived”, or that it was only corrected."""
    short = [line for line in distribution.lines.all() if (line.arrived or 0) < line.planned]
    arrived = _("only %(received)s/%(planned)s %(thing)s arrived")
    told = [
        arrived
        % {
            "received": number(line.arrived or 0),
            "planned": number(line.planned),
            "thing": thing(line.item),
        }
        for line in short
    ]
    return listed(told) or _("the figures were corrected")


def _to_read(user: User) -> Iterator[Todo]:
    """The commune: what the coordinating office corrected on its behalf."""
    if not user.may(Permission.CONFIRM_DELIVERY):
        return
    rows = Distribution.objects.visible_to(user).corrected_for(communes_received_for(user)).with_names()
    for row in rows.order_by("confirmed_at", "pk")[:AT_MOST]:
        yield Todo(
            _("%(code)s was corrected on your behalf (%(place)s): read why")
            % {"code": row.code, "place": row.place.full_name},
            reverse("distribution_detail", args=[row.pk]),
        )


def _to_plan(user: User) -> Iterator[Todo]:
    """The lead agency: allocations with something open that stands in no plan."""
    if not user.may(Permission.DISTRIBUTE):
        return
    for area in areas_led_by(user, clock.today()):
        count = Allocation.objects.visible_to(user).plannable().filter(need__item__area=area).count()
        if count:
            yield Todo(
                _("Plan distributions: %(area)s") % {"area": area},
                reverse("distribution_create"),
                ngettext("%(count)s open allocation", "%(count)s open allocations", count) % {"count": count},
            )


def _to_send(user: User) -> Iterator[Todo]:
    """The lead agency: plans whose day is near or past."""
    if not user.may(Permission.DISTRIBUTE):
        return
    due = Distribution.objects.visible_to(user).planned().with_names()
    due = due.filter(lead_agency_id__in=user.reach.agencies, planned_on__lte=clock.today() + SOON)
    for row in due.order_by("planned_on", "pk")[:AT_MOST]:
        yield Todo(
            _("Send %(code)s to %(place)s") % {"code": row.code, "place": row.place.full_name},
            reverse("distribution_detail", args=[row.pk]),
            due_on=row.planned_on,
        )


def _to_match(user: User) -> Iterator[Todo]:
    """The coordinating office: urgent needs that lack something while supply of their item is left."""
    if not user.may(Permission.ALLOCATE):
        return
    items = SupplyLine.objects.visible_to(user).available().values("item_id")
    needs = Need.objects.visible_to(user).open_needs()
    needs = needs.filter(priority__lte=URGENT, item_id__in=items)
    count = needs.count()
    if count:
        yield Todo(
            ngettext(
                "Match supply to %(count)s urgent need",
                "Match supply to %(count)s urgent needs",
                count,
            )
            % {"count": count},
            reverse("allocation_board"),
        )


def _to_answer(user: User) -> Iterator[Todo]:
    """The agency that a recommendation was made to."""
    if not user.may(Permission.ANSWER_RECOMMENDATION):
        return
    rows = Recommendation.objects.visible_to(user).unanswered().filter(owner_id__in=user.reach.agencies)
    for row in rows.order_by("due_on", "pk")[:AT_MOST]:
        yield Todo(
            _("Answer the recommendation: %(text)s") % {"text": row.text},
            reverse("recommendation_detail", args=[row.pk]),
            due_on=row.due_on,
        )


def _to_supervise(user: User) -> Iterator[Todo]:
    """The coordinating office: visits whose day is near or past, answers that wait for its word."""
    if not user.may(Permission.SUPERVISE):
        return
    visits = SupervisionVisit.objects.visible_to(user).planned().filter(planned_on__lte=clock.today() + SOON)
    for visit in visits.select_related("place__unit").order_by("planned_on", "pk")[:AT_MOST]:
        yield Todo(
            _("Visit %(place)s: %(code)s") % {"place": visit.place.full_name, "code": visit.code},
            reverse("visit_detail", args=[visit.pk]),
            due_on=visit.planned_on,
        )
    answered = (
        Recommendation.objects.visible_to(user)
        .answered()
        .filter(visit__place__unit_id__in=user.reach.communes)
    )
    for row in answered.select_related("owner").order_by("answered_at", "pk")[:AT_MOST]:
        yield Todo(
            _("%(owner)s has answered: %(text)s") % {"owner": row.owner.short_name, "text": row.text},
            reverse("recommendation_detail", args=[row.pk]),
        )
