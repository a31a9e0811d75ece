"""``manage.py check_ledger``: proves that every balance is the sum of its moves."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from distributions.proof import prove


class Command(BaseCommand):
    help = "Prove that every balance is the sum of its moves; name each row that is off and exit with 1."

    def handle(self, *args: Any, **options: Any) -> None:
        proof = prove()
        counted = ", ".join(f"{count} {kind}" for kind, count in proof.counted.items())
        if not proof.faults:
            self.stdout.write(f"ledger in order: {counted}")
            return
        for fault in proof.faults:
            self.stdout.write(str(fault))
        raise CommandError(f"ledger off in {len(proof.faults)} places of {counted}", returncode=1)
