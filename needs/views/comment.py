"""One row of a survey by itself: what it says, what changed, what was remarked on it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from directory.access import access, within_reach
from directory.errors import Refusal
from directory.http import Request
from directory.models import Place, User
from directory.roles import Permission
from directory.screens import client_key_of, show_refusal, status_of
from needs import permissions
from needs.actions import comment_row, settle_comment
from needs.contents import Contents
from needs.forms.review import CommentForm, RowPriorityForm
from needs.models import RowComment
from needs.priorities import row_priority
from needs.rows import line_of
from needs.sections import Section, Tabs, sections_for
from needs.states import SurveyState
from needs.views.survey import survey_within_reach

Row = tuple[Section, Place]


@access(Permission.VIEW_SURVEYS)
@require_http_methods(["GET", "HEAD", "POST"])
def survey_comment(request: Request, pk: int) -> HttpResponse:
    """All comments on a survey, or those of the row that ``section`` and ``place`` name."""
    sections = sections_for(request.user, Contents(survey_within_reach(request, pk)))
    if not sections:
        raise Http404
    if request.method != "POST":
        row = row_or_404(sections, request.GET) if request.GET.get("section") else None
        return comment_page(request, sections, row)
    form = CommentForm(request.POST, sections=sections)
    if form.is_valid() and form.row:
        section, place = form.row
        try:
            comment_row(
                by=request.user,
                survey=section.contents.survey,
                place=place,
                area=section.area,
                text=form.cleaned_data["text"],
                key=client_key_of(request),
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The comment stands at the row now."))
            return redirect(section.row_url(place))
    return comment_page(request, sections, form.row, form)


@access(Permission.ENTER_SURVEY)
@require_POST
def comment_settle(request: Request, pk: int) -> HttpResponse:
    comment = within_reach(
        RowComment.objects.visible_to(request.user).select_related("survey__commune", "area"), pk=pk
    )
    settle_comment(by=request.user, comment=comment)
    messages.success(request, _("The comment is settled."))
    return redirect(url_of(comment))


def url_of(comment: RowComment) -> str:
    code = comment.area.code if comment.area else "children"
    return f"{reverse('survey_comment', args=[comment.survey_id])}?section={code}&place={comment.place_id}"


def row_or_404(sections: Tabs, asked: Mapping[str, str]) -> Row:
    for section in sections:
        for place in section.contents.places:
            if (section.code, str(place.pk)) == (asked.get("section"), asked.get("place")):
                return section, place
    raise Http404


def comment_page(
    request: Request, sections: Tabs, row: Row | None, form: CommentForm | None = None
) -> HttpResponse:
    if row:
        return row_page(request, sections, row, form)
    context = _context(request.user, sections, row, form)
    return render(request, "needs/review_comments.html", context, status=status_of(form) if form else 200)


def row_page(
    request: Request,
    sections: Tabs,
    row: Row,
    form: CommentForm | None = None,
    priority_form: RowPriorityForm | None = None,
) -> HttpResponse:
    """One row; ``form`` or ``priority_form``: what came back with something wrong in it."""
    survey, priority = sections[0].contents.survey, row_priority(*row)
    initial = {"priority": priority.reviewed if priority else None}
    sent = form or priority_form
    if sent:
        sent.fix(row)
    context = _context(request.user, sections, row, form) | {
        "line": line_of(*row),
        "priority": priority,
        "may_prioritise": priority and survey.is_in_review and permissions.reviews(request.user, survey),
        "priority_form": priority_form or RowPriorityForm(sections=sections, row=row, initial=initial),
        "sent": sent,
    }
    return render(request, "needs/review_row.html", context, status=status_of(sent) if sent else 200)


def _context(user: User, sections: Tabs, row: Row | None, form: CommentForm | None) -> dict[str, Any]:
    survey = sections[0].contents.survey
    unfinished = survey.state != SurveyState.APPROVED and survey.round.is_open_for(survey.commune_id)
    return {
        "survey": survey,
        "sections": sections,
        "form": form or CommentForm(sections=sections, row=row),
        "may_comment": unfinished and permissions.comments_on(user, survey),
        "may_settle": unfinished and permissions.settles_comments(user, survey),
        "may_review": permissions.reviews(user, survey),
    }
