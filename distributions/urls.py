from django.urls import path

from distributions import views

urlpatterns = [
    path("allocations/", views.allocation_board, name="allocation_board"),
    path("allocations/new/", views.allocation_create, name="allocation_create"),
    path("allocations/made/", views.allocation_list, name="allocation_list"),
    path("allocations/list.<str:format>/", views.allocation_export, name="allocation_export"),
    path("allocations/<int:pk>/", views.allocation_detail, name="allocation_detail"),
    path("allocations/<int:pk>/reverse/", views.allocation_reverse, name="allocation_reverse"),
    path("allocations/proposal/", views.support_plan_propose, name="support_plan_propose"),
    path("allocations/proposal/accept/", views.support_plan_accept, name="support_plan_accept"),
    path("support-plans/", views.support_plan_list, name="support_plan_list"),
    path("support-plans/<int:pk>/", views.support_plan_detail, name="support_plan_detail"),
    path("support-plans/<int:pk>/undo/", views.support_plan_undo, name="support_plan_undo"),
    path("support-plans/<int:pk>/list.<str:format>/", views.support_plan_export, name="support_plan_export"),
    path("distributions/", views.distribution_list, name="distribution_list"),
    path("distributions/list.<str:format>/", views.distribution_export, name="distribution_export"),
    path("distributions/new/", views.distribution_create, name="distribution_create"),
    path("distributions/<int:pk>/", views.distribution_detail, name="distribution_detail"),
    path("distributions/<int:pk>/change/", views.distribution_change, name="distribution_change"),
    path("distributions/<int:pk>/record.pdf", views.distribution_record, name="distribution_record"),
    path("distributions/<int:pk>/send/", views.distribution_send, name="distribution_send"),
    path("distributions/<int:pk>/cancel/", views.distribution_cancel, name="distribution_cancel"),
    path("distributions/<int:pk>/confirm/", views.delivery_confirm, name="delivery_confirm"),
    path("distributions/<int:pk>/noted/", views.difference_note, name="difference_note"),
    path("distributions/<int:pk>/scan/", views.delivery_scan, name="delivery_scan"),
    path("distributions/<int:pk>/scan/keep/", views.delivery_scan_keep, name="delivery_scan_keep"),
    path("distributions/<int:pk>/scan/remove/", views.delivery_scan_remove, name="delivery_scan_remove"),
    path("distributions/lines/<int:pk>/missing/", views.missing_settle, name="missing_settle"),
]
