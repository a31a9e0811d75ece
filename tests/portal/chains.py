"""One whole chain, from the survey to the issued report, for each of three sides, all through the actions.

``own``: xã Ia Dom. ``neighbour``: xã Ia Đal, in the same district. ``foreign``: a commune of huyện Sa Thầy.
Every text of the last two that a person may type carries a canary: whoever has no reach reads it nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from directory import clock
from directory.actions.delegation import delegate
from directory.deeds import acting
from directory.models import (
    Delegation,
    Place,
    SupportArea,
    Unit,
    User,
)
from directory.roles import Role
from distributions.actions import (
    ConfirmedLine,
    Found,
    PlannedLine,
    ProposedLine,
    Recommended,
    accept_plan,
    add_question,
    allocate,
    confirm_delivery,
    draw_sample,
    plan_distribution,
    plan_visit,
    record_visit,
    send_distribution,
)
from distributions.actions.visit import questions_for
from distributions.models import (
    Allocation,
    ChecklistItem,
    Distribution,
    Recommendation,
    SupervisionSample,
    SupervisionVisit,
    SupportPlan,
)
from documents.actions import plan_import, upload_workbook
from documents.models import Paper, PaperFile, WorkbookImport
from documents.scan import CleanScan
from documents.signed import SignedFile
from donors.actions import (
    Bought,
    PledgedLine,
    ReceivedLine,
    Wanted,
    complete_purchase,
    issue_receipt_record,
    keep_signed_record,
    move_stock,
    plan_purchase,
    record_pledge,
    record_receipt,
    register_donor,
)
from donors.actions.plan import save_targets, start_plan, submit_plan
from donors.actions.source import SourceFacts, create_source
from donors.mobilisation.targets import PlannedTarget
from donors.models import (
    Donor,
    FundingSource,
    MobilisationPlan,
    Pledge,
    PledgeLine,
    Purchase,
    Receipt,
    StockMovement,
    SupplyLine,
)
from needs.actions import (
    StatedNeed,
    approve_survey,
    ask_opinion,
    comment_row,
    open_round,
    save_row,
    start_survey,
    submit_survey,
)
from needs.contents import Contents
from needs.models import Need, Opinion, RowComment, Survey, SurveyRound
from reports.actions import compile_report, issue_report, open_period, save_section
from reports.models import DistrictReport, ReportingPeriod, ReportSection
from tests.portal.sides import (
    DAY,
    FOREIGN,
    ISSUED_ON,
    Side,
    foreign_side,
    neighbour_side,
    own_side,
)
from tests.world import World


@dataclass
class Chain:
    """One of everything that has an address of its own."""

    commune: Unit
    place: Place
    account: User
    delegation: Delegation
    round: SurveyRound
    survey: Survey
    comment: RowComment
    opinion: Opinion
    need: Need
    donor: Donor
    source: FundingSource
    plan: MobilisationPlan
    pledge: Pledge
    receipt: Receipt
    supply: SupplyLine
    cash: PledgeLine
    purchase: Purchase
    movement: StockMovement
    signed: PaperFile
    allocation: Allocation
    support_plan: SupportPlan
    distribution: Distribution
    workbook: WorkbookImport
    visit: SupervisionVisit
    recommendation: Recommendation
    sample: SupervisionSample
    question: ChecklistItem
    period: ReportingPeriod
    report: DistrictReport
    section: ReportSection
    paper: Paper


@dataclass
class Chains:
    own: Chain
    neighbour: Chain
    foreign: Chain


def build_chains(world: World) -> Chains:
    """Ends on 18 June 2025, after the reports were issued; stand there to look."""
    own, neighbour, foreign = own_side(world), neighbour_side(world), foreign_side(world)
    own_round, foreign_round = _round(own), _round(foreign)
    parts = {
        "own": _records(own, own_round),
        "neighbour": _records(neighbour, own_round),
        "foreign": _records(foreign, foreign_round),
    }
    own_report, foreign_report = _report(own), _report(foreign)
    reports = {"own": own_report, "neighbour": own_report, "foreign": foreign_report}
    return Chains(**{name: Chain(**parts[name], **reports[name]) for name in parts})


def _round(side: Side) -> SurveyRound:
    return open_round(
        by=side.coordinator,
        scope=side.district,
        year=2025,
        name=f"Rà soát 2025 {side.mark}",
        opens_on=date(2025, 1, 2),
        due_on=date(2025, 6, 30),
        instructions=f"Hướng dẫn {side.mark}",
    )


def _records(side: Side, survey_round: SurveyRound) -> dict[str, object]:
    """From the commune's account and survey to the confirmed delivery."""
    survey = _approved(side, survey_round)
    need = Need.objects.get(survey=survey)
    donor, pledge, receipt = _given(side)
    source, plan = _planned(side)
    supply = pledge.lines.get().supply_lines.get()
    allocation = allocate(by=side.coordinator, supply_line=supply, need=need, quantity=20)
    distribution = _delivered(side, allocation)
    purchase = _bought(side, donor)
    movement = _moved(side, purchase)
    visit, recommendation, sample, question = _inspected(side, distribution)
    colleague = User.objects.create(
        username=f"colleague.{side.officer.username}",
        full_name=f"Đồng nghiệp {side.mark}",
        role=Role.COMMUNE_OFFICER,
        agency=side.officer.agency,
    )
    delegation = delegate(
        by=side.officer,
        to_user=colleague,
        valid_from=date(2025, 7, 1),
        valid_to=date(2025, 7, 9),
        reason=f"nghỉ phép {side.mark}",
    )
    return {
        "commune": side.commune,
        "place": side.village,
        "account": side.officer,
        "delegation": delegation,
        "round": survey_round,
        "survey": survey,
        "comment": survey.comments.get(),
        "opinion": survey.opinions.get(),
        "need": need,
        "donor": donor,
        "source": source,
        "plan": plan,
        "pledge": pledge,
        "receipt": receipt,
        "supply": supply,
        "cash": purchase.cash_line,
        "purchase": purchase,
        "movement": movement,
        "signed": _signed(side, purchase),
        "allocation": allocation,
        "support_plan": _accepted(side, supply, need),
        "distribution": distribution,
        "workbook": _uploaded(side),
        "visit": visit,
        "recommendation": recommendation,
        "sample": sample,
        "question": question,
    }


