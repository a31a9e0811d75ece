"""What children need. One file per noun."""

from needs.models.catalogue import AgeBand, ReferencePrice, Subgroup, SupportItem
from needs.models.need import Need, NeedBalance, NeedMove
from needs.models.round import SurveyRound
from needs.models.survey import ChildCount, NeedStatement, Survey, SurveyRow

__all__ = [
    "AgeBand",
    "ChildCount",
    "Need",
    "NeedBalance",
    "NeedMove",
    "NeedStatement",
    "ReferencePrice",
    "Subgroup",
    "SupportItem",
    "Survey",
    "SurveyRound",
    "SurveyRow",
]
