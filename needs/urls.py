from django.urls import path

from needs.views import buying, catalogue, comment, copy, grid, need, paste, review, round, survey

urlpatterns = [
    path("items/", catalogue.item_list, name="item_list"),
    path("items/new/", catalogue.item_create, name="item_create"),
    path("items/<int:pk>/", catalogue.item_detail, name="item_detail"),
    path("items/<int:pk>/change/", catalogue.item_change, name="item_change"),
    path("items/<int:pk>/prices/", catalogue.item_prices, name="item_prices"),
    path("items/<int:pk>/sizes/", catalogue.item_sizes, name="item_sizes"),
    path("items/<int:pk>/retire/", catalogue.item_retire, name="item_retire"),
    path("items/<int:pk>/restore/", catalogue.item_restore, name="item_restore"),
    path("items/<int:pk>/delete/", catalogue.item_delete, name="item_delete"),
    path("rounds/", round.round_list, name="round_list"),
    path("rounds/new/", round.round_create, name="round_create"),
    path("rounds/<int:pk>/", round.round_detail, name="round_detail"),
    path("rounds/<int:pk>/close/", round.round_close, name="round_close"),
    path("rounds/<int:pk>/surveys/<int:commune>/", survey.survey_start, name="survey_start"),
    # The deeds stand before the tabs, whose codes are data.
    path("surveys/<int:pk>/check/", survey.survey_check, name="survey_check"),
    path("surveys/<int:pk>/submit/", survey.survey_submit, name="survey_submit"),
    path("surveys/<int:pk>/correct/", survey.survey_correct, name="survey_correct"),
    path("surveys/<int:pk>/review/", review.survey_review, name="survey_review"),
    path("surveys/<int:pk>/approve/", review.survey_approve, name="survey_approve"),
    path("surveys/<int:pk>/return/", review.survey_return, name="survey_return"),
    path("surveys/<int:pk>/comments/", comment.survey_comment, name="survey_comment"),
    path("surveys/<int:pk>/<slug:section>/copy/", copy.survey_copy, name="survey_copy"),
    path("surveys/<int:pk>/<slug:section>/nothing/", copy.survey_nothing, name="survey_nothing"),
    path("surveys/<int:pk>/<slug:section>/", grid.survey_grid, name="survey_grid"),
    path("surveys/<int:pk>/<slug:section>/paste/", paste.survey_paste, name="survey_paste"),
    path("surveys/<int:pk>/<slug:section>/<int:place>/", grid.survey_row_save, name="survey_row_save"),
    path("comments/<int:pk>/settle/", comment.comment_settle, name="comment_settle"),
    path("needs/", need.need_list, name="need_list"),
    path("needs/buying-list/", buying.buying_list, name="buying_list"),
    path("needs/<int:pk>/", need.need_detail, name="need_detail"),
]
