"""What a file is by its first bytes, never by its name."""

from __future__ import annotations

from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from documents.reading.refusals import refusal

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# How an encrypted workbook calls what it encrypts.
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
OTHERS = {
    b"\x89PNG": _("a picture (PNG)"),
    b"\xff\xd8\xff": _("a picture (JPEG)"),
    b"GIF8": _("a picture (GIF)"),
    b"%PDF": _("a PDF"),
    b"Rar!": _("an archive (RAR)"),
    b"7z\xbc\xaf": _("an archive (7z)"),
    b"\x1f\x8b": _("an archive (gzip)"),
    b"{\\rtf": _("a text document (RTF)"),
    b"<!DOCTYPE": _("a web page"),
    b"<html": _("a web page"),
    b"<?xml": _("an XML file"),
}
LOOKED_AT = 4096


class Kind(StrEnum):
    XLSX = "xlsx"
    CSV = "csv"


def kind_of(content: bytes, name: str) -> Kind:
    """Raises ``Refusal``: empty_file, encrypted, old_excel, utf16, not_a_workbook."""
    head = content[:LOOKED_AT]
    if not head.strip(b"\0\r\n\t "):
        raise refusal("empty_file", name)
    if head.startswith(ZIP):
        return Kind.XLSX
    if head.startswith(OLE):
        raise refusal("encrypted" if ENCRYPTED in content else "old_excel", name)
    if head.startswith(UTF_16):
        raise refusal("utf16", name)
    for start, what in OTHERS.items():
        if head.lstrip().startswith(start):
            raise refusal("not_a_workbook", name, what=str(what))
    if b"\0" in head:
        raise refusal("not_a_workbook", name, what=str(_("no text and no workbook")))
    return Kind.CSV