def _uploaded(side: Side) -> WorkbookImport:
    """A list of donors: one row that would be saved, one that is refused."""
    content = f"name;kind;origin\nNgười cho {side.mark};individual;foreign\n;individual;foreign\n".encode()
    name = f"a{side.mark}.csv"
    with clock.standing_on(ISSUED_ON):
        found = upload_workbook(by=side.officer, kind="donors", file_name=name, content=content)
        return plan_import(by=side.officer, workbook_import=found)


def _approved(side: Side, survey_round: SurveyRound) -> Survey:
    survey = start_survey(by=side.officer, survey_round=survey_round, commune=side.commune)
    contents = Contents(survey)
    villages = sum(1 for place in contents.places if place.kind == Place.Kind.VILLAGE)
    for place in contents.places:
        children = 100 * villages if place.kind == Place.Kind.COMMUNE else 100
        cells = {(band.pk, contents.total.pk): children for band in contents.bands}
        row = {"by": side.officer, "survey": survey, "place": place, "version": 0}
        save_row(**row, area=None, cells=cells)
        for area in contents.areas:
            save_row(**row, area=area, cells={}, nothing=True)
    item, band = next((i, b) for i, b in contents.item_bands if i.code == "warm_clothing")
    stated = {(item.pk, band.pk): StatedNeed(50, 50, 1, f"lý do {side.mark}")}
    save_row(by=side.officer, survey=survey, place=side.village, area=item.area, version=1, cells=stated)
    comment_row(
        by=side.officer, survey=survey, place=side.village, area=item.area, text=f"trao đổi {side.mark}"
    )
    submit_survey(by=side.officer, survey=survey)
    _asked(side, survey)
    return approve_survey(by=side.coordinator, survey=survey)


