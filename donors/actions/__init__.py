"""Every write of this room. One file per noun."""

from donors.actions.donor import register_donor
from donors.actions.pledge import PledgedLine, record_pledge, withdraw_pledge
from donors.actions.purchase import Bought, Wanted, cancel_purchase, complete_purchase, plan_purchase
from donors.actions.receipt import ReceivedLine, record_receipt
from donors.actions.stock import move_stock, restore_stock, write_off_stock

__all__ = [
    "Bought",
    "PledgedLine",
    "ReceivedLine",
    "Wanted",
    "cancel_purchase",
    "complete_purchase",
    "move_stock",
    "plan_purchase",
    "record_pledge",
    "record_receipt",
    "register_donor",
    "restore_stock",
    "withdraw_pledge",
    "write_off_stock",
]
