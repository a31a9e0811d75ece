"""Who gives, what they promised and what came. One file per noun."""

from donors.models.cash import CashBalance, CashMove
from donors.models.donor import Donor, DonorCapacity, DonorContact, FundingSource
from donors.models.plan import MobilisationPlan, MobilisationTarget
from donors.models.pledge import Pledge
from donors.models.pledge_line import Instalment, PledgeLine
from donors.models.purchase import Purchase
from donors.models.receipt import Receipt, ReceiptLine
from donors.models.stock import StockMovement
from donors.models.supply import SupplyBalance, SupplyLine, SupplyMove

__all__ = [
    "CashBalance",
    "CashMove",
    "Donor",
    "DonorCapacity",
    "DonorContact",
    "FundingSource",
    "Instalment",
    "MobilisationPlan",
    "MobilisationTarget",
    "Pledge",
    "PledgeLine",
    "Purchase",
    "Receipt",
    "ReceiptLine",
    "StockMovement",
    "SupplyBalance",
    "SupplyLine",
    "SupplyMove",
]
