"""Pledges that hold an item of the catalogue. ``needs`` asks through its registry."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import gettext as _

from directory.models import User
from donors.models import Pledge, PledgeLine
from needs.models import SupportItem
from needs.uses import Use, use_of


def pledges_of(item: SupportItem, user: User) -> Iterator[Use]:
    """Goods promised, and goods that came of a pledge as something else."""
    lines = PledgeLine.objects.filter(Q(item=item) | Q(supply_lines__item=item))
    pledges = Pledge.objects.filter(pk__in=lines.values("pledge_id")).order_by("-pledged_on", "-pk")
    yield use_of(_("pledges"), pledges, pledges.visible_to(user), lambda pledge: pledge.code)
