"""Prepares and serves the portal: the web server and the job worker together, on loopback only.

If one of the two dies it is started again; if it dies more than five times within a minute, all is
stopped with a message and exit code 1. SIGINT (Ctrl-C), SIGTERM and SIGHUP stop both, gently at first:
a request or job in progress gets ten seconds. Nothing is left behind: each of the two leads a process
group that is killed when it is over, and dies with the supervisor should that be killed itself.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import deque
from http import HTTPStatus

from scripts.environment import BASE_DIR, PORT, WEB_THREADS, WEB_WORKERS

ADDRESS = f"http://127.0.0.1:{PORT}"
STOP_SIGNALS = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
WATCHED = STOP_SIGNALS | {signal.SIGCHLD}
GRACE_SECONDS = 10
DEATHS, WITHIN_SECONDS = 5, 60
PR_SET_PDEATHSIG = 1

# fmt: off
WEB = [
    sys.executable, "-m", "gunicorn", "iahdrai_portal.wsgi:application",
    "--bind", f"127.0.0.1:{PORT}", "--workers", str(WEB_WORKERS), "--worker-class", "gthread",
    "--threads", str(WEB_THREADS), "--timeout", "60", "--graceful-timeout", str(GRACE_SECONDS - 2),
    "--no-control-socket", "--log-level", "warning",
]
# fmt: on
PREPARE = [sys.executable, "-m", "scripts.prepare"]
WORKER = [sys.executable, "manage.py", "db_worker", "--queue-name", "*", "--verbosity", "0", "--no-reload"]


def die_with_parent() -> None:
    """Runs in the child: signals as usual again, and SIGTERM when the supervisor is gone."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, WATCHED)
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Child:
    def __init__(self, name: str, command: list[str]) -> None:
        self.name, self.command = name, command
        self.deaths: deque[float] = deque(maxlen=DEATHS + 1)
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            self.command, cwd=BASE_DIR, start_new_session=True, preexec_fn=die_with_parent
        )

    def restart_if_dead(self) -> bool:
        """Start it again after a death; False if it has died too often to go on."""
        if self.process.poll() is None:
            return True
        self.kill_group()
        self.deaths.append(time.monotonic())
        say(f"The {self.name} ended unexpectedly (exit {self.process.returncode}).")
        if len(self.deaths) > DEATHS and self.deaths[-1] - self.deaths[0] < WITHIN_SECONDS:
            return False
        self.start()
        return True

    def ask_to_stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()

    def kill_group(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def main() -> int:
    signal.pthread_sigmask(signal.SIG_BLOCK, WATCHED)
    for number in STOP_SIGNALS:
        signal.signal(number, lambda *_: None)  # even where a shell had them ignored
    if code := prepare(sys.argv[1:]):
        return code
    children = [Child("web server", WEB), Child("job worker", WORKER)]
    try:
        return watch(children, only_check="--check" in sys.argv[1:])
    finally:
        stop(children)


def prepare(arguments: list[str]) -> int:
    """Run scripts.prepare; its exit code, or that of a stop in the middle of it."""
    preparing = subprocess.Popen([*PREPARE, *arguments], cwd=BASE_DIR, preexec_fn=die_with_parent)
    while (code := preparing.poll()) is None:
        received = signal.sigtimedwait(WATCHED, 0.2)
        if received and received.si_signo in STOP_SIGNALS:
            preparing.terminate()
            preparing.wait()
            return 128 + received.si_signo
    return code


def watch(children: list[Child], *, only_check: bool) -> int:
    announced = False
    while True:
        received = signal.sigtimedwait(WATCHED, 5 if announced else 0.2)
        if received and received.si_signo in STOP_SIGNALS:
            return 0
        for child in children:
            if not child.restart_if_dead():
                say(f"The {child.name} died {DEATHS + 1} times within {WITHIN_SECONDS} s: stopping all.")
                return 1
        if not announced and answers():
            announced = True
            say(f"The portal answers at {ADDRESS} (Ctrl-C stops it).")
            if only_check:
                return 0


def answers() -> bool:
    try:
        with urllib.request.urlopen(f"{ADDRESS}/healthz", timeout=5):
            return True
    except urllib.error.HTTPError as error:
        return error.code != HTTPStatus.SERVICE_UNAVAILABLE  # e.g. ALLOWED_HOSTS without 127.0.0.1
    except OSError:
        return False


def stop(children: list[Child]) -> None:
    """Gently, then by force; a second Ctrl-C does not wait."""
    for child in children:
        child.ask_to_stop()
    deadline = time.monotonic() + GRACE_SECONDS
    while any(child.process.poll() is None for child in children) and time.monotonic() < deadline:
        received = signal.sigtimedwait(WATCHED, 0.2)
        if received and received.si_signo in STOP_SIGNALS:
            break
    for child in children:
        child.kill_group()
    say("Stopped.")


def say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
