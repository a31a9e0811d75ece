"""The registers that administrators keep. Every save goes through the action that the screens use too.

Files of units, places and holidays: ``documents/admin.py``, which knows both registers and workbooks.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.forms import ModelForm
from django.http import HttpRequest
from simple_history.admin import SimpleHistoryAdmin

from directory.actions.register import enter_row, strike_holiday
from directory.models import (
    Agency,
    AgencySuccession,
    AreaStatus,
    CoordinationScope,
    Holiday,
    LeadArea,
    Place,
    Signer,
    Succession,
    SupportArea,
    Unit,
)


class RegisterAdmin(SimpleHistoryAdmin):
    """The site itself lets administrators in; nothing is deleted, a row ends on a day."""

    list_per_page = 50
    show_full_result_count = False

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.admin_site.has_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.admin_site.has_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.admin_site.has_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.admin_site.has_permission(request)

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:
        enter_row(by=request.user, row=obj)  # type: ignore[arg-type]


class ReadOnlyAdmin(RegisterAdmin):
    """What only a reorganisation writes."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Unit)
class UnitAdmin(RegisterAdmin):
    list_display = ["name", "level", "code", "parent", "valid_from", "valid_to"]
    list_filter = ["level"]
    list_select_related = ["parent"]
    search_fields = ["name", "code"]


@admin.register(Agency)
class AgencyAdmin(RegisterAdmin):
    list_display = ["name", "unit", "kind", "superior", "reports_every", "valid_from", "valid_to"]
    list_filter = ["kind", "reports_every"]
    list_select_related = ["unit", "superior"]
    search_fields = ["name", "short_name"]


@admin.register(Place)
class PlaceAdmin(RegisterAdmin):
    list_display = ["name", "kind", "unit", "valid_from", "valid_to"]
    list_filter = ["kind", "unit"]
    list_select_related = ["unit"]
    search_fields = ["name"]
    readonly_fields = ["continues", "lies_in"]


@admin.register(Holiday)
class HolidayAdmin(RegisterAdmin):
    list_display = ["day", "name"]
    actions = None

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.admin_site.has_permission(request)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        strike_holiday(by=request.user, holiday=obj)  # type: ignore[arg-type]


@admin.register(AreaStatus)
class AreaStatusAdmin(RegisterAdmin):
    list_display = ["unit", "legal_basis", "valid_from", "valid_to"]
    list_select_related = ["unit"]


@admin.register(CoordinationScope)
class CoordinationScopeAdmin(RegisterAdmin):
    list_display = ["unit", "agency", "valid_from", "valid_to"]
    list_select_related = ["unit", "agency"]


@admin.register(LeadArea)
class LeadAreaAdmin(RegisterAdmin):
    list_display = ["area", "scope", "agency", "valid_from", "valid_to"]
    list_select_related = ["area", "scope", "agency"]


@admin.register(Signer)
class SignerAdmin(RegisterAdmin):
    list_display = ["name", "office", "for_office", "power", "agency", "valid_from", "valid_to"]
    list_select_related = ["agency"]


@admin.register(SupportArea)
class SupportAreaAdmin(admin.ModelAdmin):
    list_display = ["name", "name_en", "code"]

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.admin_site.has_permission(request)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.admin_site.has_permission(request)


@admin.register(Succession)
class SuccessionAdmin(ReadOnlyAdmin):
    list_display = ["predecessor", "successor", "on", "share"]
    list_select_related = ["predecessor", "successor"]


@admin.register(AgencySuccession)
class AgencySuccessionAdmin(ReadOnlyAdmin):
    list_display = ["predecessor", "successor", "on"]
    list_select_related = ["predecessor", "successor"]
