"""Every write of this room. One file per noun."""

from donors.actions.contact import CapacityRow, ContactRow, set_capacities, set_contacts
from donors.actions.donor import change_donor, register_donor
from donors.actions.instalment import Part, set_instalments
from donors.actions.merge import merge_donors
from donors.actions.pledge import PledgedLine, record_pledge
from donors.actions.pledge_change import change_pledge
from donors.actions.pledge_end import WithdrawnPart, expire_pledge, withdraw_part, withdraw_pledge
from donors.actions.purchase import Bought, Wanted, cancel_purchase, complete_purchase, plan_purchase
from donors.actions.purchase_back import take_back_purchase
from donors.actions.receipt import ReceivedLine, record_receipt
from donors.actions.receipt_back import take_back_receipt
from donors.actions.receipt_record import issue_receipt_record
from donors.actions.receipt_signed import keep_signed_record, take_signed_record_away, tell_receipt
from donors.actions.receipt_walk_in import BroughtLine, NewDonor, record_walk_in
from donors.actions.stock import move_stock, restore_stock, write_off_stock

__all__ = [
    "Bought",
    "BroughtLine",
    "CapacityRow",
    "ContactRow",
    "NewDonor",
    "Part",
    "PledgedLine",
    "ReceivedLine",
    "Wanted",
    "WithdrawnPart",
    "cancel_purchase",
    "change_donor",
    "change_pledge",
    "complete_purchase",
    "expire_pledge",
    "issue_receipt_record",
    "keep_signed_record",
    "merge_donors",
    "move_stock",
    "plan_purchase",
    "record_pledge",
    "record_receipt",
    "record_walk_in",
    "register_donor",
    "restore_stock",
    "set_capacities",
    "set_contacts",
    "set_instalments",
    "take_back_purchase",
    "take_back_receipt",
    "take_signed_record_away",
    "tell_receipt",
    "withdraw_part",
    "withdraw_pledge",
    "write_off_stock",
]
