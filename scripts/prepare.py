"""Before the portal is served: key, database, static files, translations, and data at the first start.

Everything here may be done again without harm, and what is already so is not done again.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import secrets
import socket
import sys
from collections.abc import Callable, Iterable
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import django
from django.core.management import call_command
from django.db import OperationalError, connection, transaction

from scripts.environment import BASE_DIR, DEMO_PASSWORD, PORT, VAR_DIR

if TYPE_CHECKING:
    from directory.models import User

DEMO_PASSWORD_FILE = VAR_DIR / "demo_password"
DEMO_ACCOUNTS_FILE = VAR_DIR / "demo_accounts"


def main() -> None:
    options = arguments()
    refuse_taken_port()
    VAR_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
    VAR_DIR.chmod(0o700)
    make_secret_key()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "iahdrai_portal.settings")
    django.setup()
    try:
        connection.ensure_connection()
    except OperationalError as error:
        sys.exit(f"The database of DATABASE_URL does not answer: {error}".rstrip())
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    build_once("translations", po_files(), compile_translations)
    build_once("static", static_files(), collect_static)
    if is_first_start():
        first_start(empty=options.empty)
    elif options.empty:
        print("This database has accounts already: --empty changes nothing.")
    show_demo_accounts()


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./scripts/run")
    parser.add_argument("--empty", action="store_true", help="no demo data; make the first administrator")
    parser.add_argument("--check", action="store_true", help="start, wait until the portal answers, stop")
    return parser.parse_args()


def refuse_taken_port() -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", PORT))
        except OSError as error:
            sys.exit(
                f"Port {PORT} cannot be used ({error.strerror}). Choose another: PORT=8001 ./scripts/run"
            )


def write_private(path: Path, text: str) -> None:
    """Readable by this account only, from its first byte on."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text + "\n")
    path.chmod(0o600)


def make_secret_key() -> None:
    path = VAR_DIR / "secret_key"
    if not os.environ.get("SECRET_KEY") and not path.exists():
        write_private(path, secrets.token_urlsafe(50))


# What is built from files --------------------------------------------------------------------


def build_once(name: str, sources: Iterable[Path], build: Callable[[], None]) -> None:
    """Build only if the sources differ from those of the last build (by content, so a clone counts)."""
    stamp = VAR_DIR / f"{name}.built"
    digest = hashlib.sha256()
    for path in sorted(sources):
        digest.update(f"{path}\0".encode() + path.read_bytes())
    if stamp.exists() and stamp.read_text() == digest.hexdigest() and built_files_exist(name):
        return
    build()
    stamp.write_text(digest.hexdigest())


def built_files_exist(name: str) -> bool:
    if name == "static":
        return (VAR_DIR / "static" / "staticfiles.json").exists()
    return all(path.with_suffix(".mo").exists() for path in po_files())


def po_files() -> list[Path]:
    return list((BASE_DIR / "locale").glob("*/LC_MESSAGES/*.po"))


def static_files() -> list[Path]:
    """Ours, and the list of pinned packages: theirs change only with it."""
    ours = [path for path in (BASE_DIR / "static").rglob("*") if path.is_file()]
    return [*ours, BASE_DIR / "requirements" / "base.txt"]


def compile_translations() -> None:
    if po_files():
        call_command("compilemessages", ignore_patterns=[".venv", "var"], verbosity=0)


def collect_static() -> None:
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)


# Data of the first start -----------------------------------------------------------------------


def is_first_start() -> bool:
    from directory.models import User

    return not User.objects.exists()


@transaction.atomic
def first_start(*, empty: bool) -> None:
    """The plan's facts; then one administrator, or the demo data. All of it or nothing."""
    call_command("load_plan", verbosity=0, stdout=StringIO())
    if empty:
        make_first_administrator()
        return
    print("First start: loading the demo data …", flush=True)
    call_command("load_demo", verbosity=0, stdout=StringIO(), password=demo_password())
    write_private(DEMO_ACCOUNTS_FILE, "\n".join(all_usernames()))


def make_first_administrator() -> None:
    """Nobody is there yet who could make an account, so this one makes itself."""
    from directory import history
    from directory.actions.account import one_time_password
    from directory.models import User
    from directory.roles import Role

    password = one_time_password()
    administrator = User.objects.create_user(
        username="admin",
        password=password,
        full_name="Quản trị",
        role=Role.ADMINISTRATOR,
        is_staff=True,
        must_change_password=True,
    )
    history.record(administrator, "create account", by=administrator, reason="first start")
    print("The first administrator: admin")
    print(f"One-time password:       {password}")
    print("It is shown only now, and must be changed at the first login.")


def all_usernames() -> list[str]:
    from directory.models import User

    return list(User.objects.order_by("pk").values_list("username", flat=True))


def demo_password() -> str:
    """DEMO_PASSWORD, or the one generated at the first start and kept in var/."""
    from directory.actions.account import one_time_password

    if DEMO_PASSWORD:
        return DEMO_PASSWORD
    if not DEMO_PASSWORD_FILE.exists():
        write_private(DEMO_PASSWORD_FILE, one_time_password())
    return DEMO_PASSWORD_FILE.read_text().strip()


def give_demo_password(usernames: list[str]) -> None:
    """DEMO_PASSWORD was changed since the first start."""
    from django.contrib.auth.hashers import make_password

    from directory.models import User

    User.objects.filter(username__in=usernames).update(
        password=make_password(DEMO_PASSWORD), must_change_password=False
    )


def show_demo_accounts() -> None:
    from directory.models import SampleData, User

    if not SampleData.objects.exists() or not DEMO_ACCOUNTS_FILE.exists():
        return
    usernames = DEMO_ACCOUNTS_FILE.read_text().split()
    users = list(User.objects.filter(username__in=usernames, is_active=True).select_related("agency"))
    if users and DEMO_PASSWORD and not any(user.check_password(DEMO_PASSWORD) for user in users[:1]):
        give_demo_password(usernames)
    print("Demo accounts (made-up data):")
    for user in users:
        print(f"  {user.username:<24} {user.get_role_display()}{f', {user.agency}' if user.agency else ''}")
    print(f"  password of them all: {password_that_opens(users)}", flush=True)


def password_that_opens(users: Iterable[User]) -> str:
    """Only who set DEMO_PASSWORD at an earlier start knows it: then no other word is printed in its place."""
    kept = DEMO_PASSWORD_FILE.read_text().strip() if DEMO_PASSWORD_FILE.exists() else ""
    password = DEMO_PASSWORD or kept
    if password and any(user.check_password(password) for user in users):
        return password
    return "the DEMO_PASSWORD of an earlier start (set it again to change it)"


if __name__ == "__main__":
    main()
