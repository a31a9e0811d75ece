"""The units for which a user's office reports."""

from directory import clock
from directory.models import Unit, User
from directory.models.unit import UnitQuerySet


def coordinated_by(user: User) -> UnitQuerySet:
    """The units whose child support the user's agency coordinates today [plan IV.1]."""
    return Unit.objects.on(clock.today()).filter(
        pk__in=user.reach.scopes, coordinations__agency_id__in=user.reach.agencies
    )
