"""Settings: all listed, safe by default, refused where one is missing."""

import ast
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
READERS = [ROOT / "iahdrai_portal" / "settings.py", ROOT / "scripts" / "environment.py"]


def _read_names(path: Path) -> set[str]:
    """The names N of every ``env.kind("N", …)`` of a file."""
    calls = (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call))
    return {
        call.args[0].value
        for call in calls
        if isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id == "env"
        and call.args
        and isinstance(call.args[0], ast.Constant)
    }


def test_env_example_lists_every_setting_with_its_meaning() -> None:
    example = (ROOT / ".env.example").read_text()
    listed = re.findall(r"^#?([A-Z][A-Z_]*)=", example, re.MULTILINE)
    assert sorted(listed) == sorted(set().union(*map(_read_names, READERS)))
    for block in example.split("\n\n"):
        lines = [line for line in block.splitlines() if not line.startswith("# ---")]
        if any(re.match(r"#?[A-Z][A-Z_]*=", line) for line in lines):
            assert lines[0].startswith("# "), f"no meaning above {lines[0]}"


def test_shell_scripts_read_no_setting_of_their_own() -> None:
    """Settings are read where .env is known; a shell script would miss those."""
    known = set().union(*map(_read_names, READERS))
    for name in ("scripts/run", "scripts/test", "scripts/install.sh", ".ci/run"):
        used = set(re.findall(r"\$\{?([A-Z][A-Z_]+)", _without_comments(ROOT / name)))
        assert used - {"BASH_SOURCE"} == set(), name
        assert used & known == set(), name


def _without_comments(path: Path) -> str:
    return "\n".join(line for line in path.read_text().splitlines() if not line.lstrip().startswith("#"))


def _manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**kept, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_deploy_check_is_clean_behind_tls(tmp_path: Path) -> None:
    key = "k7#Qz1vB" * 8 + "un-guess-able-in-tests"
    checked = _manage(
        *("check", "--deploy", "--fail-level", "WARNING"),
        SECRET_KEY=key,
        BEHIND_TLS="1",
        VAR_DIR=str(tmp_path),
        ALLOWED_HOSTS="portal.example",
    )
    assert (checked.returncode, checked.stdout) == (
        0,
        "System check identified no issues (0 silenced).\n",
    ), checked.stderr


def test_without_a_secret_key_nothing_starts(tmp_path: Path) -> None:
    if (ROOT / ".env").exists():
        pytest.fail("a .env in the working copy changes what is tested: move it away")
    started = _manage("check", VAR_DIR=str(tmp_path))
    assert started.returncode != 0
    assert "SECRET_KEY is not set" in started.stderr


def test_debug_only_when_asked_for() -> None:
    assert settings.DEBUG is False


def test_uploads_have_no_address() -> None:
    static, uploads = Path(settings.STATIC_ROOT), Path(settings.MEDIA_ROOT)
    assert settings.MEDIA_URL in ("", "/")
    assert uploads != static
    assert static not in uploads.parents
    assert all(Path(folder) not in (uploads, *uploads.parents) for folder in settings.STATICFILES_DIRS)


def test_one_version_everywhere() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == settings.VERSION
    assert f"## {settings.VERSION}" in (ROOT / "CHANGELOG.md").read_text()
