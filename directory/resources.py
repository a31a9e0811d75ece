"""Places and holidays out to a CSV file and back in, with a preview; each row by the rules of a screen."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from import_export.fields import Field
from import_export.resources import ModelResource
from import_export.widgets import DateWidget, Widget

from directory.actions.register import enter_row
from directory.models import Holiday, Place, Unit, User

DAY_FORMAT = "%d/%m/%Y"
MOST_ROWS = 2000
# A spreadsheet would take a cell that begins so for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class CommuneWidget(Widget):
    """A commune by its code, as of the day that the row begins on."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Unit:
        day = _day(row["valid_from"])
        commune = Unit.objects.communes().on(day).filter(code=str(value).strip()).first()
        if commune is None:
            message = _("No commune has the code “%(code)s” on %(day)s. Correct the code or the day.")
            raise ValueError(message % {"code": value, "day": day.strftime(DAY_FORMAT)})
        return commune

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return value.code if value else ""


class RegisterResource(ModelResource):
    """Saves by the action; refuses too many rows; cells cannot become formulas."""

    _by: User

    def before_import(self, dataset: Any, **kwargs: Any) -> None:
        self._by = kwargs["user"]
        if len(dataset) > MOST_ROWS:
            message = _("The file has %(rows)s rows; at most %(most)s are read at once. Split the file.")
            raise ValidationError(message % {"rows": len(dataset), "most": MOST_ROWS})

    def before_import_row(self, row: Any, **kwargs: Any) -> None:
        for column, value in row.items():
            text = str(value or "")
            row[column] = text[1:] if text.startswith("'") and text[1:].startswith(FORMULA) else text.strip()

    def do_instance_save(self, instance: Any, is_create: bool) -> None:
        enter_row(by=self._by, row=instance, reason=_("read from a file"))

    def export_field(self, field: Field, instance: Any, **kwargs: Any) -> Any:
        value = super().export_field(field, instance, **kwargs)
        return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


class PlaceResource(RegisterResource):
    unit = Field("unit", "commune_code", CommuneWidget())
    valid_from = Field("valid_from", "valid_from", DateWidget(DAY_FORMAT))
    valid_to = Field("valid_to", "valid_to", DateWidget(DAY_FORMAT))

    class Meta:
        model = Place
        fields = ("unit", "kind", "name", "valid_from", "valid_to", "order")
        import_id_fields = ("unit", "kind", "name", "valid_from")
        clean_model_instances = True
        skip_unchanged = True
        use_transactions = True


class HolidayResource(RegisterResource):
    day = Field("day", "day", DateWidget(DAY_FORMAT))

    class Meta:
        model = Holiday
        fields = ("day", "name")
        import_id_fields = ("day",)
        clean_model_instances = True
        skip_unchanged = True
        use_transactions = True


def _day(text: str) -> date:
    return datetime.strptime(str(text).strip(), DAY_FORMAT).date()  # noqa: DTZ007
