"""The base layout, the components, and what a page may weigh."""

from __future__ import annotations

import ast
import gzip
import re
from pathlib import Path

import pytest
from django import forms
from django.contrib.staticfiles import finders
from django.core.paginator import Paginator
from django.template import RequestContext, Template
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.html import escape
from django.utils.translation import gettext

from directory import history
from directory.context import forget_banner
from directory.errors import NotEnough
from directory.fields import VietnameseDateField, WholeNumberField, asked_sometimes
from directory.models import Place, SampleData, User
from directory.templatetags import look
from directory.templatetags.look import bar_shape, deed_in_words, state_in_words

ROOT = Path(__file__).resolve().parents[2]
# Papers are no screens: WeasyPrint reads their styles from the text, and no browser ever gets it.
SCREENS = [p for p in sorted(ROOT.glob("templates/**/*.html")) if "/documents/" not in str(p)]
KB = 1024


@pytest.fixture
def pages(coordinator: User, client_of: object) -> dict[str, str]:
    """Pages of every kind, by name."""
    signed_in = client_of(coordinator)
    responses = {
        "login": Client().get("/login/"),
        "wrong login": Client().post("/login/", {"login": "", "password": ""}),
        "home": signed_in.get("/"),
        "password": signed_in.get("/password/"),
        "404": signed_in.get("/no-such-page/"),
    }
    pages = {name: response.content.decode() for name, response in responses.items()}
    for name in ("403", "429", "500", "refusal"):
        pages[name] = render_to_string(f"{name}.html", {"refusal": NotEnough("Only 12 left. Take fewer.")})
    return pages


def weight(data: str | bytes) -> int:
    return len(gzip.compress(data.encode() if isinstance(data, str) else data))


def files_of(page: str) -> list[Path]:
    """The static files that a page asks for, and those that its stylesheets ask for."""
    paths = [Path(finders.find(url)) for url in re.findall(r'(?:src|href)="/static/([^"]+)"', page)]
    for sheet in [path for path in paths if path.suffix == ".css"]:
        urls = re.findall(r'url\("?((?!data:)[^")]+)"?\)', sheet.read_text())
        paths += [(sheet.parent / url).resolve() for url in urls]
    return sorted(set(paths))


# Weight ---------------------------------------------------------------------------------------


def test_the_first_page_weighs_at_most_100_kb(pages: dict[str, str]) -> None:
    files = files_of(pages["login"])
    assert {path.name for path in files} == {
        "bootstrap.min.css",
        "portal.css",
        "htmx-2.min.js",
        "portal.js",
        "favicon.svg",
        "band.svg",
    }
    assert weight(pages["login"]) + sum(weight(path.read_bytes()) for path in files) <= 100 * KB


def test_a_later_page_weighs_at_most_15_kb(pages: dict[str, str]) -> None:
    assert {name: True for name in pages} == {name: weight(page) <= 15 * KB for name, page in pages.items()}


# Nothing leaves the host, nothing stands in the page that the CSP forbids ------------------------


def test_no_request_leaves_the_host(pages: dict[str, str]) -> None:
    for page in pages.values():
        addresses = re.findall(r'\s(?:src|href|action|hx-(?:get|post))="([^"]*)"', page)
        assert [a for a in addresses if not re.match(r"/(?!/)|#|\?", a)] == []


def test_no_stylesheet_of_ours_asks_another_host() -> None:
    for sheet in (ROOT / "static").rglob("*.css"):
        assert re.findall(r"(?:url\(|@import)\s*[\"']?(?:https?:)?//", sheet.read_text()) == []


