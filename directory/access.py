"""Every view declares who may open it; the middleware keeps the declaration.

    @access(Permission.REVIEW_SURVEY)       the role must allow the deed
    @access.signed_in                       any account
    @access.public                          anyone

A view without a declaration is closed to everybody, and a test that walks all URLs names it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model, QuerySet
from django.http import Http404

from directory.models import User
from directory.roles import Permission

V = TypeVar("V", bound=Callable[..., Any])
M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Rule:
    """Open to anyone (``public``), to any account (no permissions), or to who has one of ``permissions``."""

    public: bool = False
    permissions: tuple[Permission, ...] = ()

    def admits(self, user: User) -> bool:
        return not self.permissions or any(user.may(permission) for permission in self.permissions)


PUBLIC = Rule(public=True)
SIGNED_IN = Rule()
# The back office keeps registers of the directory only, so one rule covers all of its pages.
ADMIN_SITE = Rule(permissions=(Permission.MANAGE_DIRECTORY,))

# Views of libraries that cannot be decorated; their rule stands here by URL name.
LIBRARY_RULES: dict[str, Rule] = {
    "set_language": PUBLIC,
}


class _Access:
    """``access`` itself: a decorator factory with two ready-made rules."""

    def __call__(self, *permissions: Permission) -> Callable[[V], V]:
        if not permissions:
            raise TypeError("Name a permission, or use access.signed_in or access.public.")
        return self._declare(Rule(permissions=permissions))

    def signed_in(self, view: V) -> V:
        return self._declare(SIGNED_IN)(view)

    def public(self, view: V) -> V:
        return self._declare(PUBLIC)(view)

    @staticmethod
    def _declare(rule: Rule) -> Callable[[V], V]:
        def mark(view: V) -> V:
            view.access_rule = rule  # type: ignore[attr-defined]
            return view

        return mark


access = _Access()


def rule_of(view: Callable[..., Any], url_name: str | None) -> Rule | None:
    """The declared rule of a resolved view, or None if nobody declared one."""
    return getattr(view, "access_rule", None) or LIBRARY_RULES.get(url_name or "")


def within_reach(queryset: QuerySet[M], **lookup: Any) -> M:
    """The one object of a ``visible_to(user)`` queryset, or 404: a stranger's object does not exist.

    To hold the object is to be allowed to see it.
    """
    try:
        return queryset.get(**lookup)
    except (ObjectDoesNotExist, ValueError, OverflowError):
        raise Http404 from None
