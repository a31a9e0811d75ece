"""What people type in this room, cleaned to final types. Forms do not write."""

from distributions.forms.allocation import AllocateForm, BoardForm, ReverseForm
from distributions.forms.delivery import ConfirmForm
from distributions.forms.distribution import CancelForm, ChangeForm, DistributionForm, ListForm, StartForm
from distributions.forms.scan import RemoveScanForm, ScanForm
from distributions.forms.shortfall import SettleForm

__all__ = [
    "AllocateForm",
    "BoardForm",
    "CancelForm",
    "ChangeForm",
    "ConfirmForm",
    "DistributionForm",
    "ListForm",
    "RemoveScanForm",
    "ReverseForm",
    "ScanForm",
    "SettleForm",
    "StartForm",
]
