"""Wrong signed files are set aside or erased; the triggers let this one change of a file through.

Who brought the files of before stands in the history. SQLite rebuilds the table and drops its trigger with it.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

MESSAGE = "An issued paper is never changed."
KEPT = ["id", "paper_id", "kind", "sha256", "created_at", "by_id"]


def _allowed(same):
    return (
        "OLD.kind = 'signed' AND NEW.removed_at IS NOT NULL AND (OLD.removed_as = '' AND NEW.removed_as IN "
        "('aside', 'erased') OR OLD.removed_as = 'aside' AND NEW.removed_as = 'erased') AND "
        f"(NEW.removed_as = 'erased' OR NEW.content = OLD.content) AND {same}"
    )


POSTGRESQL_SAME = f"({', '.join('OLD.' + c for c in KEPT)}) IS NOT DISTINCT FROM ({', '.join('NEW.' + c for c in KEPT)})"
POSTGRESQL = [
    "CREATE TRIGGER paper_file_kept BEFORE UPDATE ON documents_paperfile FOR EACH ROW WHEN "
    f"(NOT ({_allowed(POSTGRESQL_SAME)})) EXECUTE FUNCTION documents_refuse_change()",
    "CREATE TRIGGER paper_file_not_deleted BEFORE DELETE ON documents_paperfile FOR EACH ROW "
    "EXECUTE FUNCTION documents_refuse_change()",
]
POSTGRESQL_OFF = [
    "DROP TRIGGER paper_file_kept ON documents_paperfile",
    "DROP TRIGGER IF EXISTS paper_file_not_deleted ON documents_paperfile",
]
POSTGRESQL_BEFORE = [
    "CREATE TRIGGER paper_file_kept BEFORE UPDATE OR DELETE ON documents_paperfile FOR EACH ROW "
    "EXECUTE FUNCTION documents_refuse_change()",
]
SQLITE_SAME = " AND ".join(f"OLD.{c} IS NEW.{c}" for c in KEPT)
SQLITE = [
    f"CREATE TRIGGER paper_file_kept BEFORE UPDATE ON documents_paperfile WHEN NOT ({_allowed(SQLITE_SAME)}) "
    f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END",
]
SQLITE_OFF = ["DROP TRIGGER IF EXISTS paper_file_kept"]
SQLITE_BEFORE = [
    "CREATE TRIGGER paper_file_kept BEFORE UPDATE ON documents_paperfile "
    f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END",
]


def _run(schema_editor, postgresql, sqlite):
    for statement in {"postgresql": postgresql, "sqlite": sqlite}[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


def thaw(apps, schema_editor):
    _run(schema_editor, POSTGRESQL_OFF, SQLITE_OFF)


def freeze(apps, schema_editor):
    _run(schema_editor, POSTGRESQL, SQLITE)


def thaw_if_nothing_was_taken_away(apps, schema_editor):
    if apps.get_model("documents", "PaperFile").objects.exclude(removed_as="").exists():
        raise RuntimeError("Signed files were taken away since: they would count again. Restore a backup instead.")
    thaw(apps, schema_editor)


def freeze_as_before(apps, schema_editor):
    _run(schema_editor, POSTGRESQL_BEFORE, SQLITE_BEFORE)


def name_who_brought_them(apps, schema_editor):
    PaperFile, Entry = apps.get_model("documents", "PaperFile"), apps.get_model("directory", "HistoryEntry")
    told = Entry.objects.filter(
        content_type__app_label="documents", content_type__model="paper", verb="keep the signed file"
    )
    for paper, by, details in told.values_list("object_id", "by_id", "details"):
        files = PaperFile.objects.filter(paper_id=paper, kind="signed", sha256=details.get("sha256", ""))
        files.update(by_id=by)
    schema_editor.connection.check_constraints()  # what is checked at the end would hold up the table


class Migration(migrations.Migration):

    dependencies = [
        ("contenttypes", "0002_remove_content_type_name"),
        ("directory", "0005_say_which_village_a_school_lies_in"),
        ("documents", "0003_take_in_workbooks"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(thaw, freeze_as_before),
        migrations.AddField(
            model_name="paperfile",
            name="by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                to=settings.AUTH_USER_MODEL, verbose_name="by",
            ),
        ),
        migrations.AddField(
            model_name="paperfile",
            name="removed_as",
            field=models.CharField(
                blank=True,
                choices=[("aside", "not of this record: set aside"), ("erased", "shows names of children: erased")],
                default="", max_length=10, verbose_name="taken away as",
            ),
        ),
        migrations.AddField(
            model_name="paperfile",
            name="removed_at",
            field=models.DateTimeField(null=True, verbose_name="removed at"),
        ),
        migrations.AddField(
            model_name="paperfile",
            name="removed_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="paperfile",
            name="removed_why",
            field=models.CharField(blank=True, default="", max_length=300, verbose_name="reason"),
        ),
        migrations.AddConstraint(
            model_name="paperfile",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind", "signed"), ("removed_as", ""), _connector="OR"),
                name="paper_file_pdf_is_kept",
            ),
        ),
        migrations.AddConstraint(
            model_name="paperfile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("removed_as", ""), ("removed_at__isnull", True), ("removed_by__isnull", True),
                        ("removed_why", ""),
                    ),
                    models.Q(
                        ("removed_as__in", ["aside", "erased"]), ("removed_at__isnull", False),
                        ("removed_by__isnull", False), models.Q(("removed_why", ""), _negated=True),
                        models.Q(
                            models.Q(("removed_as", "erased"), _negated=True), ("content", b""),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="paper_file_removed_how_and_why",
            ),
        ),
        migrations.RunPython(name_who_brought_them, migrations.RunPython.noop),
        migrations.RunPython(freeze, thaw_if_nothing_was_taken_away),
    ]
