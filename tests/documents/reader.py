"""Reads a PDF back: each line of text with its place, size and face, in points from the top left corner."""

from __future__ import annotations

import subprocess
import tempfile
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

# pdftohtml counts in whole pixels: three to a point.
SCALE = 3
MILLIMETRE = 72 / 25.4


@dataclass(frozen=True)
class Line:
    """A piece of text on one line."""

    page: int
    text: str
    left: float
    top: float
    width: float
    size: float
    face: str

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def middle(self) -> float:
        return self.left + self.width / 2


@dataclass(frozen=True)
class Page:
    width: float
    height: float
    lines: list[Line]

    def starting(self, text: str) -> Line:
        """The one line that starts so."""
        (line,) = [line for line in self.lines if line.text.startswith(text)]
        return line


def _run(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def read(pdf: bytes) -> list[Page]:
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(pdf)
        file.flush()
        xml = _run("pdftohtml", "-xml", "-i", "-stdout", "-zoom", str(SCALE), "-fontfullname", file.name)
    fonts: dict[str, tuple[float, str]] = {}
    return [
        _page(number, element, fonts) for number, element in enumerate(ET.fromstring(xml).iter("page"), 1)
    ]


def _page(number: int, element: ET.Element, fonts: dict[str, tuple[float, str]]) -> Page:
    for font in element.iter("fontspec"):
        face = font.attrib["family"].partition("Liberation-Serif")[2].strip("-") or "Regular"
        fonts[font.attrib["id"]] = (float(font.attrib["size"]) / SCALE, face)
    lines = [_line(number, text, fonts) for text in element.iter("text")]
    page = element.attrib
    return Page(
        float(page["width"]) / SCALE, float(page["height"]) / SCALE, [line for line in lines if line.text]
    )


def _line(number: int, element: ET.Element, fonts: dict[str, tuple[float, str]]) -> Line:
    left, top, width = (float(element.attrib[name]) / SCALE for name in ("left", "top", "width"))
    size, face = fonts[element.attrib["font"]]
    return Line(number, "".join(element.itertext()).strip(), left, top, width, size, face)


def text_of(pdf: bytes, *, raw: bool = False) -> list[str]:
    """What pdftotext reads, page by page; ``raw``: in the order in which it was written."""
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(pdf)
        file.flush()
        options = ["-raw"] if raw else []
        return _run("pdftotext", *options, "-enc", "UTF-8", file.name, "-").split("\f")[:-1]


def rules_of(pdf: bytes, page: int, top: float, bottom: float) -> list[tuple[float, float, float]]:
    """Horizontal rules of a page between two heights, as (left, top, width): dark rows of the picture."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "paper.pdf")
        path.write_bytes(pdf)
        _run("pdftoppm", "-gray", "-r", "216", "-singlefile", "-f", str(page), str(path), f"{folder}/page")
        image = Image.open(f"{folder}/page.pgm")
        image.load()
    rules: list[tuple[float, float, float]] = []
    for y in range(int(top * SCALE), int(bottom * SCALE)):
        for left, width in _runs(image, y):
            if not any(abs(left - rule[0]) < 1 and y / SCALE - rule[1] < 2 for rule in rules):
                rules.append((left, y / SCALE, width))
    return rules


def _runs(image: Image.Image, y: int, shortest: float = 15) -> list[tuple[float, float]]:
    found, start = [], None
    for x in range(image.width + 1):
        dark = x < image.width and image.getpixel((x, y)) < 128
        if dark and start is None:
            start = x
        elif not dark and start is not None:
            if (x - start) / SCALE >= shortest:
                found.append((start / SCALE, (x - start) / SCALE))
            start = None
    return found
