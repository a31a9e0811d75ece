"""Whatever a request touches comes from ``visible_to(user)`` or another queryset method with a name."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = ["directory", "documents", "needs", "donors", "distributions", "reports"]
LAYERS = ("views", "forms", "admin", "papers", "workbooks", "resources", "context", "todo")
MANAGERS = {"objects", "_default_manager", "_base_manager"}
# Django's own ways to select: with them a screen would decide itself what may be seen. ``none()`` shows
# nothing and stays open: a form begins with it until it knows its user.
BARE = {
    *("all", "filter", "exclude", "get", "first", "last", "latest", "earliest", "in_bulk", "values"),
    *("values_list", "annotate", "aggregate", "count", "exists", "iterator", "order_by", "distinct"),
    *("select_related", "prefetch_related", "only", "defer", "raw", "using", "extra", "dates", "datetimes"),
    *("create", "bulk_create", "get_or_create", "update_or_create", "update", "bulk_update", "delete"),
    *("alias", "union", "intersection", "difference", "reverse", "select_for_update", "contains"),
}
ALLOWED = {
    # The district's name and the mark of made-up data, the same for everybody, read once a minute.
    ("directory/context.py", "SampleData.objects.exists"),
}


def _files() -> list[Path]:
    files: list[Path] = []
    for app in APPS:
        for layer in LAYERS:
            files += [ROOT / app / f"{layer}.py", *(ROOT / app / layer).rglob("*.py")]
    return [path for path in files if path.is_file()]


def _bare_uses(tree: ast.Module) -> Iterator[str]:
    """``X.objects.filter`` and its like, a manager that is passed on, and ``get_object_or_404(X)``."""
    named = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and _is_manager(node.value) and node.attr not in BARE
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and _is_manager(node.value) and node.attr in BARE:
            yield ast.unparse(node)
            named.add(id(node.value))
    for node in ast.walk(tree):
        if _is_manager(node) and id(node) not in named:
            yield ast.unparse(node)
        if isinstance(node, ast.Name) and node.id in {"get_object_or_404", "get_list_or_404"}:
            yield node.id


def _is_manager(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr in MANAGERS


@pytest.mark.parametrize("path", _files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_bare_objects(path: Path) -> None:
    name = str(path.relative_to(ROOT))
    found = {use for use in _bare_uses(ast.parse(path.read_text())) if (name, use) not in ALLOWED}
    assert found == set()


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("Need.objects.visible_to(user).filter(pk=1)", []),
        ("SupportItem.objects.in_use()", []),
        ("Need.objects.filter(pk=1)", ["Need.objects.filter"]),
        ("Need._default_manager.all()", ["Need._default_manager.all"]),
        ("ModelChoiceField(Need.objects)", ["Need.objects"]),
        ("get_object_or_404(Need, pk=1)", ["get_object_or_404"]),
    ],
)
def test_the_reader_itself(code: str, found: list[str]) -> None:
    assert list(_bare_uses(ast.parse(code))) == found
