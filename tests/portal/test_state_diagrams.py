"""docs/states.md says what the tables of states.py say."""

import re
from pathlib import Path

from django.conf import settings

from scripts import state_diagrams

ROOT = Path(settings.BASE_DIR)


def test_the_diagrams_are_those_of_the_tables() -> None:
    written = (ROOT / "docs" / "states.md").read_text()
    assert written == state_diagrams.document(), "run: .venv/bin/python -m scripts.state_diagrams"


def test_every_table_is_drawn() -> None:
    """Whatever app's states.py holds a table of transitions, also one that the script does not know."""
    written = [
        (file.parent.name, name)
        for file in sorted(ROOT.glob("*/states.py"))
        for name in re.findall(r"^(\w+)_TRANSITIONS\b.*= \[", file.read_text(), re.MULTILINE)
    ]
    drawn = [(app, noun.upper().replace(" ", "_")) for app, noun, _ in state_diagrams.tables()]
    assert sorted(drawn) == sorted(written)
    assert ("needs", "SURVEY") in drawn
