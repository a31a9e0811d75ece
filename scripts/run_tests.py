"""The suite on PostgreSQL, then on SQLite what is marked for it. Called by scripts/test."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts.postgresql import throwaway_cluster

NOTHING_COLLECTED = 5  # pytest's own exit code
# "2 passed, 1 deselected in 0.12s", with or without the rule around it
CLOSING_LINE = re.compile(r"^(=+ )?(no tests ran|\d+ \w+).* in [\d.:]+.*$")

# What is not meant for a database at all, tests/conftest.py deselects.
ON_POSTGRESQL = ""
ON_SQLITE = "sqlite or sqlite_only"


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    asked, rest = parse(sys.argv[1:])
    with scratch() as folder:
        with throwaway_cluster(folder / "postgresql") as url:
            on_postgresql = pytest("PostgreSQL", url, marks(ON_POSTGRESQL, asked), rest, folder)
        url = f"sqlite:///{folder / 'portal.sqlite3'}"
        on_sqlite = pytest("SQLite", url, marks(ON_SQLITE, asked), rest, folder)
    for name, (_, closing) in {"PostgreSQL": on_postgresql, "SQLite": on_sqlite}.items():
        print(f"{name}:\n{closing}", flush=True)
    return verdict(on_postgresql[0], on_sqlite[0])


def parse(arguments: list[str]) -> tuple[str, list[str]]:
    """Take -m out of pytest's arguments, to be joined with our own: the expression, the rest."""
    asked, rest = "", []
    words = iter(arguments)
    for word in words:
        if word == "-m":
            asked = next(words, "")
        else:
            rest.append(word)
    return asked, rest


def marks(database: str, asked: str) -> list[str]:
    both = " and ".join(f"({part})" for part in (database, asked) if part)
    return ["-m", both] if both else []


def pytest(name: str, url: str, marks: list[str], rest: list[str], folder: Path) -> tuple[int, str]:
    """Run pytest, show what it shows; its exit code and closing line."""
    print(f"== {name}", flush=True)
    environment = {**os.environ, "DATABASE_URL": url, "VAR_DIR": str(folder), "DEBUG": "0"}
    environment.setdefault("SECRET_KEY", "only-for-tests-" + "x" * 50)
    command = [sys.executable, "-m", "pytest", "-n", "2", "--dist", "worksteal", *marks, *rest]
    closing = ""
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            for line in process.stdout or ():
                print(line, end="", flush=True)
                if CLOSING_LINE.match(line.strip()):
                    closing = line.strip()
            process.wait()
        except BaseException:
            process.terminate()
            process.wait()
            raise
    return process.returncode, closing


def verdict(on_postgresql: int, on_sqlite: int) -> int:
    """0 if all passed; a selection may have nothing for one of the two databases, not for both."""
    codes = {on_postgresql, on_sqlite}
    failures = sorted(codes - {0, NOTHING_COLLECTED})
    if failures:
        return failures[0]
    return 0 if 0 in codes else NOTHING_COLLECTED


@contextmanager
def scratch() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="portal-test-"))
    folder.chmod(0o711)  # the cluster's account passes through to its own folder
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
