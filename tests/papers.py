"""Papers that were laid out before in this worker: a layout costs more than a second."""

from __future__ import annotations

from subprocess import CompletedProcess

from documents import pdf
from documents.pdf import Limits

_really = pdf._run
_laid_out: dict[tuple[object, ...], CompletedProcess[bytes]] = {}


def run_once(html: str, folder: str, limits: Limits) -> CompletedProcess[bytes]:
    """The bytes of the real program; it is asked once for the same page, fonts and limits."""
    key = (html, limits, pdf.FONTS, pdf.WORKER)
    if key not in _laid_out:
        done = _really(html, folder, limits)
        if done.returncode:
            return done
        _laid_out[key] = done
    return _laid_out[key]
