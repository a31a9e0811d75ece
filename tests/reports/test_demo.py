"""The sample: whole, consistent, loaded once, never over real figures."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from directory import clock
from directory.models import HistoryEntry, SampleData, User
from distributions.models import Distribution
from distributions.proof import prove
from donors.models import Donor, MobilisationPlan, Pledge
from needs.models import Survey
from reports.demo.register import ACCOUNTS
from reports.models import DistrictReport, ReportingPeriod
from tests.world import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite, pytest.mark.slow]


def load(**options) -> str:
    out = StringIO()
    call_command("load_demo", password=PASSWORD, stdout=out, **options)
    return out.getvalue()


def test_the_sample_is_whole(db, client_of) -> None:
    """One load, many looks: it takes some seconds."""
    printed = load()
    assert all(username in printed for username, *_rest in ACCOUNTS)
    assert SampleData.objects.count() == 1
    assert prove().faults == []
    assert list(ReportingPeriod.objects.order_by("ends_on").values_list("code", flat=True)) == [
        "2023-H1",
        "2023-Y",
        "2024-H1",
        "2024-Y",
        "2025-H1",
    ]
    assert DistrictReport.objects.filter(paper__state="issued").count() == 4
    assert set(Survey.objects.filter(round__year=2025).values_list("state", flat=True)) == {
        "approved",
        "submitted",
        "returned",
    }
    states = {state for (state,) in Distribution.objects.values_list("state").distinct()}
    assert states == {"planned", "sent", "confirmed", "cancelled"}
    assert set(Pledge.objects.values_list("state", flat=True)) == {"open", "received", "withdrawn"}
    assert set(MobilisationPlan.objects.filter(year=2025).values_list("state", flat=True)) == {
        "draft",
        "submitted",
        "approved",
    }
    assert not Donor.history.filter(history_date__year__gt=2025).exists()
    assert not HistoryEntry.objects.filter(at__year__gt=2025).exists()
    with clock.standing_on(date(2025, 6, 18)):
        _every_page_has_content(client_of)
    counts = (User.objects.count(), Pledge.objects.count())
    assert "loaded already" in load()
    assert (User.objects.count(), Pledge.objects.count()) == counts


def _every_page_has_content(client_of) -> None:
    """The walk through the menu as each role: no page without something to show."""
    pages = {
        "ldtbxh": ["round_list", "need_list", "donor_list", "plan_list", "supply_list", "allocation_board"],
        "lanhdao": ["report_list", "distribution_list", "pledge_list"],
        "canbo.iadom": ["round_list", "need_list", "distribution_list"],
        "ytehuyen": ["distribution_list"],
        "phunu": ["pledge_list"],
        "quantri": ["account_list", "place_list"],
    }
    for username, names in pages.items():
        user = User.objects.get(username=username)
        assert user.check_password(PASSWORD)
        browser = client_of(user)
        for name in [*names, *(["home"] if username != "quantri" else [])]:
            response = browser.get(reverse(name))
            text = response.content.decode()
            assert (response.status_code, 'class="empty"' in text) == (200, False), (username, name)


def test_real_figures_are_never_mixed_with_the_sample(world) -> None:
    from tests.needs.build import started_survey

    started_survey(world)
    before = User.objects.count()
    with pytest.raises(CommandError, match="not a sample"):
        load()
    assert (User.objects.count(), SampleData.objects.count()) == (before, 0)


def test_the_sample_needs_a_password(db, monkeypatch) -> None:
    monkeypatch.delenv("DEMO_PASSWORD", raising=False)
    with pytest.raises(CommandError, match="DEMO_PASSWORD"):
        call_command("load_demo", password="", stdout=StringIO())
    assert not SampleData.objects.exists()
