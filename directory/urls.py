"""Addresses of the directory. Of allauth's pages only three exist."""

from django.urls import URLPattern, path

from directory.views import health, session

urlpatterns: list[URLPattern] = [
    path("healthz", health.healthz, name="healthz"),
    path("login/", session.login, name="account_login"),
    path("logout/", session.logout, name="account_logout"),
    path("password/", session.change_password, name="account_change_password"),
]
