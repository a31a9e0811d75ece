"""Accounts and dated delegation."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from directory import clock
from directory.dated import Dated, DatedQuerySet
from directory.models.agency import Agency
from directory.roles import Permission, Role, permissions_of

if TYPE_CHECKING:
    from directory.reach import Reach


class User(AbstractUser):
    """A person's account: one agency, one role. No self sign-up; administrators make accounts."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    full_name = models.CharField(_("full name"), max_length=120)
    agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="users", verbose_name=_("agency")
    )
    role = models.CharField(_("role"), max_length=20, choices=Role)
    must_change_password = models.BooleanField(_("must change the password at the next login"), default=False)

    objects = UserManager()  # type: ignore[misc]
    REQUIRED_FIELDS = []

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        ordering = ["agency", "username"]
        constraints = [
            models.CheckConstraint(
                condition=Q(agency__isnull=False) | Q(role=Role.ADMINISTRATOR),
                name="user_has_agency",
                violation_error_message=_("Only an administrator has no agency. Choose the agency."),
            )
        ]

    def __str__(self) -> str:
        return self.full_name or self.username

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self)

    @cached_property
    def principals(self) -> list[User]:
        """Oneself, and the colleagues who have delegated to this user for today."""
        delegators = [
            d.from_user for d in self.delegations_in.on(clock.today()).select_related("from_user__agency")
        ]
        return [self, *(user for user in delegators if user.is_active)]

    @cached_property
    def permissions(self) -> frozenset[Permission]:
        return frozenset().union(*(permissions_of(user.role) for user in self.principals))

    def may(self, permission: Permission) -> bool:
        """Whether the role (or a delegation valid today) allows the deed at all."""
        return permission in self.permissions

    @cached_property
    def reach(self) -> Reach:
        """What this user may see, as of today. Every ``visible_to`` asks it."""
        from directory.reach import reach_of

        return reach_of(self, clock.today())


class Delegation(Dated):
    """``from_user`` hands their powers to ``to_user`` for a time; deeds are recorded on their behalf."""

    from_user = models.ForeignKey(
        User, models.PROTECT, related_name="delegations_out", verbose_name=_("from")
    )
    to_user = models.ForeignKey(User, models.PROTECT, related_name="delegations_in", verbose_name=_("to"))
    reason = models.CharField(_("reason"), max_length=200)

    objects = DatedQuerySet.as_manager()

    class Meta(Dated.Meta):
        verbose_name = _("delegation")
        verbose_name_plural = _("delegations")
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(condition=~Q(from_user=F("to_user")), name="delegation_between_two"),
        ]

    def __str__(self) -> str:
        return f"{self.from_user} → {self.to_user}"
