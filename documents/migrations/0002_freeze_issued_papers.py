"""Triggers: whatever writes to the database, an issued paper and its files stay as they were issued.

SQLite has no triggers on deletion here: a test run empties its tables with DELETE. A later migration that
rebuilds one of these tables on SQLite drops its triggers and has to make them again (a test tells).
"""

from django.db import migrations

MESSAGE = "An issued paper is never changed."
FROZEN = [
    "kind", "agency_id", "title", "snapshot", "snapshot_sha256", "number", "symbol", "year", "dated",
    "issued_by_id", "issued_at", "replaces_id",
]

POSTGRESQL = [
    f"""CREATE FUNCTION documents_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
    "CREATE TRIGGER paper_frozen BEFORE UPDATE ON documents_paper FOR EACH ROW WHEN (OLD.state <> 'draft' AND "
    f"(NEW.state = 'draft' OR ({', '.join('OLD.' + c for c in FROZEN)}) IS DISTINCT FROM "
    f"({', '.join('NEW.' + c for c in FROZEN)}))) EXECUTE FUNCTION documents_refuse_change()",
    "CREATE TRIGGER paper_kept BEFORE DELETE ON documents_paper FOR EACH ROW WHEN (OLD.state <> 'draft') "
    "EXECUTE FUNCTION documents_refuse_change()",
    "CREATE TRIGGER paper_file_kept BEFORE UPDATE OR DELETE ON documents_paperfile FOR EACH ROW "
    "EXECUTE FUNCTION documents_refuse_change()",
]
POSTGRESQL_BACK = [
    "DROP TRIGGER paper_file_kept ON documents_paperfile",
    "DROP TRIGGER paper_kept ON documents_paper",
    "DROP TRIGGER paper_frozen ON documents_paper",
    "DROP FUNCTION documents_refuse_change()",
]
SQLITE = [
    "CREATE TRIGGER paper_frozen BEFORE UPDATE ON documents_paper WHEN OLD.state <> 'draft' AND "
    f"(NEW.state = 'draft' OR {' OR '.join(f'OLD.{c} IS NOT NEW.{c}' for c in FROZEN)}) "
    f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END",
    "CREATE TRIGGER paper_file_kept BEFORE UPDATE ON documents_paperfile "
    f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END",
]
SQLITE_BACK = ["DROP TRIGGER paper_file_kept", "DROP TRIGGER paper_frozen"]


def _run(schema_editor, postgresql, sqlite):
    for statement in {"postgresql": postgresql, "sqlite": sqlite}[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


def freeze(apps, schema_editor):
    _run(schema_editor, POSTGRESQL, SQLITE)


def thaw(apps, schema_editor):
    _run(schema_editor, POSTGRESQL_BACK, SQLITE_BACK)


class Migration(migrations.Migration):

    dependencies = [("documents", "0001_initial")]

    operations = [migrations.RunPython(freeze, thaw)]
