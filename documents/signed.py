"""The signed paper that comes back, checked: a scan drawn anew, or a PDF kept to the byte.

A PDF may bear a digital signature, which any change would break; so it is not read here, only refused if it
is none, is too large, locked, or says that it does something. It is sent as a download and opened nowhere.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import IO

from django.utils.translation import gettext as _

from directory.errors import Refusal
from documents import scan

PDF, JPEG = b"%PDF-", b"\xff\xd8"
END, TAIL = b"%%EOF", 2048
# Of a paper none is needed. Inside packed parts they are not seen: the reader's program guards against those.
ACTIVE = (b"/JavaScript", b"/Launch", b"/EmbeddedFile", b"/RichMedia")
LOCKED = b"/Encrypt"


@dataclass(frozen=True)
class SignedFile:
    """A plain JPEG, or a PDF as it came."""

    content: bytes


def clean(file: IO[bytes], size: int) -> SignedFile:
    """What is kept of an upload. Takes a second, so it comes before the transaction.

    Raises ``Refusal``: signed_pdf_damaged, signed_pdf_locked, signed_pdf_active, or as ``scan.clean`` does.
    """
    if size > scan.MOST_BYTES:
        raise scan.too_large(size)
    content = file.read(scan.MOST_BYTES + 1)
    if not content.startswith(PDF):
        return SignedFile(scan.clean(io.BytesIO(content), len(content)).content)
    if len(content) > scan.MOST_BYTES:
        raise scan.too_large(len(content))
    _check_pdf(content)
    return SignedFile(content)


def _check_pdf(content: bytes) -> None:
    if END not in content[-TAIL:]:
        raise _refused("signed_pdf_damaged", _("The PDF has no end: it is damaged. Save or scan it again."))
    if LOCKED in content:
        message = _("The PDF is locked by a password, so that others cannot read it. Save it without one.")
        raise _refused("signed_pdf_locked", message)
    if found := [name.decode() for name in ACTIVE if name in content]:
        message = _(
            "The PDF carries a program or another file (%(found)s). Print the record and scan the signed "
            "page."
        )
        raise _refused("signed_pdf_active", message % {"found": ", ".join(found)})


def type_of(content: bytes) -> tuple[str, str]:
    """Content type and ending of a stored file, by its first bytes."""
    return ("image/jpeg", "jpg") if content.startswith(JPEG) else ("application/pdf", "pdf")


def _refused(code: str, message: str) -> Refusal:
    return Refusal(message, code=code, place="signed")
