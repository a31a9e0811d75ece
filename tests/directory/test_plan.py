"""The plan loads exactly its facts, twice without a change."""

from datetime import date

import pytest
from django.core.management import call_command

from directory.models import Agency, AreaStatus, LeadArea, Signer, Unit

pytestmark = pytest.mark.django_db


def test_loading_twice_changes_nothing() -> None:
    call_command("load_plan", verbosity=0)
    before = [model.objects.count() for model in (Unit, Agency, AreaStatus, LeadArea, Signer)]
    call_command("load_plan", verbosity=0)
    assert [model.objects.count() for model in (Unit, Agency, AreaStatus, LeadArea, Signer)] == before
    assert before == [5, 15, 2, 3, 1]


def test_facts_of_the_plan() -> None:
    call_command("load_plan", verbosity=0)
    communes = dict(Unit.objects.communes().values_list("code", "name"))
    assert communes == {"23535": "xã Ia Đal", "23537": "xã Ia Dom", "23538": "xã Ia Tơi"}
    difficult = AreaStatus.objects.on(date(2020, 5, 1)).values_list("unit__name", flat=True)
    assert sorted(difficult) == ["xã Ia Dom", "xã Ia Đal"]
    leads = {
        lead.area.code: lead.agency.short_name for lead in LeadArea.objects.select_related("area", "agency")
    }
    assert leads == {"health_nutrition": "TTYT", "play": "VH-TT-DL&TT", "warm_clothing": "LĐTBXH"}
    yearly = Agency.objects.filter(reports_every="year").values_list("short_name", flat=True)
    assert sorted(yearly) == ["Huyện đoàn", "Hội CTĐ", "Hội LHPN", "MTTQ"]
