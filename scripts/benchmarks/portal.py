"""A process of the portal with its own connection, as one worker of the web server is, told what to do."""

from __future__ import annotations

import multiprocessing
import os
import secrets
import traceback
from importlib import import_module
from multiprocessing.connection import Connection
from typing import Any, Self

SETTINGS = {
    "DJANGO_SETTINGS_MODULE": "iahdrai_portal.settings",
    "SECRET_KEY": secrets.token_urlsafe(50),
    "DEBUG": "0",
    "BEHIND_TLS": "0",
}


class Failed(Exception):
    """What went wrong in the process, as it says it."""


class Portal:
    """``call("needs_pages.time", …)`` runs that function of scripts.benchmarks in the process."""

    def __init__(self, database_url: str) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        environment = {**SETTINGS, "DATABASE_URL": database_url}
        self._process = context.Process(target=_serve, args=(theirs, environment), daemon=True)
        self._process.start()
        theirs.close()

    def call(self, name: str, *arguments: Any) -> Any:
        self.ask(name, *arguments)
        return self.answer()

    def ask(self, name: str, *arguments: Any) -> None:
        """Without waiting: several processes work at once."""
        self._pipe.send((name, arguments))

    def answer(self) -> Any:
        done, answer = self._pipe.recv()
        if not done:
            raise Failed(answer)
        return answer

    def close(self) -> None:
        self._pipe.close()
        self._process.join(10)
        if self._process.is_alive():
            self._process.kill()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _serve(pipe: Connection, environment: dict[str, str]) -> None:
    """In the process: until nobody asks any more."""
    import django

    os.environ.update(environment)
    django.setup()
    while True:
        try:
            name, arguments = pipe.recv()
        except (EOFError, KeyboardInterrupt):
            return
        module, _dot, function = name.partition(".")
        try:
            answer = True, getattr(import_module(f"scripts.benchmarks.{module}"), function)(*arguments)
        except Exception:
            answer = False, traceback.format_exc()
        pipe.send(answer)


def migrate() -> None:
    """Everything that a portal has before its first page: tables, static files, translations, the plan."""
    from django.core.management import call_command

    from scripts.prepare import collect_static, compile_translations

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("load_plan", verbosity=0)
    collect_static()
    compile_translations()