def _asked(side: Side, survey: Survey) -> None:
    """The agency that leads health and nutrition is asked; elsewhere than here it is asked by hand."""
    area, question = SupportArea.objects.get(code="health_nutrition"), f"câu hỏi {side.mark}"
    if side.mark != FOREIGN:
        ask_opinion(by=side.coordinator, survey=survey, area=area, question=question)
        return
    with acting():
        Opinion.objects.create(
            survey=survey,
            area=area,
            agency=side.coordinator.agency,
            question=question,
            asked_by=side.coordinator,
        )


def _given(side: Side) -> tuple[Donor, Pledge, Receipt]:
    item = Need.objects.get(place=side.village).item
    agency = side.officer.agency
    donor = register_donor(
        by=side.officer,
        scope=side.district,
        kind=Donor.Kind.ENTERPRISE,
        origin=Donor.Origin.IN_DISTRICT,
        name=f"Công ty {side.commune.short_name} {side.mark}",
        address=f"Địa chỉ {side.mark}",
        note=f"ghi chú {side.mark}",
    )
    pledge = record_pledge(
        by=side.officer,
        scope=side.district,
        mobilised_by=agency,
        donor=donor,
        pledged_on=date(2025, 3, 1),
        note=f"cam kết {side.mark}",
        lines=[PledgedLine(kind="goods", item=item, quantity=50, unit_value=250_000)],
    )
    line = pledge.lines.get()
    receipt = record_receipt(
        by=side.officer,
        pledge=pledge,
        custodian=agency,
        occurred_on=date(2025, 3, 15),
        note=f"biên bản {side.mark}",
        lines=[ReceivedLine(pledge_line=line, accepted=45, refused=5, refuse_reason=f"hỏng {side.mark}")],
    )
    return donor, pledge, receipt


def _bought(side: Side, donor: Donor) -> Purchase:
    """With money that the same donor gave."""
    pledge = record_pledge(
        by=side.officer,
        scope=side.district,
        mobilised_by=side.officer.agency,
        donor=donor,
        pledged_on=date(2025, 3, 1),
        lines=[PledgedLine(kind="cash", amount=5_000_000, purpose=f"mua áo {side.mark}")],
    )
    line = pledge.lines.get()
    record_receipt(
        by=side.officer,
        pledge=pledge,
        custodian=side.officer.agency,
        occurred_on=date(2025, 3, 15),
        lines=[ReceivedLine(pledge_line=line, amount=5_000_000)],
    )
    item = Need.objects.get(place=side.village).item
    wanted = Wanted(item, 10, 250_000, side.officer.agency, note=f"mua {side.mark}")
    purchase = plan_purchase(by=side.officer, cash_line=line, wanted=wanted)
    bought = Bought(f"HĐ {side.mark}", DAY, f"Cửa hàng {side.mark}", 10, 2_400_000, f"rẻ hơn {side.mark}")
    return complete_purchase(by=side.officer, purchase=purchase, bought=bought)


def _signed(side: Side, purchase: Purchase) -> PaperFile:
    """The record of the money that paid the purchase."""
    receipt = Receipt.objects.get(pledge=purchase.cash_line.pledge)
    issue_receipt_record(by=side.officer, receipt=receipt, number=1, dated=DAY)
    page = SignedFile(b"\xff\xd8 " + side.mark.encode())
    return keep_signed_record(by=side.officer, receipt=receipt, signed=page)


def _moved(side: Side, purchase: Purchase) -> StockMovement:
    return move_stock(
        by=side.officer,
        line=purchase.supply_line,
        to=side.coordinator.agency,
        quantity=4,
        occurred_on=DAY,
        reason=f"chuyển {side.mark}",
    )


def _accepted(side: Side, supply: SupplyLine, need: Need) -> SupportPlan:
    """Two of what is left on both sides."""
    left = SupplyLine.objects.select_related("balance").get(pk=supply.pk).balance.unallocated
    lacking = Need.objects.select_related("balance").get(pk=need.pk).balance.uncovered
    line = ProposedLine(supply, need, 2, f"lý do đề xuất {side.mark}", left, lacking)
    return accept_plan(by=side.coordinator, scope=side.district, year=2025, lines=[line])


