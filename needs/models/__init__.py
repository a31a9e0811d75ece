"""What children need. One file per noun."""

from needs.models.catalogue import AgeBand, ItemSize, ReferencePrice, Subgroup, SupportItem
from needs.models.need import Need, NeedBalance, NeedMove
from needs.models.review import CheckNote, Opinion, RowComment
from needs.models.round import Reopening, SurveyRound
from needs.models.survey import ChildCount, NeedStatement, Survey, SurveyRow

__all__ = [
    "AgeBand",
    "CheckNote",
    "ChildCount",
    "ItemSize",
    "Need",
    "NeedBalance",
    "NeedMove",
    "NeedStatement",
    "Opinion",
    "ReferencePrice",
    "Reopening",
    "RowComment",
    "Subgroup",
    "SupportItem",
    "Survey",
    "SurveyRound",
    "SurveyRow",
]
