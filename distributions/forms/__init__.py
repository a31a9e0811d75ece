"""What people type in this room, cleaned to final types. Forms do not write."""

from distributions.forms.allocation import AllocateForm, ReverseForm
from distributions.forms.board import BoardForm, ProposalForm
from distributions.forms.correction import CorrectForm
from distributions.forms.default import DefaultForm
from distributions.forms.delivery import ConfirmForm
from distributions.forms.distribution import (
    CancelForm,
    ChangeForm,
    DistributionForm,
    SendForm,
    StartForm,
)
from distributions.forms.listing import AllocationListForm, ListForm
from distributions.forms.scan import ScanForm
from distributions.forms.shortfall import SettleForm
from distributions.forms.supervision import (
    AnswerForm,
    CloseForm,
    FollowForm,
    QuestionForm,
    SampleForm,
    SendBackForm,
)
from distributions.forms.support_plan import AcceptForm, UndoForm
from distributions.forms.visit import RecommendationFields, RecordForm, VisitForm, VisitListForm
from distributions.forms.visit_correction import CorrectVisitForm

__all__ = [
    "AcceptForm",
    "AllocateForm",
    "AllocationListForm",
    "AnswerForm",
    "BoardForm",
    "CancelForm",
    "ChangeForm",
    "CloseForm",
    "ConfirmForm",
    "CorrectForm",
    "CorrectVisitForm",
    "DefaultForm",
    "DistributionForm",
    "FollowForm",
    "ListForm",
    "ProposalForm",
    "QuestionForm",
    "RecommendationFields",
    "RecordForm",
    "ReverseForm",
    "SampleForm",
    "ScanForm",
    "SendBackForm",
    "SendForm",
    "SettleForm",
    "StartForm",
    "UndoForm",
    "VisitForm",
    "VisitListForm",
]
