"""What came in: donors' gifts, funds and budgets apart."""

from datetime import date

import pytest

from directory import clock
from donors.actions import PledgedLine, ReceivedLine, record_pledge, record_receipt, register_donor
from donors.models import Donor, FundingSource
from reports.figures import Figures
from reports.papers.annexes import resources
from tests.donors.build import pledged
from tests.reports.build import period

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
MARCH = date(2025, 3, 10)


def received(
    world, line: PledgedLine, *, donor: str = "", kind: str = "fund", anonymous: bool = False
) -> None:
    """A pledge of one line that came in whole in March; from a fund (or ``kind``) if no donor is named."""
    by = world.user("coordinator")
    with clock.standing_on(MARCH):
        giver = Donor.objects.filter(name=donor).first() if donor else None
        if donor and giver is None:
            giver = register_donor(
                by=by, scope=world.district, kind="enterprise", origin="in_country", name=donor
            )
        pledge = record_pledge(
            by=by,
            scope=world.district,
            mobilised_by=by.agency,
            pledged_on=MARCH,
            donor=giver,
            source=None if donor else FundingSource.objects.filter(kind=kind).first(),
            anonymous=anonymous,
            lines=[line],
        )
        came = ReceivedLine(pledge.lines.get(), accepted=line.quantity or 0, amount=line.amount or 0)
        record_receipt(by=by, pledge=pledge, custodian=by.agency, occurred_on=MARCH, lines=[came])


def coats(world, quantity: int) -> PledgedLine:
    return PledgedLine("goods", world.item("warm_clothing"), quantity, unit_value=200_000)


def test_cash_goods_and_number_of_donors(world) -> None:
    received(world, coats(world, 10), donor="Công ty A")
    received(world, PledgedLine("cash", amount=5_000_000), donor="Công ty A")
    received(world, PledgedLine("cash", amount=1_000_000), donor="Công ty B")
    received(world, coats(world, 7))
    figures = Figures(period(world))
    assert figures.received("cash").now == 6_000_000
    assert figures.received("goods").now == 2_000_000
    assert figures.received("goods", ["fund"]).now == 1_400_000
    assert figures.donors().now == 2


def test_annex_ii_totals_are_the_sums_of_its_rows_with_funds_apart(world) -> None:
    received(world, coats(world, 10), donor="Công ty A")
    received(world, PledgedLine("cash", amount=5_000_000), donor="Công ty B")
    received(world, coats(world, 7))
    rows = resources(Figures(period(world)))["rows"]
    cash = [row["cells"][2] for row in rows if row["kind"] == "total"]
    worth = [row["cells"][6] for row in rows if row["kind"] == "total"]
    assert cash == [5_000_000, 0, 5_000_000]
    assert worth == [2_000_000, 1_400_000, 3_400_000]


def test_management_cost_is_in_no_total_and_no_annex(world) -> None:
    received(world, PledgedLine("cash", amount=9_000_000), kind="management")
    figures = Figures(period(world))
    assert figures.received("cash").now == 0
    assert figures.received("cash", ["fund", "central_budget", "local_budget"]).now == 0
    assert 9_000_000 not in [cell for row in resources(figures)["rows"] for cell in row["cells"]]


def test_a_donor_who_asked_not_to_be_named_is_not_named(world) -> None:
    received(world, coats(world, 10), donor="Công ty Kín", anonymous=True)
    cells = [cell for row in resources(Figures(period(world)))["rows"] for cell in row["cells"]]
    assert "Công ty Kín" not in cells
    assert "Nhà hảo tâm (đề nghị không nêu tên)" in cells


def test_a_donor_whose_goods_were_all_refused_gave_nothing(world) -> None:
    pledge = pledged(world, quantity=10)
    line = ReceivedLine(pledge.lines.get(), refused=10, refuse_reason="Hỏng")
    record_receipt(
        by=world.user("coordinator"),
        pledge=pledge,
        custodian=pledge.mobilised_by,
        occurred_on=MARCH,
        lines=[line],
    )
    assert Figures(period(world)).donors().now == 0
