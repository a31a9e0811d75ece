"""The screens of this room. One file per noun."""

from donors.views.cash import cash_detail, cash_export, cash_list
from donors.views.donor import (
    donor_capacity,
    donor_change,
    donor_contacts,
    donor_create,
    donor_detail,
    donor_duplicates,
    donor_export,
    donor_list,
)
from donors.views.merge import donor_merge
from donors.views.pledge import (
    pledge_create,
    pledge_detail,
    pledge_export,
    pledge_list,
    pledge_overdue,
    pledge_overdue_export,
    receipt_export,
)
from donors.views.pledge_change import pledge_change, pledge_instalments
from donors.views.pledge_end import pledge_expire, pledge_withdraw
from donors.views.purchase import (
    purchase_cancel,
    purchase_complete,
    purchase_create,
    purchase_detail,
    purchase_export,
    purchase_list,
    purchase_take_back,
)
from donors.views.receipt import receipt_create, receipt_detail, receipt_take_back, receipt_walk_in
from donors.views.receipt_list import receipt_list
from donors.views.receipt_record import receipt_issue, receipt_paper
from donors.views.receipt_signed import receipt_signed, receipt_signed_keep, receipt_signed_remove
from donors.views.stock import (
    movement_export,
    movement_list,
    stock_export,
    stock_list,
    stock_move,
    stock_restore,
    stock_write_off,
)
from donors.views.supply import supply_detail, supply_export, supply_list

__all__ = [
    "cash_detail",
    "cash_export",
    "cash_list",
    "donor_capacity",
    "donor_change",
    "donor_contacts",
    "donor_create",
    "donor_detail",
    "donor_duplicates",
    "donor_export",
    "donor_list",
    "donor_merge",
    "movement_export",
    "movement_list",
    "pledge_change",
    "pledge_create",
    "pledge_detail",
    "pledge_expire",
    "pledge_export",
    "pledge_instalments",
    "pledge_list",
    "pledge_overdue",
    "pledge_overdue_export",
    "pledge_withdraw",
    "purchase_cancel",
    "purchase_complete",
    "purchase_create",
    "purchase_detail",
    "purchase_export",
    "purchase_list",
    "purchase_take_back",
    "receipt_create",
    "receipt_detail",
    "receipt_export",
    "receipt_issue",
    "receipt_list",
    "receipt_paper",
    "receipt_signed",
    "receipt_signed_keep",
    "receipt_signed_remove",
    "receipt_take_back",
    "receipt_walk_in",
    "stock_export",
    "stock_list",
    "stock_move",
    "stock_restore",
    "stock_write_off",
    "supply_detail",
    "supply_export",
    "supply_list",
]
