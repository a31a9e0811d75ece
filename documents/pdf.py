"""From a snapshot to the bytes of a PDF.

The template gives HTML; a child process with limits on time and memory lays it out, without access to
files and addresses (``render_worker.py``). Its death is a named refusal, never the end of the portal.
"""

from __future__ import annotations

import logging
import subprocess
import sys
import unicodedata
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from directory.errors import Refusal
from documents.layout import printed
from documents.snapshot import Snapshot

logger = logging.getLogger(__name__)

# Debian's fonts-liberation2: metrics of Times, all Vietnamese letters (fonts-liberation lacks 93 of them).
FONTS = Path("/usr/share/fonts/truetype/liberation2")
WORKER = Path(__file__).with_name("render_worker.py")

# Fontconfig sees these fonts and no others: a letter that they lack looks the same on every machine.
FONTCONFIG = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig><dir>{fonts}</dir><cachedir>{cache}</cachedir></fontconfig>
"""

# Control characters cannot be printed, and those of direction could turn a number round.
UNPRINTABLE = dict.fromkeys(
    [c for c in range(32) if chr(c) not in "\n\t"]
    + list(range(0x7F, 0xA0))
    + [0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFFFE, 0xFFFF]
    + list(range(0xD800, 0xE000))
)


@dataclass(frozen=True)
class Limits:
    """What one paper may cost: seconds of CPU, seconds of waiting, megabytes of address space."""

    cpu_seconds: int = 25
    wait_seconds: int = 45
    megabytes: int = 1024


LIMITS = Limits()


def render(
    snapshot: Snapshot, *, number: int | None = None, dated: date | None = None, limits: Limits = LIMITS
) -> bytes:
    """The paper as PDF/UA-1; without number and date a draft, with blanks for both.

    Always Vietnamese, whatever language the user reads. The same snapshot, number and date give the same
    bytes. Raises ``Refusal`` (``render_failed``) if the layout fails, dies or takes too much.
    """
    return lay_out(as_html(snapshot, number=number, dated=dated), limits=limits)


def as_html(snapshot: Snapshot, *, number: int | None = None, dated: date | None = None) -> str:
    with translation.override("vi"):
        html = render_to_string("documents/paper.html", printed(snapshot, number, dated))
    return unicodedata.normalize("NFC", html.translate(UNPRINTABLE))


def lay_out(html: str, *, limits: Limits = LIMITS) -> bytes:
    """HTML to PDF in the child process. Raises ``Refusal`` (``render_failed``)."""
    with TemporaryDirectory(prefix="paper-") as folder:
        try:
            child = _run(html, folder, limits)
        except subprocess.TimeoutExpired:
            logger.error("A paper was not laid out within %s seconds.", limits.wait_seconds)
            raise _too_much(limits) from None
    if child.returncode < 0 or b"MemoryError" in child.stderr:
        logger.error("The layout of a paper was stopped (%s): %s", child.returncode, child.stderr[-500:])
        raise _too_much(limits)
    if child.returncode or not child.stdout.startswith(b"%PDF-"):
        logger.error("The layout of a paper failed (%s): %s", child.returncode, child.stderr[-2000:])
        raise Refusal(
            _(
                "The PDF was not made: the layout program failed. Nothing was saved. Try again; "
                "if it fails again, tell the administrator, who finds the cause in the server's log."
            ),
            code="render_failed",
        )
    return child.stdout


def _run(html: str, folder: str, limits: Limits) -> subprocess.CompletedProcess[bytes]:
    """The worker with an empty environment and a folder of its own, which goes away with it."""
    config = Path(folder, "fonts.conf")
    config.write_text(FONTCONFIG.format(fonts=FONTS, cache=f"{folder}/cache"))
    return subprocess.run(  # noqa: S603 - our own worker, no shell, fixed arguments
        [sys.executable, "-I", str(WORKER), str(limits.cpu_seconds), str(limits.megabytes), str(FONTS)],
        input=html.encode(),
        capture_output=True,
        timeout=limits.wait_seconds,
        cwd=folder,
        env={"FONTCONFIG_FILE": str(config), "HOME": folder, "TMPDIR": folder, "LC_ALL": "C.UTF-8"},
        check=False,
    )


def _too_much(limits: Limits) -> Refusal:
    message = _(
        "The PDF was not made: its layout needs more than %(seconds)s seconds or %(megabytes)s MB. "
        "Nothing was saved. Shorten the text or the annexes and try again."
    ) % {"seconds": limits.cpu_seconds, "megabytes": limits.megabytes}
    return Refusal(message, code="render_failed", seconds=limits.cpu_seconds, megabytes=limits.megabytes)
