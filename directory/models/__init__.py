"""Who and where. One file per noun."""

from directory.models.agency import Agency, AgencySuccession, Signer
from directory.models.area import AreaStatus, LeadArea, SupportArea
from directory.models.calendar import Holiday
from directory.models.history import Counter, HistoryEntry, RequestKey, SampleData
from directory.models.place import Place
from directory.models.unit import CoordinationScope, Succession, Unit
from directory.models.user import Delegation, User

__all__ = [
    "Agency",
    "AgencySuccession",
    "AreaStatus",
    "CoordinationScope",
    "Counter",
    "Delegation",
    "HistoryEntry",
    "Holiday",
    "LeadArea",
    "Place",
    "RequestKey",
    "SampleData",
    "Signer",
    "Succession",
    "SupportArea",
    "Unit",
    "User",
]
