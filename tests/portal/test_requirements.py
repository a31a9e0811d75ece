"""What is installed is pinned, hashed, and has a reason."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PIN = re.compile(r"^([a-z0-9._-]+(?:\[[a-z0-9,_-]+\])?)==([^ ]+) \\$")


def _pins(name: str) -> dict[str, str]:
    lines = (ROOT / "requirements" / name).read_text().splitlines()
    return {found[1]: found[2] for line in lines if (found := PIN.match(line))}


@pytest.mark.parametrize("name", ["base.txt", "dev.txt"])
def test_every_line_is_a_pin_with_hashes_and_names_no_address(name: str) -> None:
    text = (ROOT / "requirements" / name).read_text()
    blocks = re.split(r"\n(?=[^\s#])", "\n" + text.strip())
    for block in filter(None, (block.strip() for block in blocks)):
        if block.startswith("#"):
            continue
        first, *rest = block.splitlines()
        assert PIN.match(first), first
        hashes = [line for line in rest if line.lstrip().startswith("--hash=sha256:")]
        assert hashes, f"{first} has no hash"
        assert [line for line in rest if line not in hashes and not line.lstrip().startswith("#")] == []
    assert "://" not in text
    assert "index" not in text


def test_development_holds_the_very_pins_of_production() -> None:
    """So that a .venv for tests serves the portal too."""
    base, dev = _pins("base.txt"), _pins("dev.txt")
    assert {name: dev.get(name) for name in base} == base


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=!~ ]", name)[0]).lower()


def test_every_dependency_is_pinned_and_has_its_reason() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    project = tomllib.loads(text)["project"]
    wanted = {"base.txt": project["dependencies"], "dev.txt": project["optional-dependencies"]["dev"]}
    for file, names in wanted.items():
        pinned = {_normal(name) for name in _pins(file)}
        for name in names:
            assert _normal(name) in pinned, name
            line = next(line for line in text.splitlines() if line.strip().startswith(f'"{name}"'))
            assert re.search(r",\s+# \S", line), f"{name}: say in a comment what it is for"
