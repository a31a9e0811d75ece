"""All addresses of the portal, room by room."""

from django.contrib import admin
from django.urls import include, path
from django.views.i18n import set_language

urlpatterns = [
    path("", include("reports.urls")),
    path("", include("distributions.urls")),
    path("", include("donors.urls")),
    path("", include("needs.urls")),
    path("", include("documents.urls")),
    path("", include("directory.urls")),
    path("language/", set_language, name="set_language"),
    path("admin/", admin.site.urls),
]
