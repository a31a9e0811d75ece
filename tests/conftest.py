"""The actors and the world that tests share: the plan's district, three communes, a few villages."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache, caches
from django.test import Client, override_settings
from pytest_django import DjangoDbBlocker

from directory import clock
from directory.models import User
from documents import pdf
from tests.browser import chromium, open_page  # noqa: F401
from tests.database import database_of
from tests.day import SameDayInEveryThread
from tests.merger import DAY, Merger, merge
from tests.papers import run_once
from tests.remembered import forget_steps
from tests.world import World, build_world


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--deep", action="store_true", help="the long forms of race and property tests too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect what is not meant for this database, and the long forms unless they are asked for."""
    on_sqlite = settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")
    unmeant = {"postgresql" if on_sqlite else "sqlite_only"} | (set() if config.option.deep else {"deep"})
    out = {item for item in items if any(item.get_closest_marker(name) for name in unmeant)}
    if out:
        config.hook.pytest_deselected(items=list(out))
    items[:] = sorted((item for item in items if item not in out), key=_turn)


def _turn(item: pytest.Item) -> tuple[bool, bool]:
    """The slow ones first, that all workers end together; before them those that wait for no database."""
    slow = item.get_closest_marker("slow") is not None
    return not slow, slow and bool({"db", "transactional_db"} & set(item.fixturenames))


@pytest.fixture(scope="session")
def django_db_modify_db_settings_xdist_suffix() -> None:
    """Not pytest-django's: ``tests/database.py`` names the copies."""


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    django_db_blocker: DjangoDbBlocker,
    django_db_modify_db_settings: None,
    tmp_path_factory: pytest.TempPathFactory,
    worker_id: str,
) -> Iterator[None]:
    with django_db_blocker.unblock(), database_of(worker_id, tmp_path_factory), django_db_blocker.block():
        yield


@pytest.fixture(autouse=True)
def the_day() -> Iterator[date]:
    """Every test stands on 2 June 2025, unless it says ``with clock.standing_on(...)``."""
    with clock.standing_on(SameDayInEveryThread.day):
        yield SameDayInEveryThread.day


@pytest.fixture(autouse=True)
def nothing_remembered(request: pytest.FixtureRequest) -> None:
    """What a worker keeps in its memory from one page to the next is of another test."""
    caches["worker"].clear()
    forget_steps(as_ever=not {"monkeypatch", "settings", "vietnamese"} & asked_for(request.node))


def asked_for(item: pytest.Item) -> set[str]:
    """The fixtures that the test and our own fixtures name; a plugin's fixtures may name others."""
    found = item._fixtureinfo
    ours = [
        one for all_ in found.name2fixturedefs.values() for one in all_ if one.func.__module__[:5] == "tests"
    ]
    return {*found.argnames, *(name for one in ours for name in one.argnames)}


@pytest.fixture(autouse=True)
def same_papers_laid_out_once() -> Iterator[None]:
    """The same page gives the same bytes, as ``tests/documents/test_pdf.py`` proves, which always draws."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pdf, "_run", run_once)
        yield


@pytest.fixture(scope="session")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Vietnamese words, compiled: a folder as LOCALE_PATHS wants it."""
    folder = tmp_path_factory.mktemp("locale")
    source = Path(settings.BASE_DIR) / "locale" / "vi" / "LC_MESSAGES" / "django.po"
    target = folder / "vi" / "LC_MESSAGES" / "django.mo"
    target.parent.mkdir(parents=True)
    subprocess.run(["msgfmt", "-o", target, source], check=True)
    return folder


@pytest.fixture
def vietnamese(catalogue: Path) -> Iterator[None]:
    """For what reads the field's own words, such as the headings of somebody's list.

    Other tests pass with and without a compiled catalogue.
    """
    with override_settings(LOCALE_PATHS=[catalogue]):
        yield


@pytest.fixture
def world(db: None) -> World:
    cache.clear()
    return build_world()


@pytest.fixture
def officer(world: World) -> User:
    """The commune officer of Ia Dom."""
    return world.user("officer.iadom")


@pytest.fixture
def stranger(world: World) -> User:
    """The commune officer of Ia Đal, for whom Ia Dom's records do not exist."""
    return world.user("officer.iadal")


@pytest.fixture
def chair(world: World) -> User:
    """The chair of the people's committee of Ia Dom."""
    return world.user("chair.iadom")


@pytest.fixture
def coordinator(world: World) -> User:
    """An officer of LĐTBXH."""
    return world.user("coordinator")


@pytest.fixture
def second_coordinator(world: World) -> User:
    return world.user("coordinator.2")


@pytest.fixture
def leader(world: World) -> User:
    return world.user("leader")


@pytest.fixture
def health_officer(world: World) -> User:
    """Of the Trung tâm Y tế: leads health and nutrition."""
    return world.user("health")


@pytest.fixture
def culture_officer(world: World) -> User:
    """Of the culture centre: leads play."""
    return world.user("culture")


@pytest.fixture
def union_officer(world: World) -> User:
    """Of the Hội LHPN: leads nothing, mobilises."""
    return world.user("union")


@pytest.fixture
def administrator(world: World) -> User:
    return world.user("administrator")


@pytest.fixture
def merger(world: World, administrator: User) -> Iterator[Merger]:
    """The reorganisation of 01/07/2025 has taken place, and it is that day."""
    with clock.standing_on(DAY):
        yield merge(world, administrator)


@pytest.fixture
def client_of() -> object:
    """``client_of(user)``: a browser session of that user."""

    def client(user: User) -> Client:
        browser = Client()
        browser.force_login(user)
        return browser

    return client
