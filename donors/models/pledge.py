"""Pledges: what a donor or fund has promised."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from directory import clock
from directory.deeds import ActionOnly
from directory.models import Agency, Unit
from directory.text import unaccented
from donors.models.donor import Donor, FundingSource
from donors.models.pledge_line import Instalment, PledgeLine
from donors.states import PledgeState

if TYPE_CHECKING:
    from directory.models import User


def seen_by(user: User, pledge: str = "") -> Q:
    """The condition of ``PledgeQuerySet.visible_to``; ``pledge``: the path to it from other rows.

    Joined along a path it is asked row by row: the newest rows are found by their index, and not by looking
    at all pledges first.
    """
    reach = user.reach
    kept, in_areas = PledgeLine.objects.kept_by(reach.agencies), PledgeLine.objects.in_areas(reach.areas)
    return (
        _at(pledge, scope_id__in=reach.scopes)
        | _at(pledge, mobilised_by_id__in=reach.agencies)
        | _at(pledge, source__agency_id__in=reach.agencies)
        | _at(pledge, pk__in=kept.values("pledge_id"))
        | _at(pledge, scope_id__in=reach.led, pk__in=in_areas.values("pledge_id"))
    )


def _at(path: str, **conditions: Any) -> Q:
    return Q(**{f"{path}{name}": value for name, value in conditions.items()})


class PledgeQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> PledgeQuerySet:
        """Pledges of a coordinated scope, those that the own agency is a party to, and those in a led area.

        A party mobilised it, gives it from its own fund, or keeps what came of it.
        """
        return self.filter(seen_by(user))

    def handled_by(self, user: User) -> PledgeQuerySet:
        """Those that the user may receive or withdraw: of the own scope, or mobilised by the own agency."""
        reach = user.reach
        return self.filter(Q(scope_id__in=reach.scopes) | Q(mobilised_by_id__in=reach.agencies))

    def search(self, text: str) -> PledgeQuerySet:
        """By part of the code, or of the giver's name without diacritics."""
        return self.filter(
            Q(code__icontains=text.strip())
            | Q(donor__name_key__contains=unaccented(text))
            | Q(source__name__icontains=text.strip())
        )

    def overdue(self) -> PledgeQuerySet:
        """Open ones of which a due day, the last or that of an instalment, has passed without all that was
        due."""
        return self.due_before(clock.today())

    def due_before(self, day: date) -> PledgeQuerySet:
        """Open ones of which something is to have come before ``day`` and has not."""
        late = PledgeLine.objects.late(day).filter(pledge__state=PledgeState.OPEN)
        return self.filter(
            Q(due_on__lt=day) | Q(pk__in=late.values("pledge_id").order_by()), state=PledgeState.OPEN
        )

    def totals(self) -> dict[str, int]:
        """See ``PledgeLineQuerySet.totals``."""
        return PledgeLine.objects.filter(pledge__in=self).totals()

    def for_list(self) -> PledgeQuerySet:
        """With all that a row of a list shows, in a fixed number of queries."""
        return self.select_related("donor", "source", "mobilised_by").prefetch_related(
            models.Prefetch("lines", PledgeLine.objects.with_progress())
        )

    def in_order_of_due_day(self) -> PledgeQuerySet:
        """The first day on which something is to come that has not. Of open pledges that name a day."""
        first = Instalment.objects.unfilled().filter(line__pledge=OuterRef("pk")).order_by("due_on")
        return self.order_by(Coalesce(Subquery(first.values("due_on")[:1]), F("due_on")), "pk")


class Pledge(ActionOnly):
    """A promise of goods or cash, e.g. CK-2025-007. From a donor, or from a fund or budget."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    scope = models.ForeignKey(Unit, models.PROTECT, related_name="pledges", verbose_name=_("within"))
    donor = models.ForeignKey(
        Donor, models.PROTECT, null=True, blank=True, related_name="pledges", verbose_name=_("donor")
    )
    source = models.ForeignKey(
        FundingSource,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="pledges",
        verbose_name=_("fund or budget"),
    )
    mobilised_by = models.ForeignKey(
        Agency, models.PROTECT, related_name="mobilised_pledges", verbose_name=_("mobilised by")
    )
    pledged_on = models.DateField(_("pledged on"))
    due_on = models.DateField(_("due on"), null=True, blank=True)
    own_due_on = models.DateField(
        _("due on, but for its instalments"),
        null=True,
        blank=True,
        help_text=_("the day named for the whole, which holds for what does not come in parts"),
    )
    state = models.CharField(_("state"), max_length=10, choices=PledgeState, default=PledgeState.OPEN)
    anonymous = models.BooleanField(_("the donor asked not to be named in public"), default=False)
    note = models.TextField(_("note"), blank=True)
    walk_in = models.BooleanField(
        _("brought without a pledge"), default=False, help_text=_("recorded together with its receipt")
    )
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=clock.now)

    objects = PledgeQuerySet.as_manager()

    class Meta:
        verbose_name = _("pledge")
        verbose_name_plural = _("pledges")
        ordering = ["-pledged_on", "-pk"]
        indexes = [models.Index(fields=["-pledged_on", "-id"], name="pledge_newest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(donor__isnull=False, source__isnull=True)
                | Q(donor__isnull=True, source__isnull=False),
                name="pledge_from_donor_or_source",
                violation_error_message=_(
                    "A pledge comes from a donor, or from a fund or budget: choose one."
                ),
            ),
            models.CheckConstraint(
                condition=Q(due_on__isnull=True) | Q(due_on__gte=F("pledged_on")),
                name="pledge_dates_in_order",
                violation_error_message=_("The due date lies before the day of the pledge."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} – {self.giver}"

    @cached_property
    def due_day(self) -> date | None:
        """The first day on which something is to come that has not; None once nothing is, or of no day.

        Reads the lines as ``for_list`` loads them.
        """
        if self.state != PledgeState.OPEN:
            return None
        days = [day for line in self.lines.all() if (day := line.due_day)]
        return min(days, default=None)

    @property
    def is_overdue(self) -> bool:
        return self.due_day is not None and self.due_day < clock.today()

    @property
    def days_late(self) -> int:
        return (clock.today() - self.due_day).days if self.due_day else 0

    @property
    def giver(self) -> Donor | FundingSource:
        return self.donor or self.source  # type: ignore[return-value]
