"""Addresses of the directory. Of allauth's pages only three exist."""

from django.urls import URLPattern, path

from directory.views import account, delegation, health, place, reorganisation, session

urlpatterns: list[URLPattern] = [
    path("healthz", health.healthz, name="healthz"),
    path("login/", session.login, name="account_login"),
    path("logout/", session.logout, name="account_logout"),
    path("password/", session.change_password, name="account_change_password"),
    path("accounts/", account.account_list, name="account_list"),
    path("accounts/new/", account.account_create, name="account_create"),
    path("accounts/<int:pk>/", account.account_detail, name="account_detail"),
    path("accounts/<int:pk>/change/", account.account_change, name="account_change"),
    path("accounts/<int:pk>/reset/", account.account_reset, name="account_reset"),
    path("accounts/<int:pk>/deactivate/", account.account_deactivate, name="account_deactivate"),
    path("accounts/<int:pk>/activate/", account.account_activate, name="account_activate"),
    path("delegations/", delegation.delegation_list, name="delegation_list"),
    path("delegations/new/", delegation.delegation_create, name="delegation_create"),
    path("delegations/<int:pk>/end/", delegation.delegation_end, name="delegation_end"),
    path("places/", place.place_list, name="place_list"),
    path("places/new/", place.place_create, name="place_create"),
    path("places/<int:pk>/change/", place.place_change, name="place_change"),
    path("places/<int:pk>/end/", place.place_end, name="place_end"),
    path("reorganisation/", reorganisation.overview, name="reorganisation"),
    path("reorganisation/units/", reorganisation.unit_merge, name="unit_merge"),
    path("reorganisation/agencies/", reorganisation.agency_succeed, name="agency_succeed"),
]
