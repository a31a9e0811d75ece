"""The back office: Django's admin for the registers of the directory, and for nothing else."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.apps import AdminConfig
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

# Words of the library that reads and writes files; it has no Vietnamese of its own.
LIBRARY_WORDS = (
    gettext_noop("Import"),
    gettext_noop("Export"),
    gettext_noop("File to import"),
    gettext_noop("Format"),
    gettext_noop("Submit"),
    gettext_noop("Confirm import"),
    gettext_noop("Preview"),
    gettext_noop("New"),
    gettext_noop("Skipped"),
    gettext_noop("Update"),
    gettext_noop("Errors"),
    gettext_noop("Row"),
    gettext_noop("Line number"),
    gettext_noop("Some rows failed to validate"),
    gettext_noop(
        "Please correct these errors in your data where possible, then reupload it using the form above."
    ),
    gettext_noop("This importer will import the following fields: "),
    gettext_noop("This exporter will export the following fields: "),
    gettext_noop(
        "Below is a preview of data to be imported. "
        "If you are satisfied with the results, click 'Confirm import'"
    ),
)


class BackOfficeConfig(AdminConfig):
    default_site = "directory.back_office.BackOffice"


class BackOffice(admin.AdminSite):
    """Administrators only; no library's model ever shows up here, and passwords have one way in and out."""

    site_header = site_title = _("Back office")
    index_title = _("Registers of the directory")

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        models: list[Any] = (
            [model_or_iterable] if isinstance(model_or_iterable, type) else list(model_or_iterable)
        )
        own = [model for model in models if model._meta.app_label == "directory"]
        super().register(own, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        from directory.access import ADMIN_SITE

        user = request.user
        return bool(user.is_active and user.is_authenticated and ADMIN_SITE.admits(user))

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        where = urlencode({"next": request.GET.get("next") or reverse("admin:index")})
        return HttpResponseRedirect(f"{reverse('account_login')}?{where}")

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return HttpResponseRedirect(reverse("account_change_password"))
