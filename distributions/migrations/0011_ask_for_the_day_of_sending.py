"""The day on which goods left stands apart from the moment it was entered; a sending is called back."""

from django.db import migrations, models
from django.utils import timezone


def fill(apps, schema_editor):
    """So far goods left on the day it was entered."""
    rows = apps.get_model("distributions", "Distribution").objects
    for pk, sent_at in rows.filter(sent_at__isnull=False).values_list("pk", "sent_at"):
        rows.filter(pk=pk).update(sent_on=timezone.localdate(sent_at))


class Migration(migrations.Migration):
    dependencies = [("distributions", "0010_keep_what_a_support_plan_was_asked_for")]

    operations = [
        migrations.AddField(
            "distribution",
            "sent_on",
            models.DateField(help_text="the day on which the goods left", null=True, verbose_name="sent on"),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
