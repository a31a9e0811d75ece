"""An XLSX file is a ZIP archive of XML parts. Looked through before any program for spreadsheets sees it.

Everything is unpacked once, piece by piece, and thrown away: what the archive says of its sizes may be a lie.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator

from django.utils.translation import gettext as _

from documents.reading.kind import OLE, UTF_16, ZIP
from documents.reading.refusals import refusal

MEGABYTE = 1024 * 1024
# A list of 10,000 rows has some 15 parts and unpacks to 10 MB; a million empty rows in colour to 100.
MOST_PARTS, MOST_UNPACKED = 400, 160 * MEGABYTE
MOST_DIRECTORY = MOST_PARTS * 300
PIECE = 64 * 1024
# Parts that say what belongs together are looked at whole: a link in each row makes 4 MB of them.
MOST_RELATIONS = 8 * MEGABYTE

END, LOCATOR_64, LOCAL = b"PK\x05\x06", b"PK\x06\x07", b"PK\x03\x04"
END_SIZE, LONGEST_COMMENT, LOCAL_SIZE = 22, 65535, 30
ENCRYPTED_FLAG = 1
STORED, DEFLATED = zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED

WORKBOOK, TYPES = "xl/workbook.xml", "[Content_Types].xml"
MACROS = re.compile(r"vbaProject|vbaData|^xl/(macrosheets|dialogsheets)/", re.IGNORECASE)
EXTERNAL = re.compile(r"^xl/(externalLinks/|connections\.xml|queryTables/)", re.IGNORECASE)
EMBEDDED = re.compile(r"^xl/(embeddings|activeX|ctrlProps)/", re.IGNORECASE)
ENTITIES = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
STRICT = b"purl.oclc.org/ooxml/spreadsheetml"
MACRO_TYPE = b"macroEnabled"
# To the next tag: an address may hold “>”, but never “<”.
RELATION = re.compile(rb"<[\w:]*Relationship\b[^<]*")
LINK = re.compile(rb"""Type\s*=\s*["'][^"']*/hyperlink["']""")
OUTSIDE = re.compile(rb"""TargetMode\s*=\s*["']External["']""")
# A cell whose formula came to nothing (#N/A, #REF! …).
ERROR_CELL = b't="e"'
# Longer than any mark that is looked for, so that none hides between two pieces.
OVERLAP = 64


def check_archive(content: bytes, name: str) -> bool:
    """Whether any cell holds an error of a formula. Raises ``Refusal``, each danger by its own code."""
    _check_end(content, name)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error):
        raise refusal("damaged", name) from None
    _check_parts(parts, name)
    _check_kind({part.filename for part in parts}, name)
    return _look_through(content, parts, name)


def _check_end(content: bytes, name: str) -> None:
    """The directory at the end says how many parts there are: before a list of a hundred thousand is made."""
    at = content.rfind(END, max(0, len(content) - END_SIZE - LONGEST_COMMENT))
    if at < 0 or at + END_SIZE > len(content):
        raise refusal("truncated", name)
    parts, size = struct.unpack_from("<HI", content, at + 10)
    if parts > MOST_PARTS or size > MOST_DIRECTORY:
        raise refusal("too_many_parts", name, most=MOST_PARTS)
    if LOCATOR_64 in content[max(0, at - 20) : at]:
        raise refusal("odd_parts", name, what=_("its directory is made for giants (ZIP64)"))


