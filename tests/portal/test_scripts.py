"""What ./scripts/run does once the packages are there: prepare, serve, stop without a trace."""

import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings

from scripts import run_tests
from tests.once import once

ROOT = Path(settings.BASE_DIR)
WAIT_SECONDS = 60


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return _environment(tmp_path / "var")


def _environment(var: Path) -> dict[str, str]:
    """Of a portal of its own, with a free port and a SQLite database in ``var``."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**kept, "VAR_DIR": str(var), "DATABASE_URL": f"sqlite:///{var / 'p.sqlite3'}", "PORT": str(port)}


def _prepare(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "scripts.prepare", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def _mode(path: Path) -> str:
    return oct(path.stat().st_mode & 0o777)


@dataclass
class FirstStart:
    var: Path
    printed: str


@pytest.fixture(scope="module")
def first_start(tmp_path_factory: pytest.TempPathFactory) -> FirstStart:
    """A portal after its first start with --empty; made once for all workers, since it takes long."""

    def make(folder: Path) -> None:
        prepared = _prepare(_environment(folder / "var"), "--empty")
        assert prepared.returncode == 0, prepared.stderr
        (folder / "printed").write_text(prepared.stdout)

    folder = once(tmp_path_factory, "first-start", make)
    return FirstStart(folder / "var", (folder / "printed").read_text())


@pytest.mark.slow
def test_empty_makes_one_administrator_once(first_start: FirstStart, tmp_path: Path) -> None:
    var = tmp_path / "var"
    shutil.copytree(first_start.var, var)
    assert (_mode(var), _mode(var / "secret_key")) == ("0o700", "0o600")
    key = (var / "secret_key").read_text()
    assert len(key.strip()) >= 50
    password = re.search(r"One-time password: +(\S+)", first_start.printed)
    assert password
    with closing(sqlite3.connect(var / "p.sqlite3")) as database:
        query = "SELECT username, role, must_change_password, is_active FROM directory_user"
        assert database.execute(query).fetchall() == [("admin", "administrator", 1, 1)]

    again = _prepare(_environment(var), "--empty")
    assert again.returncode == 0, again.stderr
    assert again.stdout == "This database has accounts already: --empty changes nothing.\n"
    assert (var / "secret_key").read_text() == key


@pytest.mark.slow
def test_static_files_are_collected_under_names_that_change_with_them(first_start: FirstStart) -> None:
    """It would have failed, had a file named one that is not there."""
    folder = first_start.var / "static"
    names = json.loads((folder / "staticfiles.json").read_text())["paths"]
    assert re.fullmatch(r"css/portal\.[0-9a-f]{12}\.css", names["css/portal.css"])
    styles = [
        folder / names["css/portal.css"],
        folder / f"{names['css/portal.css']}.gz",
        folder / "css/portal.css",
    ]
    assert [style.exists() for style in styles] == [True, True, False]


def _without_records(database: Path) -> None:
    """As it was once it was migrated, before its first start."""
    made_by_migrations = {"django_migrations", "django_content_type", "auth_permission", "sqlite_sequence"}
    with closing(sqlite3.connect(database)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for table in {name for (name,) in tables} - made_by_migrations:
            connection.execute(f'DELETE FROM "{table}"')
        connection.commit()


@pytest.mark.slow
def test_a_first_start_loads_the_sample_and_says_who_may_sign_in(
    first_start: FirstStart, environment: dict[str, str]
) -> None:
    var = Path(environment["VAR_DIR"])
    shutil.copytree(first_start.var, var)
    _without_records(var / "p.sqlite3")
    first = _prepare({**environment, "DEMO_PASSWORD": "mot-mat-khau-mau"})
    assert first.returncode == 0, first.stderr
    names = (var / "demo_accounts").read_text().split()
    printed = first.stdout.splitlines()
    start = printed.index("Demo accounts (made-up data):")
    assert sorted(line.split()[0] for line in printed[start + 1 : -1]) == sorted(names)
    assert printed[-1] == "  password of them all: mot-mat-khau-mau"
    assert not (var / "demo_password").exists()
    with closing(sqlite3.connect(var / "p.sqlite3")) as database:
        roles = database.execute("SELECT DISTINCT role FROM directory_user").fetchall()
        assert database.execute("SELECT COUNT(*) FROM directory_sampledata").fetchone() == (1,)
    assert len(roles) == 5

    again = _prepare(environment)
    assert again.returncode == 0, again.stderr
    assert again.stdout.splitlines()[-1] == (
        "  password of them all: the DEMO_PASSWORD of an earlier start (set it again to change it)"
    )
    assert not (var / "demo_password").exists()


def test_a_taken_port_is_said_before_anything_is_made(environment: dict[str, str]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", int(environment["PORT"])))
        other.listen()
        refused = _prepare(environment)
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"Port {environment['PORT']} cannot be used")
    assert not Path(environment["VAR_DIR"]).exists()


def test_a_database_that_does_not_answer_is_named(environment: dict[str, str]) -> None:
    refused = _prepare({**environment, "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"})
    assert refused.returncode == 1
    assert refused.stderr.startswith("The database of DATABASE_URL does not answer: ")


@pytest.fixture
def portal(first_start: FirstStart, environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """The whole portal, as ./scripts/run starts it, once it answers."""
    shutil.copytree(first_start.var, environment["VAR_DIR"])
    process = subprocess.Popen(
        [sys.executable, "-m", "scripts.supervise"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert f"http://127.0.0.1:{environment['PORT']}" in _read_until(process, "The portal answers at")
        yield process
    finally:
        process.kill()
        process.communicate()


def _read_until(process: subprocess.Popen[str], start: str) -> str:
    deadline = time.monotonic() + WAIT_SECONDS
    for line in process.stdout or ():
        if line.startswith(start) or time.monotonic() > deadline:
            return line
    return ""


def _children(pid: int) -> dict[int, str]:
    """The children of a process and their command lines."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            command = (folder / "cmdline").read_text().replace("\0", " ")
        except OSError:
            continue  # it has ended meanwhile
        if parent == pid:
            found[int(folder.name)] = command
    return found


