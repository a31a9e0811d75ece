"""A PostgreSQL cluster for one test run: made, started, stopped and removed here."""

from __future__ import annotations

import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from scripts.supervise import die_with_parent

START_SECONDS = 30
# Nothing of it must survive a power cut; nobody reaches it but through the socket in its own folder.
OPTIONS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "listen_addresses": "",
    "max_connections": "100",
}


@contextmanager
def throwaway_cluster(folder: Path, options: Mapping[str, str] = OPTIONS) -> Iterator[str]:
    """The DATABASE_URL of a running cluster; the server is gone when the block is left."""
    account = cluster_account()
    folder.mkdir(mode=0o700)
    if account:
        os.chown(folder, account["user"], account["group"])
    data = folder / "data"
    run: dict[str, Any] = {"cwd": folder, "start_new_session": True, **account}
    initdb: list[Any] = [
        binary("initdb"),
        "-D",
        data,
        "-U",
        "portal",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C.UTF-8",
    ]
    subprocess.run([*initdb, "--no-sync"], check=True, stdout=subprocess.DEVNULL, **run)
    settings = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(
            [binary("postgres"), "-D", data, "-k", folder, *settings],
            stdout=log,
            stderr=log,
            preexec_fn=die_with_parent,
            **run,
        )
    try:
        wait_until_ready(server, folder)
        yield f"postgres://portal@/{folder}/portal"
    finally:
        server.send_signal(signal.SIGINT)  # fast shutdown: open connections are cut
        server.wait(timeout=START_SECONDS)


def cluster_account() -> dict[str, Any]:
    """PostgreSQL refuses to run as root: then its own account runs it."""
    if os.getuid() != 0:
        return {}
    entry = pwd.getpwnam("postgres")
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def binary(name: str) -> Path:
    """The newest one that Debian has installed."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    if not found:
        sys.exit(f"PostgreSQL's {name} is not installed (package postgresql).")
    return found[-1]


def wait_until_ready(server: subprocess.Popen[bytes], folder: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        if subprocess.run([binary("pg_isready"), "-q", "-h", folder], check=False).returncode == 0:
            return
        time.sleep(0.05)
    sys.exit(f"PostgreSQL did not start:\n{(folder / 'log').read_text()}")
