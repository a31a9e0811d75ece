"""Every write of this room. One file per noun."""

from donors.actions.donor import register_donor
from donors.actions.pledge import PledgedLine, record_pledge, withdraw_pledge
from donors.actions.receipt import ReceivedLine, record_receipt

__all__ = [
    "PledgedLine",
    "ReceivedLine",
    "record_pledge",
    "record_receipt",
    "register_donor",
    "withdraw_pledge",
]
