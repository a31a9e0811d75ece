"""Habits where a newcomer meets them."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = ["directory", "documents", "needs", "donors", "distributions", "reports", "iahdrai_portal"]
# Templates that libraries and Django look up by these names themselves.
LOOKED_UP = re.compile(
    r"^(account/|allauth/|django/|registration/|admin/|import_export/|(400|403|404|429|500)\.html$)"
)


def _templates() -> dict[str, Path]:
    folder = ROOT / "templates"
    return {str(path.relative_to(folder)): path for path in folder.rglob("*") if path.is_file()}


def _code() -> str:
    files = [path for app in APPS for path in (ROOT / app).rglob("*.py")]
    return "\n".join(path.read_text() for path in files)


def test_no_unused_template() -> None:
    templates = _templates()
    text = _code() + "\n".join(path.read_text() for path in templates.values())
    unused = [name for name in templates if not LOOKED_UP.match(name) and not _named(name, text)]
    assert sorted(unused) == []


def _named(name: str, text: str) -> bool:
    return f'"{name}"' in text or f"'{name}'" in text


def test_no_template_sets_style_or_script_in_line() -> None:
    """The content security policy would drop them silently. The papers are printed, not sent to a browser."""
    inline = re.compile(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=\"|javascript:", re.IGNORECASE)
    wrong = [
        name
        for name, path in _templates().items()
        if not name.startswith(("documents/paper", "documents/listing")) and inline.search(path.read_text())
    ]
    assert wrong == []


@pytest.mark.parametrize("folder", [*APPS, "scripts"])
def test_files_stay_short(folder: str) -> None:
    """Past 400 lines a file is split by noun (STYLE 20)."""
    files = [path for path in (ROOT / folder).rglob("*.py") if "migrations" not in path.parts]
    long = {str(path.relative_to(ROOT)) for path in files if len(path.read_text().splitlines()) > 400}
    assert long == set()


def test_only_the_clock_is_asked_what_day_it_is() -> None:
    asks = re.compile(r"timezone\.now\(|date\.today\(|datetime\.now\(|localdate\(\)")
    files = [path for app in APPS for path in (ROOT / app).rglob("*.py") if path.name != "clock.py"]
    wrong = [str(path.relative_to(ROOT)) for path in files if asks.search(path.read_text())]
    assert wrong == []


@pytest.mark.parametrize("path", [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")], ids=lambda path: path.name)
def test_links_between_documents_lead_somewhere(path: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text())
    assert [link for link in links if not (path.parent / link).exists()] == []
