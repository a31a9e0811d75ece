"""An uploaded scan made clean, or a refusal that says what it is instead.

A child process with limits reads it and draws it anew: the kind is told by the content, never by the name,
and neither EXIF nor a place nor anything hidden behind the image survives.
"""

from __future__ import annotations

import logging
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.utils.formats import localize
from django.utils.translation import gettext as _

from directory.errors import Refusal
from documents.scan_worker import NO_IMAGE, TOO_MANY_PIXELS

logger = logging.getLogger(__name__)

MEGABYTE = 1024 * 1024
MOST_BYTES = 8 * MEGABYTE
MOST_PIXELS = 50_000_000
# Enough to read handwriting on A4: some 210 points to the inch.
LONGEST_SIDE = 2400
WORKER = Path(__file__).with_name("scan_worker.py")
SECONDS, MEGABYTES = 15, 1024
KINDS = "JPEG, PNG, WebP"


@dataclass(frozen=True)
class CleanScan:
    """A JPEG without anything but its pixels."""

    content: bytes


def clean(file: IO[bytes], size: int) -> CleanScan:
    """The image drawn anew. Writes nothing; takes a second, so it comes before the transaction.

    Raises ``Refusal``: scan_too_large (bytes), scan_too_many_pixels, scan_no_image, scan_unreadable.
    """
    if size > MOST_BYTES:
        raise too_large(size)
    content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise too_large(len(content))
    try:
        child = subprocess.run(  # noqa: S603 - our own worker, no shell, fixed arguments
            [sys.executable, "-I", str(WORKER), *map(str, (SECONDS, MEGABYTES, MOST_PIXELS, LONGEST_SIDE))],
            input=content,
            capture_output=True,
            timeout=2 * SECONDS,
            env={"LC_ALL": "C.UTF-8"},
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _unreadable() from None
    if child.returncode == NO_IMAGE:
        raise _refused(
            "scan_no_image",
            _("The file is no image of the kinds %(kinds)s. Photograph or scan the page as one of these.")
            % {"kinds": KINDS},
        )
    if child.returncode == TOO_MANY_PIXELS:
        raise _refused(
            "scan_too_many_pixels",
            _("The image has more than %(most)s million pixels. Scan the page at a lower resolution.")
            % {"most": localize(MOST_PIXELS // 1_000_000)},
        )
    if child.returncode or not child.stdout.startswith(b"\xff\xd8"):
        logger.warning("A scan could not be read (%s): %s", child.returncode, child.stderr[-500:])
        raise _unreadable()
    return CleanScan(child.stdout)


def too_large(size: int) -> Refusal:
    message = _(
        "The file has %(size)s MB; at most %(most)s MB are taken. Scan the page at a lower resolution."
    )
    shown = {"size": localize(-(-size // MEGABYTE)), "most": localize(MOST_BYTES // MEGABYTE)}
    return _refused("scan_too_large", message % shown)


def _unreadable() -> Refusal:
    return _refused(
        "scan_unreadable", _("The image could not be read: it is damaged. Photograph or scan the page again.")
    )


def _refused(code: str, message: str) -> Refusal:
    return Refusal(message, code=code, place="scan")
