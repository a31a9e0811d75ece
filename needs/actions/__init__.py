"""Every write of this room that is more than one row or changes a state. One file per noun."""

from needs.actions.reopening import end_reopening, reopen_round
from needs.actions.review import approve_survey, return_survey
from needs.actions.round import change_round, close_round, open_round
from needs.actions.row import save_row
from needs.actions.survey import correct_survey, start_survey, submit_survey
from needs.cells import StatedNeed

__all__ = [
    "StatedNeed",
    "approve_survey",
    "change_round",
    "close_round",
    "correct_survey",
    "end_reopening",
    "open_round",
    "reopen_round",
    "return_survey",
    "save_row",
    "start_survey",
    "submit_survey",
]
