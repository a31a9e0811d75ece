"""What the screens of this room accept. One file per noun; forms clean to final types and write nothing."""

from donors.forms.donor import DonorFilter, DonorForm, DuplicateForm
from donors.forms.instalment import InstalmentForm
from donors.forms.pledge import PledgeFilter, PledgeForm
from donors.forms.pledge_change import PledgeChangeForm, ReasonForm, WithdrawForm
from donors.forms.purchase import CancelPurchaseForm, CashFilter, InvoiceForm, PurchaseFilter, PurchaseForm
from donors.forms.receipt import ReceiptForm
from donors.forms.receipt_list import ReceiptFilter
from donors.forms.receipt_record import RecordForm
from donors.forms.receipt_signed import SignedForm
from donors.forms.receipt_walk_in import WalkInForm
from donors.forms.stock import MoveForm, RestoreForm, WriteOffForm
from donors.forms.supply import SupplyFilter

__all__ = [
    "CancelPurchaseForm",
    "CashFilter",
    "DonorFilter",
    "DonorForm",
    "DuplicateForm",
    "InstalmentForm",
    "InvoiceForm",
    "MoveForm",
    "PledgeChangeForm",
    "PledgeFilter",
    "PledgeForm",
    "PurchaseFilter",
    "PurchaseForm",
    "ReasonForm",
    "ReceiptFilter",
    "ReceiptForm",
    "RecordForm",
    "RestoreForm",
    "SignedForm",
    "SupplyFilter",
    "WalkInForm",
    "WithdrawForm",
    "WriteOffForm",
]
