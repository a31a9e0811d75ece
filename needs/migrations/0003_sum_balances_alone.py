"""A balance repeats round, place and item of its need, so that sums over all needs read one narrow table."""

import django.db.models.deletion
from django.db import migrations, models

COLUMNS = {"round": "needs.surveyround", "place": "directory.place", "item": "needs.supportitem"}


def fill(apps, schema_editor):
    of_need = ", ".join(
        f"{name}_id = (SELECT {name}_id FROM needs_need WHERE needs_need.id = need_id)" for name in COLUMNS
    )
    schema_editor.execute(f"UPDATE needs_needbalance SET {of_need}")
    if schema_editor.connection.vendor == "postgresql":
        # The table is altered next: no check of what was just written may still be waiting.
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def column(name, **options):
    return models.ForeignKey(
        db_index=False,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to=COLUMNS[name],
        **options,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0005_say_which_village_a_school_lies_in"),
        ("needs", "0002_widen_the_review"),
    ]
    operations = [
        *(migrations.AddField("needbalance", name, column(name, null=True)) for name in COLUMNS),
        migrations.RunPython(fill, migrations.RunPython.noop),
        *(migrations.AlterField("needbalance", name, column(name)) for name in COLUMNS),
        migrations.AddIndex(
            "needbalance", models.Index(fields=["round", "place"], name="need_balance_of_round")
        ),
    ]
