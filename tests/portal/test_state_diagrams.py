"""docs/states.md says what the tables of states.py say."""

from pathlib import Path

from django.conf import settings

from scripts import state_diagrams


def test_the_diagrams_are_those_of_the_tables() -> None:
    written = (Path(settings.BASE_DIR) / "docs" / "states.md").read_text()
    assert written == state_diagrams.document(), "run: .venv/bin/python -m scripts.state_diagrams"


def test_every_table_is_drawn() -> None:
    nouns = [noun for _, noun, _ in state_diagrams.tables()]
    assert nouns == ["Survey", "Round", "Pledge", "Distribution", "Paper"]
