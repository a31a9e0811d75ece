"""Who sent, when it was entered and on which day: all or none. A sending called back is a negative row."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("distributions", "0011_ask_for_the_day_of_sending")]

    operations = [
        migrations.RemoveConstraint("allocationmove", "allocation_move_moves"),
        migrations.RemoveConstraint("distribution", "distribution_sent_who_and_when"),
        migrations.AddConstraint(
            "allocationmove",
            models.CheckConstraint(
                condition=Q(quantity__gt=0)
                | Q(kind__in=["miss", "send"], quantity__lt=0)
                | Q(correction__isnull=False, quantity__lt=0),
                name="allocation_move_moves",
            ),
        ),
        migrations.AddConstraint(
            "distribution",
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True, sent_by__isnull=True, sent_on__isnull=True)
                | Q(sent_at__isnull=False, sent_by__isnull=False, sent_on__isnull=False),
                name="distribution_sent_who_and_when",
            ),
        ),
    ]
