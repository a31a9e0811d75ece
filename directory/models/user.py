"""Accounts and dated delegation."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from directory import clock
from directory.dated import Dated, DatedQuerySet
from directory.models.agency import Agency
from directory.roles import Permission, Role, permissions_of

if TYPE_CHECKING:
    from directory.reach import Reach


class UserQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> UserQuerySet:
        """Administrators see all accounts, everybody else those of the own agency."""
        if user.may(Permission.MANAGE_ACCOUNTS):
            return self.all()
        return self.filter(agency__isnull=False, agency_id=user.agency_id)

    def colleagues_of(self, user: User) -> UserQuerySet:
        """Who may be handed the user's powers: active, of the same agency, somebody else."""
        return self.filter(is_active=True, agency__isnull=False, agency_id=user.agency_id).exclude(pk=user.pk)

    def acting_as(self, pk: int, day: date) -> UserQuerySet:
        """The account and those that have delegated to it for ``day``, with agency and unit: one query."""
        givers = Delegation.objects.in_force(day).filter(to_user=pk).values("from_user")
        return self.filter(Q(pk=pk) | Q(pk__in=givers)).select_related("agency__unit").order_by("pk")


class PortalUserManager(UserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Django's manager of accounts with the portal's named questions."""

    use_in_migrations = False


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

    objects = PortalUserManager()  # type: ignore[misc]
    # The password is kept nowhere else, not even as a hash.
    history = HistoricalRecords(excluded_fields=["password", "last_login"])
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

    def save(self, *args: Any, **kwargs: Any) -> None:
        if kwargs.get("update_fields") == ["last_login"]:
            self.skip_history_when_saving = True  # a login changes nothing about the account
        super().save(*args, **kwargs)
        self.__dict__.pop("skip_history_when_saving", None)

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self)

    @cached_property
    def principals(self) -> list[User]:
        """Oneself, and the colleagues who have delegated to this user for today.

        Only colleagues of the agency of today: reach is a union of communes and areas, and one over two
        agencies would be wider than either.
        """
        return self._with_colleagues(User.objects.acting_as(self.pk, clock.today()))

    def _with_colleagues(self, givers: Iterable[User]) -> list[User]:
        others = (user for user in givers if user.pk != self.pk and user.agency_id == self.agency_id)
        return [self, *(user for user in others if user.is_active)]

    @classmethod
    def signed_in(cls, pk: int) -> User | None:
        """The account that a session names, its ``principals`` read by the same query."""
        found = {user.pk: user for user in cls.objects.acting_as(pk, clock.today())}
        if user := found.get(pk):
            user.principals = user._with_colleagues(found.values())
        return user

    @cached_property
    def permissions(self) -> frozenset[Permission]:
        return frozenset().union(*(permissions_of(user.role) for user in self.principals))

    def may(self, permission: Permission) -> bool:
        """Whether the role (or a delegation valid today) allows the deed at all."""
        return permission in self.permissions

    @property
    def deputising_for(self) -> list[User]:
        """The colleagues whose role adds something to what one may do oneself, today."""
        own = permissions_of(self.role)
        return [user for user in self.principals[1:] if permissions_of(user.role) - own]

    @cached_property
    def reach(self) -> Reach:
        """What this user may see, as of today. Every ``visible_to`` asks it."""
        from directory.reach import reach_of

        return reach_of(self, clock.today())


class DelegationQuerySet(DatedQuerySet):
    def in_force(self, day: date) -> DelegationQuerySet:
        return self.on(day).filter(ended_at__isnull=True)

    def not_ended(self) -> DelegationQuerySet:
        return self.filter(ended_at__isnull=True)

    def visible_to(self, user: User) -> DelegationQuerySet:
        """What the user gave or got; administrators see all."""
        if user.may(Permission.MANAGE_ACCOUNTS):
            return self.all()
        return self.filter(Q(from_user=user) | Q(to_user=user))


class Delegation(Dated):
    """``from_user`` hands their powers to ``to_user`` for a time; history says on whose behalf.

    ``ended_at``: it was ended before its last day, from that moment on.
    """

    from_user = models.ForeignKey(
        User, models.PROTECT, related_name="delegations_out", verbose_name=_("from")
    )
    to_user = models.ForeignKey(User, models.PROTECT, related_name="delegations_in", verbose_name=_("to"))
    reason = models.CharField(_("reason"), max_length=200)
    ended_at = models.DateTimeField(_("ended early at"), null=True, blank=True)

    objects = DelegationQuerySet.as_manager()

    class Meta(Dated.Meta):
        verbose_name = _("delegation")
        verbose_name_plural = _("delegations")
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(condition=~Q(from_user=F("to_user")), name="delegation_between_two"),
        ]

    def __str__(self) -> str:
        return f"{self.from_user} → {self.to_user}"
