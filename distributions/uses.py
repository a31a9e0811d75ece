"""Distributions that hold an item of the catalogue. ``needs`` asks through its registry."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from directory.models import User
from distributions.models import Distribution, DistributionLine
from needs.models import SupportItem
from needs.uses import Use, use_of


def distributions_of(item: SupportItem, user: User) -> Iterator[Use]:
    """Services that are planned or given; goods hang on their needs and pledges."""
    lines = DistributionLine.objects.filter(service=item)
    found = Distribution.objects.filter(pk__in=lines.values("distribution_id")).order_by("-planned_on", "-pk")
    yield use_of(_("distributions"), found, found.visible_to(user), lambda each: each.code)
