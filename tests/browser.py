"""A real browser for tests: Debian's Chromium, driven by Playwright."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.db import connection
from django.test import Client
from playwright.sync_api import Browser, Page, sync_playwright

from directory.models import User
from tests.day import ANSWERS

# The same program without its windows opens a page for a fifth of the work; where it is missing, with them.
CHROMIUM = ("/usr/lib/chromium/chromium-headless-shell", "/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 800}
AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    # Playwright's own loop runs in this thread, and Django would take the tests for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        program = next(path for path in CHROMIUM if Path(path).exists())
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield browser
        browser.close()
        # As long as that loop runs Django keeps a connection of its own for it, which nobody else closes.
        connection.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def open_page(chromium: Browser, live_server: object) -> Iterator[Callable[..., Page]]:
    """``open_page("/needs/", user, phone=True, scripts=False)``; fails if the browser complains."""
    contexts, complaints = [], []

    def open_(path: str, user: User | None = None, *, phone: bool = False, scripts: bool = True) -> Page:
        context = chromium.new_context(
            base_url=live_server.url, viewport=PHONE if phone else DESK, java_script_enabled=scripts
        )
        contexts.append(context)
        if user:
            session = Client()
            session.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
            value = session.cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies(
                [{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}]
            )
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda line: complaints.append(line.text) if "Refused to" in line.text else None)
        page.goto(path)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert ANSWERS.are_given()
    assert complaints == []


def violations(page: Page) -> list[str]:
    """The accessibility rules that the page breaks, each with the elements that do."""
    found = Axe().run(page, options=AXE).response["violations"]
    return [f"{rule['id']}: {[node['html'] for node in rule['nodes']]}" for rule in found]
