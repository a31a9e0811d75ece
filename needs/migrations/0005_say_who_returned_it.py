import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("needs", "0004_walk_needs_by_place_and_priority"),
    ]
    operations = [
        migrations.AddField(
            "survey",
            "returned_by",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            "survey", "returned_at", models.DateTimeField(null=True, verbose_name="returned at")
        ),
        migrations.AddConstraint(
            "survey",
            models.CheckConstraint(
                condition=models.Q(returned_by__isnull=True, returned_at__isnull=True)
                | models.Q(returned_by__isnull=False, returned_at__isnull=False),
                name="survey_returned_who_and_when",
            ),
        ),
    ]
