"""The screens of this room. One file per noun."""

from donors.views.donor import donor_create, donor_detail, donor_export, donor_list
from donors.views.pledge import (
    pledge_create,
    pledge_detail,
    pledge_export,
    pledge_list,
    pledge_withdraw,
    receipt_export,
)
from donors.views.receipt import receipt_create, receipt_detail
from donors.views.supply import supply_export, supply_list

__all__ = [
    "donor_create",
    "donor_detail",
    "donor_export",
    "donor_list",
    "pledge_create",
    "pledge_detail",
    "pledge_export",
    "pledge_list",
    "pledge_withdraw",
    "receipt_create",
    "receipt_detail",
    "receipt_export",
    "supply_export",
    "supply_list",
]
