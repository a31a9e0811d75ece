"""The PDF as a file: fonts, letters, tags, and that nothing typed reaches a file or an address."""

from __future__ import annotations

import io
import json
import socket
import subprocess
import threading
import unicodedata
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pypdf
import pytest
from django.utils import translation

from directory.errors import Refusal
from documents import pdf
from documents.pdf import Limits, lay_out, render
from tests.documents.build import small_snapshot
from tests.documents.reader import text_of
from tests.documents.sample import annex_v, sample

DAY = date(2025, 6, 2)
TONES = ["", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"]
VOWELS = [unicodedata.normalize("NFC", vowel + tone) for vowel in "aăâeêioôơuưy" for tone in TONES]
# The 67 letters that Latin has not, small and capital.
ACCENTED = [letter for letter in [*VOWELS, "đ"] if not letter.isascii()]
ALPHABET = ACCENTED + [letter.upper() for letter in ACCENTED]


@pytest.fixture
def same_papers_laid_out_once() -> None:
    """Not here: each is really drawn."""


@pytest.fixture(scope="module")
def report() -> bytes:
    return render(sample(), number=12, dated=DAY)


@pytest.fixture
def listener() -> Iterator[tuple[str, list[bytes]]]:
    """An address on this machine that notes who calls."""
    calls: list[bytes] = []
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(0.2)
    done = threading.Event()

    def listen() -> None:
        while not done.is_set():
            try:
                connection, _address = server.accept()
            except TimeoutError:
                continue
            with connection:
                calls.append(connection.recv(200))
                connection.sendall(b"HTTP/1.0 200 OK\r\nContent-Type: text/css\r\n\r\n")

    thread = threading.Thread(target=listen)
    thread.start()
    yield f"http://127.0.0.1:{server.getsockname()[1]}", calls
    done.set()
    thread.join()
    server.close()


# The file -----------------------------------------------------------------------------------


def test_qpdf_finds_nothing_wrong(report: bytes, tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(report)
    checked = subprocess.run(["qpdf", "--check", str(path)], capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")


def test_the_same_paper_gives_the_same_bytes(report: bytes) -> None:
    assert render(sample(), number=12, dated=DAY) == report


def test_a_screen_in_english_changes_nothing_in_the_paper(report: bytes) -> None:
    with translation.override("en"):
        assert render(sample(), number=12, dated=DAY) == report


def test_fonts_are_ours_embedded_and_subset(report: bytes) -> None:
    names = set()
    for page in pypdf.PdfReader(io.BytesIO(report)).pages:
        for font in page["/Resources"]["/Font"].values():
            names.add(font["/BaseFont"])
            descriptor = font["/DescendantFonts"][0]["/FontDescriptor"]
            assert len(descriptor["/FontFile2"].get_data()) < 120_000
    faces = sorted(name.partition("+")[2] for name in names)
    assert faces == [
        "Liberation-Serif",
        "Liberation-Serif-Bold",
        "Liberation-Serif-Bold-Italic",
        "Liberation-Serif-Italic",
    ]
    assert all(len(name.partition("+")[0]) == len("/ABCDEF") for name in names)


def test_title_language_date_and_tags_are_in_the_file(report: bytes) -> None:
    reader = pypdf.PdfReader(io.BytesIO(report))
    assert reader.metadata.title.startswith("Báo cáo Kết quả thực hiện Đề án")
    assert reader.metadata.author == "Ủy ban nhân dân huyện Ia H'Drai"
    assert reader.metadata.creation_date.date() == DAY
    assert reader.trailer["/Root"]["/Lang"] == "vi"
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert b"pdfuaid" in reader.trailer["/Root"]["/Metadata"].get_data()


def test_a_draft_has_no_date_in_the_file() -> None:
    reader = pypdf.PdfReader(io.BytesIO(render(small_snapshot())))
    assert reader.metadata.creation_date is None


def test_all_134_accented_letters_come_back_as_they_went_in() -> None:
    assert len(set(ALPHABET)) == 134
    lines = ["".join(ALPHABET[n : n + 20]) for n in range(0, 134, 20)]
    body = [{"kind": "paragraph", "text": "\n".join([*lines, "Hết"])}]
    text = text_of(render(small_snapshot(body=body), number=1, dated=DAY))[0]
    assert [line for line in lines if line not in text.splitlines()] == []


def test_every_face_has_all_the_letters() -> None:
    """Bold in a heading, italic in a ground, both in a table: no letter comes from another font."""
    letters = "".join(ALPHABET)
    body = [{"kind": "heading", "level": 2, "text": letters}, {"kind": "paragraph", "text": letters}]
    content = render(small_snapshot(grounds=[letters], body=body), number=1, dated=DAY)
    reader = pypdf.PdfReader(io.BytesIO(content))
    fonts = {font["/BaseFont"].partition("+")[2] for font in reader.pages[0]["/Resources"]["/Font"].values()}
    assert {font.split("-Bold")[0].split("-Italic")[0] for font in fonts} == {"Liberation-Serif"}


def test_letters_typed_in_parts_are_joined() -> None:
    typed = unicodedata.normalize("NFD", "Đề nghị hỗ trợ trẻ em")
    assert "Đề nghị hỗ trợ trẻ em" in text_of(render(small_snapshot(subject=typed)))[0]


def test_controls_and_turned_directions_are_left_out() -> None:
    subject = "Áo\x00 ấm\x0c \u202e21\u202c chiếc"
    assert "Áo ấm 21 chiếc" in text_of(render(small_snapshot(subject=subject)))[0]


def test_a_word_without_end_stays_on_the_page() -> None:
    body = [{"kind": "paragraph", "text": "a" * 400}]
    assert "".join(text_of(render(small_snapshot(body=body)))[0].split()).count("a" * 400) == 1


# Nothing typed reaches a file or an address -------------------------------------------------


def hostile(address: str) -> list[str]:
    return [
        '<img src="file:///etc/passwd">',
        f'<img src="{address}/img">',
        f"<style>body {{ background: url({address}/background) }}</style>",
        f'<style>@import url("{address}/import.css");</style>',
        f"}} @import url({address}/x); @font-face {{ font-family: x; src: url({address}/font) }} p {{",
        '<link rel="attachment" href="file:///etc/passwd">',
        '<a rel="attachment" href="file:///etc/passwd">x</a>',
        f'<link rel="stylesheet" href="{address}/style.css">',
        f'<object data="{address}/object"></object><embed src="{address}/embed">',
        f'<svg xmlns="http://www.w3.org/2000/svg"><image href="{address}/svg"/>'
        f'<use href="file:///etc/passwd"/></svg>',
        f'"><meta http-equiv="refresh" content="0;url={address}/meta"><base href="{address}/">',
        "{% load static %}{{ settings.SECRET_KEY }}",
    ]


def filled(snapshot: Any, text: str) -> Any:
    """The snapshot with ``text`` in place of every free text."""
    if isinstance(snapshot, dict):
        keep = ("kind", "percent", "align", "symbol")
        return {name: value if name in keep else filled(value, text) for name, value in snapshot.items()}
    if isinstance(snapshot, list):
        return [filled(value, text) for value in snapshot]
    return text if isinstance(snapshot, str) else snapshot


def nothing_was_taken(content: bytes) -> None:
    reader = pypdf.PdfReader(io.BytesIO(content))
    assert dict(reader.attachments) == {}
    assert "/EmbeddedFiles" not in reader.trailer["/Root"].get("/Names", {})
    assert "root:" not in "".join(text_of(content))
    assert b"root:x:" not in content


def test_whatever_is_typed_is_printed_as_typed(listener: tuple[str, list[bytes]]) -> None:
    address, calls = listener
    typed = hostile(address)
    body = [{"kind": "paragraph", "text": "\n".join(typed)}]
    content = render(small_snapshot(body=body), number=1, dated=DAY)
    printed = "".join("".join(text_of(content, raw=True)).split())
    assert [text for text in typed if "".join(text.split()) not in printed] == []
    nothing_was_taken(content)
    assert calls == []


def test_no_field_of_a_snapshot_is_a_way_in(listener: tuple[str, list[bytes]]) -> None:
    address, calls = listener
    body = [block for block in sample()["body"] if block["kind"] != "paragraph"]
    snapshot = small_snapshot(body=body, annexes=[annex_v()], grounds=["x"], addressees=["x", "y"])
    html = pdf.as_html(filled(snapshot, "".join(hostile(address))), number=1, dated=DAY)
    for tag in ("<img", "<link", "<object", "<embed", "<image", "<use", "<a ", "<base"):
        assert tag not in html
    nothing_was_taken(lay_out(html))
    assert calls == []


def test_even_unescaped_html_gets_no_file_and_no_address(listener: tuple[str, list[bytes]]) -> None:
    """The second wall: the worker's fetcher."""
    address, calls = listener
    html = "<html lang=vi><title>x</title><body>" + "".join(hostile(address))
    nothing_was_taken(lay_out(html))
    assert calls == []


def test_the_listener_would_notice() -> None:
    """The test above can fail: a fetcher without our limits does call."""
    script = "from weasyprint import HTML; import sys; HTML(string=sys.argv[1]).write_pdf()"
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(30)
        address = f"http://127.0.0.1:{server.getsockname()[1]}"
        child = subprocess.Popen([pdf.sys.executable, "-c", script, f'<img src="{address}/x">'])
        connection, _address = server.accept()
        connection.close()
        child.wait(timeout=30)


def test_the_worker_knows_nothing_of_the_portal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spy = tmp_path / "spy.py"
    spy.write_text("import json, os, sys; print('%PDF-' + json.dumps([dict(os.environ), sys.path]))")
    monkeypatch.setattr(pdf, "WORKER", spy)
    monkeypatch.setenv("SECRET_KEY", "canary")
    environment, path = json.loads(lay_out("").decode().removeprefix("%PDF-"))
    assert sorted(environment) == ["FONTCONFIG_FILE", "HOME", "LC_ALL", "TMPDIR"]
    assert str(pdf.WORKER.parent) not in path
    assert not Path(environment["TMPDIR"]).exists()


# Limits -------------------------------------------------------------------------------------

ENDLESS = "<html lang=vi><title>x</title>" + "<p>Đoạn văn dài</p>" * 100_000
BOMB = "<html lang=vi><title>x</title><table>" + ("<tr>" + "<td>x</td>" * 50 + "</tr>") * 4_000


@pytest.mark.slow
@pytest.mark.parametrize(
    ("html", "limits"),
    [
        (ENDLESS, Limits(cpu_seconds=1)),
        (ENDLESS, Limits(wait_seconds=1)),
        (BOMB, Limits(megabytes=350)),
    ],
    ids=["processor", "waiting", "memory"],
)
def test_a_paper_that_takes_too_much_is_stopped_and_refused(html: str, limits: Limits) -> None:
    with pytest.raises(Refusal) as caught:
        lay_out(html, limits=limits)
    assert caught.value.code == "render_failed"
    assert caught.value.details == {"seconds": limits.cpu_seconds, "megabytes": limits.megabytes}


def test_a_layout_that_fails_is_refused(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(Refusal) as caught:
        lay_out("<html lang=vi><title>x</title>" + "<div>" * 5_000)
    assert (caught.value.code, caught.value.details) == ("render_failed", {})
    assert "The layout of a paper failed" in caplog.text


def test_missing_fonts_are_refused_not_replaced(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(pdf, "FONTS", tmp_path)
    with pytest.raises(Refusal) as caught:
        render(small_snapshot())
    assert caught.value.code == "render_failed"
