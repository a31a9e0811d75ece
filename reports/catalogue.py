"""The catalogue's items in annex I: each has a line “quantity-<code>”, kept in step with it."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from directory.models import User
from needs.models import SupportItem
from needs.uses import Use, use_of
from reports import plan
from reports.models import Indicator, IndicatorTarget


def item_saved(item: SupportItem, former: SupportItem | None) -> None:
    """A new item gets its line; a changed one keeps it, under the new name unless it has one of its own."""
    line = Indicator.objects.filter(code=plan.code_of((former or item).code)).first()
    if line is None:
        plan.load_item(item)
        return
    line.code, line.area, line.unit = plan.code_of(item.code), item.area, item.unit
    for name in ("name", "name_en"):
        if former is not None and getattr(line, name) == getattr(former, name):
            setattr(line, name, getattr(item, name))
    line.save()


def item_deleted(item: SupportItem) -> None:
    Indicator.objects.filter(code=plan.code_of(item.code)).delete()


def targets_of(item: SupportItem, user: User) -> Iterator[Use]:
    """Yearly targets that a unit has set itself for the item."""
    targets = IndicatorTarget.objects.filter(indicator__code=plan.code_of(item.code)).order_by("-year", "pk")
    in_sight = targets.filter(scope_id__in=user.reach.scopes | user.reach.around).select_related("scope")
    yield use_of(_("targets"), targets, in_sight, lambda target: f"{target.year} ({target.scope})")
