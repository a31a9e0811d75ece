"""What is to be done about mobilisation plans now."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from directory.models import User
from directory.roles import Permission
from directory.todo import Todo
from donors.models import MobilisationPlan
from donors.models.plan import MobilisationPlanQuerySet


def todo_of_plans(user: User) -> list[Todo]:
    """Returned ones for who writes them, waiting ones for who approves them."""
    seen = MobilisationPlan.objects.visible_to(user).for_page()
    found: list[Todo] = []
    if user.may(Permission.RECORD_DONATIONS):
        found += _of_plans(seen.returned_to(user), _("Change the returned plan of %(agency)s, %(year)s"))
    if user.may(Permission.APPROVE_PLAN):
        found += _of_plans(seen.waiting_for(user), _("Decide on the plan of %(agency)s, %(year)s"))
    return found


def _of_plans(plans: MobilisationPlanQuerySet, label: str) -> Iterator[Todo]:
    for plan in plans:
        shown = {"agency": plan.agency, "year": plan.year}
        yield Todo(label % shown, reverse("plan_detail", args=[plan.pk]))
