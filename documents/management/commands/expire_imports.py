"""Drop the uploaded workbooks that nobody confirmed in time. Each upload does so too."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from documents.imports import work


class Command(BaseCommand):
    help = "Expire unconfirmed previews of workbooks and drop the bytes that are kept no longer."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{work.clear()} uploads expired.")
