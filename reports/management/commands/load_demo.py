"""``manage.py load_demo``: made-up figures for showing and trying the portal."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

import environ
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from reports import demo
from reports.demo.register import ACCOUNTS


class Command(BaseCommand):
    help = "Load made-up figures for 2023, 2024 and the first half of 2025. Refuses over real figures."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--password",
            default=environ.Env().str("DEMO_PASSWORD", default=""),
            help="of all sample accounts (DEMO_PASSWORD)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if demo.is_loaded():
            self.stdout.write("The sample is loaded already; nothing was changed.")
            return self._accounts()
        if not options["password"]:
            raise CommandError("Set DEMO_PASSWORD (or --password): the sample accounts need a password.")
        call_command("load_plan", verbosity=0)
        try:
            demo.load(options["password"], say=self._say if options["verbosity"] else lambda text: None)
        except demo.NotEmpty:
            raise CommandError(
                "This database holds entries that are not a sample, so no made-up figures were loaded. "
                "Use an empty database for the sample."
            ) from None
        return self._accounts()

    def _say(self, text: str) -> None:
        self.stdout.write(f"… {text}")

    def _accounts(self) -> None:
        for username, role, agency, name in ACCOUNTS:
            self.stdout.write(f"{username:<14} {role.label!s:<24} {agency:<18} {name}")
