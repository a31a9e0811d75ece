import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0005_say_which_village_a_school_lies_in"),
        ("needs", "0003_sum_balances_alone"),
    ]
    operations = [
        migrations.AlterField(
            "need",
            "place",
            models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="needs",
                to="directory.place",
                verbose_name="place",
            ),
        ),
        migrations.AddIndex(
            "need", models.Index(fields=["place", "priority"], name="need_at_place_by_priority")
        ),
    ]
