"""What people type in this room, cleaned to final types. Forms do not write."""

from distributions.forms.allocation import AllocateForm, BoardForm, ReverseForm
from distributions.forms.delivery import ConfirmForm
from distributions.forms.distribution import CancelForm, ChangeForm, DistributionForm, ListForm, StartForm

__all__ = [
    "AllocateForm",
    "BoardForm",
    "CancelForm",
    "ChangeForm",
    "ConfirmForm",
    "DistributionForm",
    "ListForm",
    "ReverseForm",
    "StartForm",
]