@pytest.mark.parametrize("path", SCREENS, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_templates_hold_no_inline_style_or_script(path: Path) -> None:
    source = path.read_text()
    assert re.findall(r"<style|\sstyle=|\son\w+=|hx-on|<script(?![^>]*\ssrc=)|javascript:", source) == []


# Every page ---------------------------------------------------------------------------------------


def test_each_page_has_one_heading_a_title_and_a_language(pages: dict[str, str]) -> None:
    for name, page in pages.items():
        assert len(re.findall(r"<h1[ >]", page)) == 1, name
        assert re.search(r"<h1>\s*\S[^<]*</h1>", page), name
        assert re.search(r"<title>\s*\S[^<]* · ", page), name
        assert '<html lang="vi">' in page, name


def test_the_failure_page_needs_neither_database_nor_request() -> None:
    with translation.override("en"):
        page = render_to_string("500.html")  # no ``db`` fixture: a query would fail the test
    assert "Something went wrong in the portal" in page


def test_an_address_that_only_takes_forms_says_so(officer: User, client_of: object) -> None:
    browser = client_of(officer)
    browser.cookies["django_language"] = "en"
    response = browser.get("/logout/")
    assert (response.status_code, response["Allow"]) == (405, "POST, OPTIONS")
    assert "<h1>This address is not opened this way</h1>" in response.content.decode()
    assert browser.get("/").status_code == 200


def test_a_page_that_is_only_read_says_so_to_strangers_too(db: None) -> None:
    response = Client().post("/healthz")
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")
    assert "<h1>" in response.content.decode()


def test_the_language_switch_works_before_login_and_leads_back(db: None) -> None:
    browser = Client()
    assert '<html lang="vi">' in browser.get("/login/?next=/needs/").content.decode()
    response = browser.post("/language/", {"language": "en", "next": "/login/?next=/needs/"})
    assert (response.status_code, response["Location"]) == (302, "/login/?next=/needs/")
    assert '<html lang="en">' in browser.get(response["Location"]).content.decode()


def test_the_district_comes_from_data(pages: dict[str, str]) -> None:
    assert '<span class="brand-unit">Huyện Ia H&#x27;Drai</span>' in pages["home"]


def test_made_up_figures_are_marked_on_every_page(world: object) -> None:
    banner = 'class="sample-banner"'
    assert banner not in Client().get("/login/").content.decode()
    SampleData.objects.create()
    forget_banner()
    assert banner in Client().get("/login/").content.decode()


def test_the_menu_marks_where_one_is(pages: dict[str, str]) -> None:
    assert re.findall(r'<a href="([^"]*)" aria-current="(\w+)"', pages["home"]) == [("/", "page")]
    request = RequestFactory().get("/needs/12/")
    assert look.current_mark(request, "/needs/") == ' aria-current="true"'
    assert look.current_mark(request, "/donors/") == look.current_mark(request, "/") == ""


def test_the_menu_shows_only_what_the_role_opens(
    officer: User, administrator: User, client_of: object
) -> None:
    def menu(user: User) -> set[str]:
        page = client_of(user).get("/").content.decode()
        return set(re.findall(r'<li><a href="([^"]+)"', page.split('id="menu"')[1].split("</nav>")[0]))

    assert "/accounts/" not in menu(officer)
    assert "/donors/" not in menu(administrator)


# Forms ----------------------------------------------------------------------------------------


class PledgeForm(forms.Form):
    quantity = WholeNumberField(label="Quantity", help_text="in the item's unit")
    day = VietnameseDateField(label="Day", required=False)
    secret = forms.BooleanField(label="Anonymous", required=False)


def test_a_field_ties_help_and_error_to_its_input() -> None:
    with translation.override("en"):
        html = PledgeForm({"quantity": "ten"})["quantity"].as_field_group()
    assert 'aria-describedby="id_quantity_helptext id_quantity_error"' in html
    assert 'id="id_quantity_helptext"' in html
    assert 'id="id_quantity_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'inputmode="numeric"' in html


def test_labels_say_how_a_day_is_typed_and_what_is_optional() -> None:
    with translation.override("en"):
        form = PledgeForm()
        day, secret = form["day"].label_tag(), form["secret"].label_tag()
    assert re.sub(r"<[^>]+>", "", day) == "Day (day/month/year) (optional)"
    assert re.sub(r"<[^>]+>", "", secret) == "Anonymous"


def test_an_empty_choice_is_said_in_words_and_what_is_asked_sometimes_is_not_optional() -> None:
    class Form(forms.Form):
        place = asked_sometimes(forms.ModelChoiceField(Place.objects.none(), required=False))

    text = str(Form()["place"].as_field_group())
    assert ("---------" in text, gettext("– not chosen –") in text) == (False, True)
    assert "label-optional" not in text


def test_the_error_summary_says_the_same_words_and_links_to_the_field() -> None:
    form = PledgeForm({"quantity": "-3", "day": "31/02/2025"})
    html = render_to_string("components/error_summary.html", {"form": form})
    assert re.findall(r'href="#(\w+)"', html) == ["id_quantity", "id_day"]
    for field in form:
        for error in field.errors:
            assert escape(error) in html
            assert escape(error) in field.as_field_group()


def test_the_error_summary_is_silent_when_nothing_is_wrong() -> None:
    assert render_to_string("components/error_summary.html", {"form": PledgeForm()}).strip() == ""


# Components -------------------------------------------------------------------------------------


def test_a_bar_draws_its_parts_with_plain_numbers_and_says_them() -> None:
    with translation.override("vi"):
        html = render_to_string(
            "components/bar.html", {"needed": 2000, "promised": 500, "stock": 250, "delivered": 1001}
        )
    assert re.findall(r'x="([\d.]+)" y="1" width="([\d.]+)"', html) == [
        ("1.0", "99.1"),
        ("100.1", "24.8"),
        ("124.8", "49.5"),
    ]
    assert "1.001" in html.split("<title>")[1]
    assert "style=" not in html


def test_a_bar_never_leaves_its_frame_and_tells_none_from_zero() -> None:
    assert bar_shape(10, 0, 0, 20)["parts"] == [{"x": "1.0", "width": "198.0", "fill": "#1d2c4d"}]
    assert bar_shape(0, 0, 0, 0)["parts"] == []
    with translation.override("en"):
        assert bar_shape(None, None, None, None)["text"] == "Need not reported"
        assert bar_shape(0, 0, 0, 0)["text"].startswith("Needed 0: ")


def test_pages_keep_the_rest_of_the_address(db: None) -> None:
    request = RequestFactory().get("/needs/?area=play&page=2")
    template = Template("{% include 'components/pagination.html' with page=page only %}")
    html = template.render(RequestContext(request, {"page": Paginator(list(range(50)), 10).page(2)}))
    assert re.findall(r'href="([^"]+)"', html) == ["?area=play&amp;page=1", "?area=play&amp;page=3"]


def test_the_history_says_who_for_whom_and_why(officer: User, world: object) -> None:
    agency = world.agency("LĐTBXH")
    entry = history.record(
        agency,
        "approve",
        by=officer,
        from_state="submitted",
        to_state="approved",
        on_behalf_of=agency,
        reason="<b>on paper</b>",
    )
    with translation.override("en"):
        day = date_format(timezone.localtime(entry.at), "SHORT_DATETIME_FORMAT")
        html = render_to_string("components/history.html", {"entries": [entry]})
    text = " ".join(re.sub(r"<[^>]+>", " ", html).split())
    assert text == (
        f"Approve Submitted → Approved officer.iadom, UBND xã Ia Dom on behalf of {agency} "
        f"· {day} &lt;b&gt;on paper&lt;/b&gt;"
    )


def test_a_refusal_says_what_was_refused_on_a_page_and_as_a_fragment() -> None:
    refusal = NotEnough("Only 12 of 200 coats are left. Take fewer.")
    for template in ("refusal.html", "components/refusal.html"):
        assert "Only 12 of 200 coats are left. Take fewer." in render_to_string(
            template, {"refusal": refusal}
        )
    assert "<html" not in render_to_string("components/refusal.html", {"refusal": refusal})


@pytest.mark.parametrize(
    ("referer", "leads_back"),
    [
        ("http://testserver/needs/?area=play", True),
        ("http://testserver/donors/", False),  # the refused page itself
        ("https://elsewhere.example/", False),
        ("javascript:alert(1)", False),
        ("", False),
    ],
)
def test_a_refusal_leads_back_within_the_portal_only(referer: str, leads_back: bool) -> None:
    request = RequestFactory().get("/donors/", HTTP_REFERER=referer)
    assert look.way_back(RequestContext(request)) == (referer if leads_back else "")


def test_states_and_deeds_are_shown_in_words() -> None:
    with translation.override("en"):
        assert [state_in_words(word) for word in ("in_transit", "draft", "")] == ["In transit", "Draft", ""]
        assert deed_in_words("reset password") == "Reset password"


def written_deeds() -> set[str]:
    """The verbs that the code hands to ``history.record`` as plain strings."""
    deeds = set()
    for path in ROOT.glob("*/actions/**/*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "history.record":
                verb = node.args[1]
                if isinstance(verb, ast.Constant):
                    deeds.add(verb.value.replace("_", " "))
    return deeds


def test_the_translators_find_every_deed_of_the_history() -> None:
    assert written_deeds() - set(look.DEEDS) == set()
