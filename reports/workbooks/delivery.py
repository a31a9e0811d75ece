"""The deliveries behind a figure, as a file."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from distributions.models import DistributionLine
from documents.exports import ListColumn, ListFile
from reports.rollup import behind

DELIVERIES = ListFile[DistributionLine](
    gettext_lazy("Confirmed deliveries"),
    "ban-giao",
    [
        ListColumn(gettext_lazy("Distribution"), 14, lambda line: line.distribution.code),
        ListColumn(gettext_lazy("Delivered on"), 12, lambda line: line.distribution.occurred_on or ""),
        ListColumn(gettext_lazy("Commune"), 18, lambda line: line.distribution.place.unit.name),
        ListColumn(gettext_lazy("Place"), 24, lambda line: line.distribution.place.name),
        ListColumn(gettext_lazy("Item"), 28, lambda line: str(line.item)),
        ListColumn(gettext_lazy("Unit of measure"), 10, lambda line: line.item.unit),
        ListColumn(gettext_lazy("Source"), 34, lambda line: behind(line).source),
        ListColumn(gettext_lazy("Quantity"), 10, lambda line: line.received),
        ListColumn(gettext_lazy("Child-turns"), 10, lambda line: behind(line).turns),
        ListColumn(gettext_lazy("Value (đồng)"), 18, lambda line: line.value),
    ],
)
