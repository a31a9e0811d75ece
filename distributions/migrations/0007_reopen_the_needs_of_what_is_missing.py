"""What was missing stayed in transit and covered its need: it is now missing, and the need is open again."""

from django.db import migrations
from django.db.models import F


def reopen(apps, schema_editor):
    line_model = apps.get_model("distributions", "DistributionLine")
    balance = apps.get_model("distributions", "AllocationBalance").objects
    moves = apps.get_model("distributions", "AllocationMove").objects
    needs = apps.get_model("needs", "NeedBalance").objects
    for line in line_model.objects.filter(missing__gt=0).select_related("distribution", "allocation"):
        q, distribution = line.missing, line.distribution
        balance.filter(pk=line.allocation_id).update(
            in_transit=F("in_transit") - q, missing=F("missing") + q
        )
        needs.filter(pk=line.allocation.need_id).update(covered=F("covered") - q)
        moves.create(
            allocation_id=line.allocation_id,
            kind="miss",
            quantity=q,
            distribution_line=line,
            by_id=distribution.confirmed_by_id,
            at=distribution.confirmed_at,
            occurred_on=distribution.occurred_on,
            reason=line.difference_reason,
        )


def cover_again(apps, schema_editor):
    """Back to an earlier portal, as long as it can say what is in the books: it knows no corrections.

    A need that was covered anew meanwhile has no room; then its CHECK refuses.
    """
    if apps.get_model("distributions", "DeliveryCorrection").objects.exists():
        raise RuntimeError("Deliveries were corrected since: an earlier portal cannot hold that.")
    line_model = apps.get_model("distributions", "DistributionLine")
    balance = apps.get_model("distributions", "AllocationBalance").objects
    needs = apps.get_model("needs", "NeedBalance").objects
    for line in line_model.objects.filter(missing__gt=0).select_related("allocation"):
        q = line.missing
        balance.filter(pk=line.allocation_id).update(
            in_transit=F("in_transit") + q, missing=F("missing") - q
        )
        needs.filter(pk=line.allocation.need_id).update(covered=F("covered") + q)
    apps.get_model("distributions", "AllocationMove").objects.filter(kind="miss").delete()


class Migration(migrations.Migration):

    dependencies = [
        ('distributions', '0006_correct_deliveries_and_reopen_what_is_missing'),
    ]

    operations = [migrations.RunPython(reopen, cover_again)]
