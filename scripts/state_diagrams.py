"""Writes docs/states.md from the tables in each app's states.py.

.venv/bin/python -m scripts.state_diagrams           writes the file
.venv/bin/python -m scripts.state_diagrams --check   exit 1 if the file is not what the tables say
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

import django

if TYPE_CHECKING:
    from directory.states import Transition

BASE_DIR = Path(__file__).resolve().parent.parent
TARGET = BASE_DIR / "docs" / "states.md"
APPS = ["needs", "donors", "distributions", "documents", "reports"]
SUFFIX = "_TRANSITIONS"
INTRODUCTION = """# States

Generated from the tables in each app's `states.py` by `.venv/bin/python -m scripts.state_diagrams`; a test
compares. Which roles hold a permission stands in `directory/roles.py`; on which objects, in each app's
`permissions.py`.
"""


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "iahdrai_portal.settings")
    django.setup()
    if "--check" in sys.argv[1:]:
        return 0 if TARGET.read_text() == document() else 1
    TARGET.write_text(document())
    return 0


def document() -> str:
    from django.utils import translation

    with translation.override("en"):
        return "\n".join([INTRODUCTION, *(section(*table) for table in tables())])


def tables() -> Iterator[tuple[str, str, list[Transition]]]:
    """App, noun and transitions of every table, floor by floor."""
    for app in APPS:
        if not (BASE_DIR / app / "states.py").exists():
            continue
        module = importlib.import_module(f"{app}.states")
        for name, table in vars(module).items():
            if name.endswith(SUFFIX):
                yield app, name.removesuffix(SUFFIX).capitalize().replace("_", " "), table


def section(app: str, noun: str, table: list[Transition]) -> str:
    return f"## {noun} (`{app}`)\n\n{diagram(table)}\n\n{listing(table)}\n"


def diagram(table: list[Transition]) -> str:
    """A Mermaid diagram: it begins in the first state of the choices, and ends where no deed leads on."""
    states = list(type(table[0].source))  # type: ignore[call-overload]
    sources = {transition.source for transition in table}
    lines = ["stateDiagram-v2"]
    lines += [f"    {state.value}: {state.label}" for state in states]
    lines += [f"    [*] --> {states[0].value}"]
    lines += [f"    {value(t.source)} --> {value(t.target)}: {t.verb}" for t in table]
    lines += [f"    {state.value} --> [*]" for state in states if state not in sources]
    return "\n".join(["```mermaid", *lines, "```"])


def listing(table: list[Transition]) -> str:
    head = ["| deed | from | to | who may | needs |", "|---|---|---|---|---|"]
    return "\n".join([*head, *map(row, table)])


def row(transition: Transition) -> str:
    source, target = value(transition.source), value(transition.target)
    return f"| {transition.verb} | {source} | {target} | {who_may(transition)} | {transition.needs or '–'} |"


def who_may(transition: Transition) -> str:
    from directory.roles import ROLES, Role

    holders = [Role(role).label for role, text in ROLES.items() if transition.permission in text.permissions]
    return f"`{transition.permission.name}` ({', '.join(map(str, holders))})"


def value(state: object) -> str:
    return str(state.value if isinstance(state, Enum) else state)


if __name__ == "__main__":
    sys.exit(main())
