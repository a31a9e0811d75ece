"""``manage.py load_plan``: the facts of the plan of 2019."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

import directory.plan
import distributions.plan
import donors.plan
import needs.plan
import reports.plan


class Command(BaseCommand):
    help = "Load exactly what the district's plan of 2019 states; loading again changes nothing."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        district = directory.plan.load()
        needs.plan.load()
        donors.plan.load(district)
        distributions.plan.load(district)
        reports.plan.load()
        if options["verbosity"]:
            self.stdout.write(f"Plan loaded: {district}.")
