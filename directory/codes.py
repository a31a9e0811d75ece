"""Codes that people read out on the telephone: CK-2025-007."""

from django.db.models import F

from directory.models import Counter


def next_code(series: str, year: int) -> str:
    """The next code of the series in the year. Call it inside an action: the number is given with it."""
    counter, _ = Counter.objects.get_or_create(series=series, year=year)
    Counter.objects.filter(pk=counter.pk).update(last=F("last") + 1)
    counter.refresh_from_db()
    return f"{series}-{year}-{counter.last:03d}"
