"""Refuses a string that has no Vietnamese, a doubtful (fuzzy) one, and a broken placeholder.

Collects the strings anew in a copy of the tracked files, so that nothing here is changed and a string
that nobody collected yet is found too.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
LANGUAGE = "vi"
CATALOGUE = Path("locale") / LANGUAGE / "LC_MESSAGES" / "django.po"


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="portal-translations-") as name:
        copy = Path(name)
        copy_tracked_files(copy)
        collect(copy)
        problems = [
            f"{label}:\n{found}"
            for label, option in (("Without Vietnamese", "--untranslated"), ("Doubtful", "--only-fuzzy"))
            if (found := entries(copy / CATALOGUE, option))
        ]
        problems += format_errors(copy / CATALOGUE)
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


def copy_tracked_files(target: Path) -> None:
    listed = subprocess.run(
        ["git", "-c", f"safe.directory={BASE_DIR}", "ls-files", "-z"],
        cwd=BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if name.startswith(("tests/", "requirements/", "docs/")) or not (BASE_DIR / name).is_file():
            continue
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(BASE_DIR / name, target / name)


def collect(folder: Path) -> None:
    (folder / CATALOGUE).parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "manage.py", "makemessages", "-l", LANGUAGE, "--no-location", "-v", "0"]
    subprocess.run(command, cwd=folder, check=True, env={"SECRET_KEY": "unused", **os.environ})


def entries(catalogue: Path, option: str) -> str:
    """The entries of a kind, as msgattrib prints them without their header."""
    command = ["msgattrib", option, "--no-obsolete", "--no-location", str(catalogue)]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    header, _, rest = printed.partition("\n\n")
    return rest if 'msgid ""\n' in header else printed


def format_errors(catalogue: Path) -> list[str]:
    command = ["msgfmt", "--check-format", "-o", os.devnull, str(catalogue)]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    return [] if checked.returncode == 0 else [checked.stderr]


if __name__ == "__main__":
    sys.exit(main())