def _check_parts(parts: list[zipfile.ZipInfo], name: str) -> None:
    if len(parts) > MOST_PARTS:
        raise refusal("too_many_parts", name, most=MOST_PARTS)
    if sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise refusal("too_large_unpacked", name, most=MOST_UNPACKED // MEGABYTE)
    if any(part.flag_bits & ENCRYPTED_FLAG for part in parts):
        raise refusal("encrypted", name)
    names = [part.filename.casefold() for part in parts]
    if len(set(names)) < len(names):
        raise refusal("odd_parts", name, what=_("a part is in it twice"))
    if any(each.startswith("/") or "\\" in each or ".." in each.split("/") for each in names):
        raise refusal("odd_parts", name, what=_("a part points outside of it"))
    if any(part.compress_type not in (STORED, DEFLATED) for part in parts):
        raise refusal("odd_parts", name, what=_("a part is packed in an unusual way"))


def _check_kind(names: set[str], name: str) -> None:
    """By the names of its parts."""
    if "xl/workbook.bin" in names:
        raise refusal("binary_workbook", name)
    if "content.xml" in names and "mimetype" in names:
        raise refusal("open_document", name)
    if WORKBOOK not in names or TYPES not in names:
        what = _("a text document (Word)") if "word/document.xml" in names else _("an archive (ZIP)")
        raise refusal("not_a_workbook", name, what=what)
    if any(MACROS.search(each) for each in names):
        raise refusal("macros", name)
    if any(EXTERNAL.search(each) for each in names):
        raise refusal("external_links", name)
    if any(EMBEDDED.search(each) for each in names):
        raise refusal("odd_parts", name, what=_("another file is embedded in it"))


def _look_through(content: bytes, parts: list[zipfile.ZipInfo], name: str) -> bool:
    end, errors = 0, False
    for part in sorted(parts, key=lambda part: part.header_offset):
        if part.header_offset < end:
            raise refusal("odd_parts", name, what=_("its parts overlap"))
        start = _start_of(content, part, name)
        end = start + part.compress_size
        if end > len(content):
            raise refusal("truncated", name)
        before = b""
        for piece in _gathered(_unpacked(memoryview(content)[start:end], part, name), _least(part, name)):
            seen = before + piece
            _check_piece(seen, part.filename, not before, name)
            errors = errors or (ERROR_CELL in seen and "worksheets/" in part.filename)
            before = seen[-OVERLAP:]
    return errors


def _least(part: zipfile.ZipInfo, name: str) -> int:
    """How many bytes of a part are looked at at once."""
    if not _is_of_relations(part.filename):
        return PIECE
    if part.file_size > MOST_RELATIONS:
        raise refusal("too_large_unpacked", name, most=MOST_RELATIONS // MEGABYTE)
    return MOST_RELATIONS


def _is_of_relations(part: str) -> bool:
    return part == TYPES or part.endswith(".rels")


def _gathered(pieces: Iterator[bytes], least: int) -> Iterator[bytes]:
    """Pieces of ``least`` bytes or more but for the last: a stream can be packed to come byte by byte."""
    held, size = [], 0
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size >= least:
            yield b"".join(held)
            held, size = [], 0
    if held:
        yield b"".join(held)


def _start_of(content: bytes, part: zipfile.ZipInfo, name: str) -> int:
    """Where the bytes of a part begin: behind its own header, which must say what the directory says."""
    header = content[part.header_offset : part.header_offset + LOCAL_SIZE]
    if len(header) < LOCAL_SIZE or not header.startswith(LOCAL):
        raise refusal("damaged", name)
    name_size, extra_size = struct.unpack_from("<HH", header, 26)
    at = part.header_offset + LOCAL_SIZE
    told = content[at : at + name_size].decode("utf-8" if part.flag_bits & 0x800 else "cp437", "replace")
    if told != part.orig_filename:
        raise refusal("odd_parts", name, what=_("a part has two names"))
    return at + name_size + extra_size


def _unpacked(packed: memoryview, part: zipfile.ZipInfo, name: str) -> Iterator[bytes]:
    """A part in pieces, never more of it than it says it has."""
    left, check = part.file_size, 0
    for piece in _stored(packed) if part.compress_type == STORED else _inflated(packed, name):
        left, check = left - len(piece), zlib.crc32(piece, check)
        if left < 0:
            raise refusal("damaged", name)
        yield piece
    if left or check != part.CRC:
        raise refusal("damaged", name)


def _stored(packed: memoryview) -> Iterator[bytes]:
    for at in range(0, len(packed), PIECE):
        yield bytes(packed[at : at + PIECE])


def _inflated(packed: memoryview, name: str) -> Iterator[bytes]:
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for at in range(0, len(packed), PIECE):
            fed: bytes | memoryview = packed[at : at + PIECE]
            while piece := stream.decompress(fed, PIECE):
                yield piece
                fed = stream.unconsumed_tail
    except zlib.error:
        raise refusal("damaged", name) from None
    if not stream.eof:
        raise refusal("truncated", name)


def _check_piece(piece: bytes, part: str, first: bool, name: str) -> None:
    if first and piece.startswith(UTF_16):
        raise refusal("odd_parts", name, what=_("a part is not in UTF-8"))
    if first and piece.startswith((ZIP, OLE)):
        raise refusal("odd_parts", name, what=_("another file is embedded in it"))
    if ENTITIES.search(piece):
        raise refusal("entities", name)
    if part == WORKBOOK and STRICT in piece:
        raise refusal("strict", name)
    if part == TYPES and MACRO_TYPE in piece:
        raise refusal("macros", name)
    if part.endswith(".rels") and any(_leads_outside(found[0]) for found in RELATION.finditer(piece)):
        raise refusal("external_links", name)


def _leads_outside(relation: bytes) -> bool:
    """An address that somebody clicks on is harmless: Excel makes one of each e-mail address."""
    return bool(OUTSIDE.search(relation)) and not LINK.search(relation)
