"""No request leaves the host. That static files are collected whole, ``test_scripts`` shows."""

import re
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders


def test_no_style_or_script_of_ours_names_another_host() -> None:
    folder = Path(settings.BASE_DIR) / "static"
    names = re.compile(r"""(?:url\(|@import|fetch\(|src\s*=)\s*["']?(?:https?:)?//""")
    files = [path for path in folder.rglob("*") if path.suffix in {".css", ".js", ".svg"}]
    assert files
    assert [str(path) for path in files if names.search(path.read_text())] == []


def test_htmx_comes_from_the_portal_itself() -> None:
    assert finders.find("django_htmx/htmx-2.min.js")
