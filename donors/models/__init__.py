"""Who gives, what they promised and what came. One file per noun."""

from donors.models.donor import Donor, FundingSource
from donors.models.pledge import CashBalance, CashMove, Pledge, PledgeLine
from donors.models.receipt import Receipt, ReceiptLine
from donors.models.supply import SupplyBalance, SupplyLine, SupplyMove

__all__ = [
    "CashBalance",
    "CashMove",
    "Donor",
    "FundingSource",
    "Pledge",
    "PledgeLine",
    "Receipt",
    "ReceiptLine",
    "SupplyBalance",
    "SupplyLine",
    "SupplyMove",
]
