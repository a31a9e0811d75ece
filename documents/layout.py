"""What the template prints, made from a snapshot: the rules of ND 30/2020 that are words, not looks.

Names, capitals, blanks, dates, endings ("./.", ";"); the looks are in ``templates/documents/paper.css``.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from directory import clock
from documents.chart import drawing_of
from documents.snapshot import Annex, Block, Letterhead, Signature, Snapshot
from documents.tables import printed_table

# A blank that a hand or the clerk fills in; it must neither break nor shrink.
BLANK = "\N{NO-BREAK SPACE}" * 7
COMMITTEE = "Ủy ban nhân dân "
SAME_AS_ABOVE = "Như trên"


def printed(snapshot: Snapshot, number: int | None, dated: date | None) -> dict[str, Any]:
    """The context of ``documents/paper.html``."""
    reference = f"{number_of(number)}/{snapshot['symbol']}"
    kind = sentence_case(snapshot["type"])
    agency = " ".join(snapshot["letterhead"]["agency"].split())
    return {
        "title": f"{kind} {snapshot['subject']}",
        "letterhead": _letterhead(snapshot["letterhead"]),
        "reference": reference,
        "place_and_date": f"{snapshot['letterhead']['locality']}, {date_of(dated)}",
        "dated": dated,
        "type": kind,
        "subject": snapshot["subject"],
        "replaces": _replaces(snapshot, agency),
        "addressees": snapshot["addressees"],
        "grounds": _closed(snapshot["grounds"], "."),
        "body": _body(snapshot["body"]),
        "signature": _signature(snapshot["signature"]),
        "parties": snapshot.get("parties", []),
        "recipients": _recipients(snapshot),
        "archive": snapshot["archive"].strip().rstrip("."),
        "annexes": [_annex(annex) for annex in snapshot["annexes"]],
        "attached_to": f"{kind} số {reference} {date_of(dated)} của {agency}",
    }


def number_of(number: int | None) -> str:
    """“07”, “12”, or a blank."""
    return BLANK if number is None else f"{number:02d}"


def date_of(dated: date | None) -> str:
    """“ngày 05 tháng 02 năm 2025”: days below 10 and the months 1 and 2 only take a leading 0."""
    if dated is None:
        return f"ngày{BLANK}tháng{BLANK}năm {clock.today().year}"
    month = f"{dated.month:02d}" if dated.month <= 2 else str(dated.month)
    return f"ngày {dated.day:02d} tháng {month} năm {dated.year}"


def sentence_case(kind: str) -> str:
    """“Báo cáo”, however it was typed; the template prints the heading in capitals."""
    return kind[:1].upper() + kind[1:].lower()


def _letterhead(letterhead: Letterhead) -> dict[str, Any]:
    return {"superior": _name_lines(letterhead["superior"]), "agency": _name_lines(letterhead["agency"])}


def _name_lines(name: str) -> list[str]:
    """A committee's name is broken after “Ủy ban nhân dân”, unless the line breaks are given."""
    if "\n" not in name and name.lower().startswith(COMMITTEE.lower()):
        return [name[: len(COMMITTEE) - 1], name[len(COMMITTEE) :]]
    return [line for line in name.splitlines() if line]


def _replaces(snapshot: Snapshot, agency: str) -> str:
    """The line of a replacing paper: what it replaces, by type, number and date."""
    replaced = snapshot.get("replaces")
    if not replaced:
        return ""
    dated = date_of(date.fromisoformat(replaced["dated"]))
    return f"thay thế {sentence_case(replaced['type'])} số {replaced['reference']} {dated} của {agency}"


def _closed(items: list[str], last: str) -> list[str]:
    """Each item ends with “;”, the last one with ``last``."""
    bare = [item.strip().rstrip(";.,").rstrip() for item in items if item.strip()]
    return [f"{item};" for item in bare[:-1]] + [f"{item}{last}" for item in bare[-1:]]


def _recipients(snapshot: Snapshot) -> list[str]:
    """Nơi nhận before “Lưu”; “Như trên” comes first in a paper that has addressees."""
    items = [item.strip().removeprefix("-").strip() for item in snapshot["recipients"]]
    if snapshot["addressees"] and not any(item.rstrip(";") == SAME_AS_ABOVE for item in items):
        items.insert(0, SAME_AS_ABOVE)
    return _closed(items, ";")


def _signature(signature: Signature) -> dict[str, Any]:
    offices = [signature["power"], signature["for_office"], signature["office"]]
    return {"offices": [office for office in offices if office], "name": signature["name"]}


def _body(blocks: list[Block]) -> list[dict[str, Any]]:
    """Blocks ready to print, one per paragraph; the text ends with “./.”."""
    body: list[dict[str, Any]] = []
    for block in blocks:
        body.extend(_printed_block(block))
    if body and body[-1]["kind"] == "paragraph":
        body[-1]["text"] = body[-1]["text"].rstrip(" ./;") + "./."
    else:
        body.append({"kind": "paragraph", "text": "./."})
    return body


def _printed_block(block: Block) -> list[dict[str, Any]]:
    if block["kind"] == "paragraph":
        lines = [line.strip() for line in block["text"].splitlines()]
        return [{"kind": "paragraph", "text": line} for line in lines if line]
    if block["kind"] == "table":
        table = printed_table(block["columns"], block["rows"])
        return [{"kind": "table", "caption": block.get("caption", ""), "table": table}]
    if block["kind"] == "chart":
        return [{"kind": "chart", "drawing": drawing_of(block)}]
    return [{"kind": "heading", "level": block["level"], "text": block["text"]}]


def _annex(annex: Annex) -> dict[str, Any]:
    return {
        "numeral": annex["numeral"],
        "title": annex["title"],
        "unit_note": annex["unit_note"].strip().strip("()"),
        "landscape": annex["landscape"],
        "table": printed_table(annex["columns"], annex["rows"]),
        "notes": annex.get("notes", []),
    }