def _wait_for_end(pids: set[int]) -> None:
    deadline = time.monotonic() + 15
    while any(Path(f"/proc/{pid}").exists() for pid in pids):
        assert time.monotonic() < deadline, "something was left behind"
        time.sleep(0.1)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_leaves_nothing_behind(portal: subprocess.Popen[str], number: signal.Signals) -> None:
    children = _children(portal.pid)
    grandchildren = {pid for child in children for pid in _children(child)}
    assert len(children) == 2
    assert len(grandchildren) >= 2
    portal.send_signal(number)
    assert portal.wait(timeout=20) == 0
    _wait_for_end({*children, *grandchildren})


@pytest.mark.slow
def test_what_dies_is_started_again_and_nothing_outlives_the_supervisor(
    portal: subprocess.Popen[str],
) -> None:
    worker = next(pid for pid, command in _children(portal.pid).items() if "db_worker" in command)
    os.kill(worker, signal.SIGKILL)
    assert _read_until(portal, "The job worker ended") == "The job worker ended unexpectedly (exit -9).\n"
    children = _children(portal.pid)
    while not any("db_worker" in command for command in children.values()):
        children = _children(portal.pid)
    portal.kill()
    _wait_for_end(set(children))


def test_debian_packages_have_their_reasons() -> None:
    lines = (ROOT / "scripts" / "debian-packages.txt").read_text().splitlines()
    packages = [line for line in lines if line and not line.startswith(("#", "["))]
    assert [line for line in packages if not re.fullmatch(r"[a-z0-9.+-]+ +# \S.*", line)] == []


def test_arguments_of_the_test_script() -> None:
    assert run_tests.parse(["-k", "plan"]) == ("", ["-k", "plan"])
    assert run_tests.parse(["--deep", "tests/needs", "-m", "browser"]) == (
        "browser",
        ["--deep", "tests/needs"],
    )


def test_markers_of_the_two_runs() -> None:
    assert run_tests.marks(run_tests.ON_POSTGRESQL, "") == []
    assert run_tests.marks(run_tests.ON_SQLITE, "b or c") == ["-m", "(sqlite or sqlite_only) and (b or c)"]


@pytest.mark.parametrize(
    ("codes", "verdict"), [((0, 0), 0), ((0, 5), 0), ((5, 0), 0), ((5, 5), 5), ((1, 0), 1), ((0, 2), 2)]
)
def test_only_all_passed_is_success(codes: tuple[int, int], verdict: int) -> None:
    assert run_tests.verdict(*codes) == verdict
