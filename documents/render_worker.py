"""The child process that lays out one paper: HTML in on stdin, PDF out on stdout.

Run as a plain file with ``python -I``: it knows neither Django nor the portal's settings, so that a paper
gone wrong can reach nothing. Arguments: CPU seconds, megabytes of address space, folder of the fonts.
"""

import base64
import resource
import sys
from pathlib import Path

MEGABYTE = 1024 * 1024
# The faces come as data: URIs, and the child sees no other folder of fonts: whatever other Liberation or
# Times the machine has is never taken instead.
FAMILY = "Liberation Serif"
FACES = [
    ("Regular", "normal", "normal"),
    ("Bold", "bold", "normal"),
    ("Italic", "normal", "italic"),
    ("BoldItalic", "bold", "italic"),
]


def limit(seconds: int, megabytes: int) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (megabytes * MEGABYTE, megabytes * MEGABYTE))
    resource.setrlimit(resource.RLIMIT_FSIZE, (16 * MEGABYTE, 16 * MEGABYTE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def font_faces(folder: Path) -> str:
    """The four faces as data: URIs; nothing else can be loaded."""
    rules = []
    for name, weight, style in FACES:
        data = base64.b64encode((folder / f"LiberationSerif-{name}.ttf").read_bytes()).decode()
        rules.append(
            f'@font-face {{ font-family: "{FAMILY}"; font-weight: {weight}; font-style: {style};'
            f' src: url("data:font/ttf;base64,{data}") }}'
        )
    return "\n".join(rules)


def main() -> None:
    limit(int(sys.argv[1]), int(sys.argv[2]))
    # Only now: a gigantic import or document falls under the limits.
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher

    fetcher = URLFetcher(allowed_protocols={"data"}, allow_redirects=False)
    fonts = FontConfiguration()
    faces = CSS(string=font_faces(Path(sys.argv[3])), url_fetcher=fetcher, font_config=fonts)
    html = HTML(string=sys.stdin.buffer.read().decode(), url_fetcher=fetcher)
    pdf = html.write_pdf(
        stylesheets=[faces], font_config=fonts, pdf_variant="pdf/ua-1", presentational_hints=True
    )
    sys.stdout.buffer.write(pdf)


if __name__ == "__main__":
    main()
