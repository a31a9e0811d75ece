"""Files of papers, sent only whole and only to who may see the paper."""

from __future__ import annotations

import logging
import unicodedata
from http import HTTPStatus
from urllib.parse import quote

from django.http import HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from directory.access import access, within_reach
from directory.errors import Refusal
from directory.http import Request
from directory.roles import Permission
from documents.models import Paper, PaperFile, Removable, Removal
from documents.signed import type_of

logger = logging.getLogger(__name__)


class Damaged(Refusal):
    """A stored file is not what was stored: it is not sent."""

    status = HTTPStatus.INTERNAL_SERVER_ERROR
    code = "file_damaged"


@access(Permission.VIEW_REPORTS)
@require_safe
def paper_file(request: Request, pk: int, kind: str) -> HttpResponseBase:
    """Download a file of an issued paper, after its SHA-256 was compared."""
    visible = PaperFile.objects.visible_to(request.user).newest().select_related("paper")
    return sent(request, within_reach(visible, paper_id=pk, kind=kind))


def sent(request: Request, file: PaperFile) -> HttpResponseBase:
    """The file as it was stored, or nothing. Raises ``Damaged``."""
    if not file.is_intact:
        logger.error(
            "File %s of paper %s does not match its SHA-256 %s.", file.pk, file.paper_id, file.sha256
        )
        raise _damaged(file)
    content = bytes(file.content)
    content_type, ending = type_of(content)
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = disposition(file.paper, ending)
    response["X-Content-Type-Options"] = "nosniff"
    # A signed file may still be erased for the names on it, and then lies in no cache; the PDF never changes.
    cached = "no-store" if file.kind == PaperFile.Kind.SIGNED else "no-cache"
    response["Cache-Control"] = f"private, {cached}"
    response["ETag"] = f'"{file.sha256}"'
    return get_conditional_response(request, etag=response["ETag"], response=response) or response


def taken_away_in_words(file: Removable) -> str:
    """What is said to whoever has just taken a wrong file away."""
    if file.removed_as == Removal.ERASED:
        return _("The file is erased: its bytes are gone.")
    return _("The file is set aside: it counts no more, and only the coordinating office can open it.")


def file_name(paper: Paper, ending: str = "pdf") -> str:
    """“BC-UBND-12-2025.pdf”"""
    symbol = "".join(c if c.isalnum() or c in "-&" else "-" for c in paper.symbol)
    return f"{symbol}-{paper.number or 0:02d}-{paper.year}.{ending}"


def disposition(paper: Paper, ending: str = "pdf") -> str:
    """Both forms of the name: plain letters for old programs, RFC 5987 for all others."""
    name = file_name(paper, ending)
    plain = unicodedata.normalize("NFD", name.replace("Đ", "D").replace("đ", "d"))
    plain = plain.encode("ascii", "ignore").decode()
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _damaged(file: PaperFile) -> Damaged:
    message = _(
        "The file of %(paper)s was not sent: it is not the file that was issued (its checksum differs). "
        "Tell the administrator, who restores it from a backup."
    ) % {"paper": file.paper.reference}
    return Damaged(message, paper=file.paper_id)
