"""Addresses of the directory. Of allauth's pages only three exist."""

from django.urls import URLPattern, path

from directory.views import account, health, session

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
]
