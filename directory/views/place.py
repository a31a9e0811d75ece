"""Villages, schools and sites within reach."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from directory import clock
from directory.access import access, within_reach
from directory.actions.place import change_place, end_place, enter_place
from directory.errors import Refusal
from directory.forms.place import ChangePlaceForm, EndPlaceForm, PlaceForm
from directory.http import Request
from directory.models import Place
from directory.roles import Permission
from directory.screens import client_key_of, show_refusal, status_of
from directory.search import places_found

ROWS_PER_PAGE = 50


@access(Permission.MANAGE_PLACES)
@require_safe
def place_list(request: Request) -> HttpResponse:
    query = request.GET.get("q", "").strip()
    page = Paginator(places_found(request.user, query), ROWS_PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "query": query, "today": clock.today()}
    return render(request, "directory/place_list.html", context)


@access(Permission.MANAGE_PLACES)
@require_http_methods(["GET", "HEAD", "POST"])
def place_create(request: Request) -> HttpResponse:
    form = PlaceForm(request.POST or None, user=request.user, initial={"valid_from": clock.today()})
    if request.method == "POST" and form.is_valid():
        try:
            place = enter_place(by=request.user, key=client_key_of(request), **form.cleaned_data)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("%(place)s was entered.") % {"place": place.full_name})
            return redirect("place_list")
    return render(request, "directory/place_create.html", {"form": form}, status=status_of(form))


@access(Permission.MANAGE_PLACES)
@require_http_methods(["GET", "HEAD", "POST"])
def place_change(request: Request, pk: int) -> HttpResponse:
    place = within_reach(Place.objects.visible_to(request.user).select_related("unit", "lies_in"), pk=pk)
    form = ChangePlaceForm(place, request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        version, village = form.cleaned_data["version"] or 0, form.cleaned_data["lies_in"]
        try:
            change_place(by=request.user, place=place, version=version, lies_in=village)
        except Refusal as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("%(place)s was changed.") % {"place": place.full_name})
            return redirect("place_list")
    context = {"form": form, "place": place}
    return render(request, "directory/place_change.html", context, status=status_of(form))


@access(Permission.MANAGE_PLACES)
@require_http_methods(["GET", "HEAD", "POST"])
def place_end(request: Request, pk: int) -> HttpResponse:
    place = within_reach(Place.objects.visible_to(request.user).select_related("unit"), pk=pk)
    form = EndPlaceForm(request.POST or None, initial={"last_day": clock.today()})
    if request.method == "POST" and form.is_valid():
        try:
            end_place(by=request.user, place=place, **form.cleaned_data)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The end of %(place)s was entered.") % {"place": place.full_name})
            return redirect("place_list")
    context = {"form": form, "place": place}
    return render(request, "directory/place_end.html", context, status=status_of(form))
