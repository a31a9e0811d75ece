"""Triggers: whatever writes to the database, of a stored scan nothing changes but that it is taken away.

As documents 0004 does for signed files. SQLite has no trigger on deletion here: a test run empties its tables
with DELETE. A later migration that rebuilds the table on SQLite drops the trigger and has to make it again.
"""

from django.db import migrations

MESSAGE = "A stored scan is never changed."
KEPT = ["id", "distribution_id", "sha256", "at", "by_id"]


def _allowed(same):
    return (
        "NEW.removed_at IS NOT NULL AND (OLD.removed_as = '' AND NEW.removed_as IN ('aside', 'erased') OR "
        "OLD.removed_as = 'aside' AND NEW.removed_as = 'erased') AND "
        f"(NEW.removed_as = 'erased' OR NEW.content = OLD.content) AND {same}"
    )


POSTGRESQL_SAME = f"({', '.join('OLD.' + c for c in KEPT)}) IS NOT DISTINCT FROM ({', '.join('NEW.' + c for c in KEPT)})"
POSTGRESQL = [
    f"""CREATE FUNCTION distributions_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
    "CREATE TRIGGER delivery_scan_kept BEFORE UPDATE ON distributions_deliveryscan FOR EACH ROW WHEN "
    f"(NOT ({_allowed(POSTGRESQL_SAME)})) EXECUTE FUNCTION distributions_refuse_change()",
    "CREATE TRIGGER delivery_scan_not_deleted BEFORE DELETE ON distributions_deliveryscan FOR EACH ROW "
    "EXECUTE FUNCTION distributions_refuse_change()",
]
POSTGRESQL_BACK = [
    "DROP TRIGGER delivery_scan_not_deleted ON distributions_deliveryscan",
    "DROP TRIGGER delivery_scan_kept ON distributions_deliveryscan",
    "DROP FUNCTION distributions_refuse_change()",
]
SQLITE_SAME = " AND ".join(f"OLD.{c} IS NEW.{c}" for c in KEPT)
SQLITE = [
    "CREATE TRIGGER delivery_scan_kept BEFORE UPDATE ON distributions_deliveryscan "
    f"WHEN NOT ({_allowed(SQLITE_SAME)}) BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END",
]
SQLITE_BACK = ["DROP TRIGGER IF EXISTS delivery_scan_kept"]


def _run(schema_editor, postgresql, sqlite):
    for statement in {"postgresql": postgresql, "sqlite": sqlite}[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


def freeze(apps, schema_editor):
    _run(schema_editor, POSTGRESQL, SQLITE)


def thaw(apps, schema_editor):
    _run(schema_editor, POSTGRESQL_BACK, SQLITE_BACK)


class Migration(migrations.Migration):

    dependencies = [("distributions", "0012_keep_the_day_of_sending")]

    operations = [migrations.RunPython(freeze, thaw)]
