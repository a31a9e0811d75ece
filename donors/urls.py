from django.urls import path

from donors import views

urlpatterns = [
    path("donors/", views.donor_list, name="donor_list"),
    path("donors/list.<str:format>/", views.donor_export, name="donor_export"),
    path("donors/new/", views.donor_create, name="donor_create"),
    path("donors/duplicates/", views.donor_duplicates, name="donor_duplicates"),
    path("donors/<int:pk>/", views.donor_detail, name="donor_detail"),
    path("donors/<int:pk>/change/", views.donor_change, name="donor_change"),
    path("donors/<int:pk>/contacts/", views.donor_contacts, name="donor_contacts"),
    path("donors/<int:pk>/capacity/", views.donor_capacity, name="donor_capacity"),
    path("donors/<int:pk>/merge/", views.donor_merge, name="donor_merge"),
    path("pledges/", views.pledge_list, name="pledge_list"),
    path("pledges/list.<str:format>/", views.pledge_export, name="pledge_export"),
    path("pledges/overdue/", views.pledge_overdue, name="pledge_overdue"),
    path("pledges/overdue/list.<str:format>/", views.pledge_overdue_export, name="pledge_overdue_export"),
    path("pledges/new/", views.pledge_create, name="pledge_create"),
    path("pledges/<int:pk>/", views.pledge_detail, name="pledge_detail"),
    path("pledges/<int:pk>/change/", views.pledge_change, name="pledge_change"),
    path("pledges/<int:pk>/instalments/", views.pledge_instalments, name="pledge_instalments"),
    path("pledges/<int:pk>/expire/", views.pledge_expire, name="pledge_expire"),
    path("pledges/<int:pk>/withdraw/", views.pledge_withdraw, name="pledge_withdraw"),
    path("pledges/<int:pk>/receive/", views.receipt_create, name="receipt_create"),
    path("receipts/list.<str:format>/", views.receipt_export, name="receipt_export"),
    path("receipts/<int:pk>/", views.receipt_detail, name="receipt_detail"),
    path("supply/", views.supply_list, name="supply_list"),
    path("supply/list.<str:format>/", views.supply_export, name="supply_export"),
]
