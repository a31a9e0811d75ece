"""Static files are collected whole under names that change with their content; no request leaves the host."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command
from pytest_django import Settings

MANIFEST = "whitenoise.storage.CompressedManifestStaticFilesStorage"


@pytest.mark.slow
def test_collectstatic_finds_every_file_that_is_named(tmp_path: Path, settings: Settings) -> None:
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": MANIFEST}}
    call_command("collectstatic", interactive=False, verbosity=0)
    assert (tmp_path / "staticfiles.json").is_file()


def test_no_style_or_script_of_ours_names_another_host() -> None:
    folder = Path(settings.BASE_DIR) / "static"
    names = re.compile(r"""(?:url\(|@import|fetch\(|src\s*=)\s*["']?(?:https?:)?//""")
    files = [path for path in folder.rglob("*") if path.suffix in {".css", ".js", ".svg"}]
    assert files
    assert [str(path) for path in files if names.search(path.read_text())] == []


def test_htmx_comes_from_the_portal_itself() -> None:
    assert finders.find("django_htmx/htmx-2.min.js")
