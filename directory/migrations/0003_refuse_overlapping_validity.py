"""Two rows of the same identity may not hold on the same day: PostgreSQL keeps it even against a race.

SQLite has no exclusion constraints; there the actions and the back office refuse it (``Dated.clean``).
"""

from django.db import migrations

CONSTRAINTS = [
    ("directory_unit", "unit_one_a_day", ("code",)),
    ("directory_place", "place_one_a_day", ("unit_id", "kind", "name")),
    ("directory_agency", "agency_one_a_day", ("unit_id", "name")),
    ("directory_areastatus", "area_status_one_a_day", ("unit_id",)),
    ("directory_leadarea", "lead_area_one_a_day", ("area_id", "scope_id")),
    ("directory_coordinationscope", "scope_one_a_day", ("unit_id",)),
]


def add(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    schema_editor.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    for table, name, identity in CONSTRAINTS:
        same = ", ".join(f"{column} WITH =" for column in identity)
        schema_editor.execute(
            f"ALTER TABLE {table} ADD CONSTRAINT {name} "
            f"EXCLUDE USING gist ({same}, daterange(valid_from, valid_to, '[]') WITH &&)"
        )


def remove(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    for table, name, _identity in CONSTRAINTS:
        schema_editor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")


class Migration(migrations.Migration):
    dependencies = [("directory", "0002_keep_history_of_registers")]
    operations = [migrations.RunPython(add, remove, elidable=False)]
