"""What the screens of this room accept. One file per noun; forms clean to final types and write nothing."""

from donors.forms.donor import DonorFilter, DonorForm
from donors.forms.pledge import PledgeFilter, PledgeForm, WithdrawForm
from donors.forms.receipt import ReceiptForm
from donors.forms.supply import SupplyFilter

__all__ = [
    "DonorFilter",
    "DonorForm",
    "PledgeFilter",
    "PledgeForm",
    "ReceiptForm",
    "SupplyFilter",
    "WithdrawForm",
]