def _planned(side: Side) -> tuple[FundingSource, MobilisationPlan]:
    """A fund that the commune keeps, and its plan, handed in."""
    agency, item = side.officer.agency, Need.objects.get(place=side.village).item
    name = f"Quỹ {side.commune.short_name} {side.mark}"
    source = create_source(by=side.coordinator, scope=side.district, facts=SourceFacts("fund", name, agency))
    plan = start_plan(by=side.officer, scope=side.district, agency=agency, year=2025)
    targets = [PlannedTarget(item.area, item, quantity=30, note=f"chỉ tiêu {side.mark}")]
    plan = save_targets(
        by=side.officer, plan=plan, edits=plan.edits, targets=targets, note=f"kế hoạch {side.mark}"
    )
    return source, submit_plan(by=side.officer, plan=plan, edits=plan.edits)


def _delivered(side: Side, allocation: Allocation) -> Distribution:
    distribution = plan_distribution(
        by=side.coordinator,
        area=allocation.need.item.area,
        lead_agency=side.coordinator.agency,
        place=side.village,
        planned_on=DAY,
        lines=[PlannedLine(20, allocation=allocation)],
        note=f"chuyến {side.mark}",
    )
    send_distribution(by=side.coordinator, distribution=distribution)
    line = distribution.lines.get()
    turns = {allocation.need.age_band_id: 18}
    confirmed = ConfirmedLine(line, 18, returned=2, difference_reason=f"thừa {side.mark}", child_turns=turns)
    return confirm_delivery(
        by=side.officer,
        distribution=distribution,
        occurred_on=DAY,
        lines=[confirmed],
        scan=CleanScan(f"scan {side.mark}".encode()),
    )


def _inspected(
    side: Side, distribution: Distribution
) -> tuple[SupervisionVisit, Recommendation, SupervisionSample, ChecklistItem]:
    """A visit by a colleague of who sent it, which recommends something to the commune."""
    colleague, _new = User.objects.get_or_create(
        username=f"inspector.{side.coordinator.username}",
        defaults={
            "full_name": "Người giám sát",
            "role": Role.COORDINATOR,
            "agency": side.coordinator.agency,
        },
    )
    everything = Distribution.objects.filter(place__unit__parent=side.district).count()
    sample = draw_sample(by=colleague, scope=side.district, from_on=DAY, to_on=DAY, size=everything, seed=1)
    question = ChecklistItem.objects.filter(scope=side.district).first() or add_question(
        by=colleague, scope=side.district, question=f"Câu hỏi {side.mark}"
    )
    visit = plan_visit(
        by=colleague,
        place=side.village,
        planned_on=DAY,
        team=f"Tổ giám sát {side.mark}",
        distribution=distribution,
        sample=sample,
    )
    asked = Recommended(f"Kiến nghị {side.mark}", side.officer.agency, date(2025, 6, 30))
    record_visit(
        by=colleague,
        visit=visit,
        done_on=DAY,
        findings=[Found(item, "yes") for item in questions_for(side.village)],
        conclusion=f"Kết luận {side.mark}",
        recommendations=[asked],
    )
    return visit, visit.recommendations.get(), sample, question


def _report(side: Side) -> dict[str, object]:
    period = open_period(by=side.coordinator, scope=side.district, kind="half_year", year=2025)
    report = compile_report(by=side.coordinator, period=period)
    section = report.sections.order_by("order").first()
    save_section(
        by=side.coordinator,
        section=section,
        heading=section.heading,
        body=f"Chỉ đạo {side.mark}",
        version=section.version,
    )
    with clock.standing_on(ISSUED_ON):
        report = issue_report(by=side.leader, report=report, number=12, dated=ISSUED_ON)
    return {"period": period, "report": report, "section": section, "paper": report.paper}
