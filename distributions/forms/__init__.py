"""What people type in this room, cleaned to final types. Forms do not write."""

from distributions.forms.allocation import AllocateForm, ReverseForm
from distributions.forms.board import BoardForm, ProposalForm
from distributions.forms.delivery import ConfirmForm
from distributions.forms.distribution import CancelForm, ChangeForm, DistributionForm, ListForm, StartForm
from distributions.forms.scan import RemoveScanForm, ScanForm
from distributions.forms.shortfall import SettleForm
from distributions.forms.support_plan import AcceptForm, UndoForm

__all__ = [
    "AcceptForm",
    "AllocateForm",
    "BoardForm",
    "CancelForm",
    "ChangeForm",
    "ConfirmForm",
    "DistributionForm",
    "ListForm",
    "ProposalForm",
    "RemoveScanForm",
    "ReverseForm",
    "ScanForm",
    "SettleForm",
    "StartForm",
    "UndoForm",
]
