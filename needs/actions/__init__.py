"""Every write of this room that is more than one row or changes a state. One file per noun."""

from needs.actions.catalogue import change_item, create_item, delete_item, restore_item, retire_item
from needs.actions.comment import comment_row, settle_comment
from needs.actions.copy import copy_earlier, state_nothing
from needs.actions.item_price import YearPrice, set_price, set_prices
from needs.actions.item_sizes import SizeRow, set_sizes
from needs.actions.note import note_warnings
from needs.actions.opinion import ask_opinion, give_opinion
from needs.actions.paste import PastedRow, paste_block
from needs.actions.priority import prioritise_need, prioritise_row
from needs.actions.reopening import end_reopening, reopen_round
from needs.actions.review import approve_survey, return_survey
from needs.actions.round import change_round, close_round, open_round
from needs.actions.row import save_row
from needs.actions.signing import send_back_survey, sign_survey
from needs.actions.survey import correct_survey, start_survey, submit_survey
from needs.actions.workbook import save_workbook
from needs.cells import StatedNeed
from needs.item_rules import ItemFacts

__all__ = [
    "ItemFacts",
    "PastedRow",
    "SizeRow",
    "StatedNeed",
    "YearPrice",
    "approve_survey",
    "ask_opinion",
    "change_item",
    "change_round",
    "close_round",
    "comment_row",
    "copy_earlier",
    "correct_survey",
    "create_item",
    "delete_item",
    "end_reopening",
    "give_opinion",
    "note_warnings",
    "open_round",
    "paste_block",
    "prioritise_need",
    "prioritise_row",
    "reopen_round",
    "restore_item",
    "retire_item",
    "return_survey",
    "save_row",
    "save_workbook",
    "send_back_survey",
    "set_price",
    "set_prices",
    "set_sizes",
    "settle_comment",
    "sign_survey",
    "start_survey",
    "state_nothing",
    "submit_survey",
]
