"""Imports run downwards only: a room knows the rooms below it and none above (DESIGN section 2)."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Lowest floor first.
FLOORS = ["directory", "documents", "needs", "donors", "distributions", "reports"]
PROJECT = "iahdrai_portal"
BESIDE = {"tests", "scripts"}


def _files(app: str) -> list[Path]:
    return sorted((ROOT / app).rglob("*.py"))


def _imported(path: Path) -> set[str]:
    """The top-level packages that a file imports, inside functions too."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: say the whole name instead of a relative import"
            names.add((node.module or "").partition(".")[0])
    return names


@pytest.mark.parametrize("app", FLOORS)
def test_an_app_imports_only_those_below_it(app: str) -> None:
    above = {*FLOORS[FLOORS.index(app) + 1 :], PROJECT, *BESIDE}
    wrong = {
        f"{path.relative_to(ROOT)} imports {name}" for path in _files(app) for name in _imported(path) & above
    }
    assert wrong == set()


@pytest.mark.parametrize("app", FLOORS)
def test_migrations_depend_only_on_those_below(app: str) -> None:
    above = set(FLOORS[FLOORS.index(app) + 1 :])
    for path in _files(app):
        if path.parent.name != "migrations":
            continue
        strings = (
            node.elts[0].value
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Tuple) and len(node.elts) == 2 and isinstance(node.elts[0], ast.Constant)
        )
        assert above & set(strings) == set(), path


def test_every_app_has_its_floor() -> None:
    from django.conf import settings

    own = [name for name in settings.INSTALLED_APPS if (ROOT / name).is_dir()]
    assert own == list(reversed(FLOORS))
