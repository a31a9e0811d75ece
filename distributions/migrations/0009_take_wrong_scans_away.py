"""Scans that were removed until now were all erased; the reason stands in the history."""

from django.conf import settings
from django.db import migrations, models


def say_that_they_were_erased(apps, schema_editor):
    Scan, Entry = apps.get_model("distributions", "DeliveryScan"), apps.get_model("directory", "HistoryEntry")
    told = Entry.objects.filter(
        content_type__app_label="distributions",
        content_type__model="distribution",
        verb__in=["remove scan", "erase scan"],  # the second, if the portal went back and forth
    )
    for scan in Scan.objects.exclude(removed_at=None).defer("content"):
        reasons = told.filter(object_id=scan.distribution_id, details__sha256=scan.sha256).order_by("-pk")
        reason = reasons.values_list("reason", flat=True).first() or "–"
        Scan.objects.filter(pk=scan.pk).update(removed_as="erased", removed_why=reason[:300])
    schema_editor.connection.check_constraints()  # what is checked at the end would hold up the table


def none_is_set_aside(apps, schema_editor):
    if apps.get_model("distributions", "DeliveryScan").objects.filter(removed_as="aside").exists():
        raise RuntimeError("Scans were set aside since: an earlier portal cannot tell them from erased ones.")


class Migration(migrations.Migration):

    dependencies = [
        ('contenttypes', '0002_remove_content_type_name'),
        ('directory', '0005_say_which_village_a_school_lies_in'),
        ('distributions', '0008_correct_visits'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='deliveryscan',
            name='delivery_scan_removed_who_and_when',
        ),
        migrations.AddField(
            model_name='deliveryscan',
            name='removed_as',
            field=models.CharField(blank=True, choices=[('aside', 'not of this record: set aside'), ('erased', 'shows names of children: erased')], default='', max_length=10, verbose_name='taken away as'),
        ),
        migrations.AddField(
            model_name='deliveryscan',
            name='removed_why',
            field=models.CharField(blank=True, default='', max_length=300, verbose_name='reason'),
        ),
        migrations.RunPython(say_that_they_were_erased, none_is_set_aside),
        migrations.AddConstraint(
            model_name='deliveryscan',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('removed_as', ''), ('removed_at__isnull', True), ('removed_by__isnull', True), ('removed_why', '')), models.Q(('removed_as__in', ['aside', 'erased']), ('removed_at__isnull', False), ('removed_by__isnull', False), models.Q(('removed_why', ''), _negated=True), models.Q(models.Q(('removed_as', 'erased'), _negated=True), ('content', b''), _connector='OR')), _connector='OR'), name='delivery_scan_removed_how_and_why'),
        ),
    ]
