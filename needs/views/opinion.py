"""A reviewer asks the lead agency of an area; its officers read the area and answer."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from directory.access import access, within_reach
from directory.errors import Forbidden, Refusal, Stale
from directory.http import Request
from directory.roles import Permission
from directory.screens import client_key_of, show_refusal, status_of
from needs import permissions
from needs.actions import ask_opinion, give_opinion
from needs.contents import Contents
from needs.differences import differences_in
from needs.forms.review import OpinionAskForm, OpinionForm
from needs.grid import Grid
from needs.models import Opinion
from needs.opinions import askings
from needs.sections import Tabs, sections_for
from needs.views.review import review_page
from needs.views.survey import survey_within_reach


@access(Permission.REVIEW_SURVEY)
@require_POST
def opinion_ask(request: Request, pk: int) -> HttpResponse:
    survey = survey_within_reach(request, pk)
    areas = [section.area for section in sections_for(request.user, Contents(survey)) if section.area]
    form = OpinionAskForm(request.POST, askings=askings(request.user, survey, areas))
    if form.is_valid():
        try:
            opinion = ask_opinion(
                by=request.user,
                survey=survey,
                area=form.areas[form.cleaned_data["area"]],
                question=form.cleaned_data["question"],
                key=client_key_of(request),
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            text = _("%(agency)s was asked. Its officers find the question in their task list.")
            messages.success(request, text % {"agency": opinion.agency})
            return redirect("survey_review", pk)
    return review_page(request, survey, ask_form=form, status=status_of(form))


@access(Permission.GIVE_OPINION)
@require_http_methods(["GET", "HEAD", "POST"])
def opinion_give(request: Request, pk: int) -> HttpResponse:
    opinions = Opinion.objects.visible_to(request.user)
    related = ("survey__round__scope", "survey__commune", "survey__on_behalf_of")
    opinion = within_reach(opinions.select_related("area", "agency", "asked_by", "given_by", *related), pk=pk)
    if not permissions.gives_opinion(request.user, opinion):
        message = _("%(agency)s was asked for this opinion, and its officers give it.")
        raise Forbidden(message % {"agency": opinion.agency})
    if request.method != "POST":
        return _opinion_page(request, opinion, OpinionForm(initial=_initial(opinion)))
    form = OpinionForm(request.POST)
    if form.is_valid():
        try:
            give_opinion(by=request.user, opinion=opinion, **form.cleaned_data)
        except Stale as stale:
            show_refusal(form, stale)
            # Sent again it stands in the place of the answer that is shown now.
            form.data = {**request.POST.dict(), "seen_at": stale.details["at"].isoformat()}
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Your agency's opinion is with the reviewer now."))
            return redirect("opinion_give", pk)
    return _opinion_page(request, opinion, form)


def _initial(opinion: Opinion) -> dict[str, str]:
    return {"verdict": opinion.verdict, "text": opinion.text, "seen_at": _seen_at(opinion)}


def _seen_at(opinion: Opinion) -> str:
    return opinion.given_at.isoformat() if opinion.given_at else ""


def _opinion_page(request: Request, opinion: Opinion, form: OpinionForm) -> HttpResponse:
    survey = opinion.survey
    contents = Contents(survey, compared=True)
    sections = Tabs(each for each in sections_for(request.user, contents) if each.area == opinion.area)
    context = {
        "opinion": opinion,
        "survey": survey,
        "differences": differences_in(contents, sections, request.GET.get("against", "")),
        "grids": [Grid(section, editable=False) for section in sections],
        "waits": survey.is_in_review,
        "form": form,
    }
    return render(request, "needs/opinion_give.html", context, status=status_of(form))
