"""Pledges, plans and donors that hold an item of the catalogue. ``needs`` asks through its registry."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import gettext as _

from directory.models import User
from donors.models import Donor, DonorCapacity, MobilisationPlan, MobilisationTarget, Pledge, PledgeLine
from needs.models import SupportItem
from needs.uses import Use, use_of


def pledges_of(item: SupportItem, user: User) -> Iterator[Use]:
    """Goods promised, and goods that came of a pledge as something else."""
    lines = PledgeLine.objects.filter(Q(item=item) | Q(supply_lines__item=item))
    pledges = Pledge.objects.filter(pk__in=lines.values("pledge_id")).order_by("-pledged_on", "-pk")
    yield use_of(_("pledges"), pledges, pledges.visible_to(user), lambda pledge: pledge.code)


def plans_of(item: SupportItem, user: User) -> Iterator[Use]:
    """Mobilisation plans with a target of it, drafts and former versions too."""
    targets = MobilisationTarget.objects.filter(item=item)
    plans = MobilisationPlan.objects.filter(pk__in=targets.values("plan_id")).select_related("agency")
    plans = plans.order_by("-year", "agency__name", "-version")
    yield use_of(_("mobilisation plans"), plans, plans.visible_to(user))


def donors_of(item: SupportItem, user: User) -> Iterator[Use]:
    """Donors that are said to give it in a year."""
    capacities = DonorCapacity.objects.filter(item=item)
    donors = Donor.objects.filter(pk__in=capacities.values("donor_id")).order_by("name_key", "pk")
    yield use_of(_("donors"), donors, donors.visible_to(user))
