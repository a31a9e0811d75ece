"""The whole paper: letterhead, text with tables and one chart, signer, Nơi nhận, annexes."""

from __future__ import annotations

from datetime import date

from directory import clock
from directory.models import Signer
from documents.snapshot import Block, Heading, Paragraph, Signature, Snapshot
from reports.figures import Figures
from reports.models import DistrictReport, ReportingPeriod
from reports.outline import OPENING
from reports.papers import annexes, tables
from reports.texts import Text, texts_of
from reports.wording import span

KIND = "district_report"
TYPE = "Báo cáo"
SUBJECT = (
    "Kết quả thực hiện Kế hoạch triển khai Đề án vận động nguồn lực xã hội hỗ trợ trẻ em các xã đặc biệt khó "
    "khăn thuộc vùng dân tộc thiểu số và miền núi trên địa bàn {unit} {span}"
)
# A report sent upward names its addressee; “Như trên” then stands first among the recipients (ND 30/2020).
# Both lists are those of the plan itself; each issued report keeps its own in its snapshot.
ADDRESSEES = ["Sở Lao động - Thương binh và Xã hội {province}"]
RECIPIENTS = [
    "Thường trực Huyện ủy (b/c)",
    "Thường trực HĐND huyện (b/c)",
    "Các tổ chức chính trị - xã hội",
    "Ban Tuyên giáo Huyện ủy",
    "Hội Chữ thập đỏ huyện",
    "Các cơ quan, đơn vị thuộc huyện",
    "Ủy ban nhân dân các xã",
]
ARCHIVE = "VT-LT"
NO_SIGNER = Signature(power="", for_office="", office="", name="")


def subject_of(period: ReportingPeriod) -> str:
    """The trích yếu."""
    return SUBJECT.format(unit=period.scope.name, span=span(period))


def snapshot_of(report: DistrictReport, *, on: date | None = None) -> Snapshot:
    """Everything that the report prints, as it stands now; ``on`` is the day of signing (a draft: today).

    Names and figures are those of the period's end, whatever was renamed or merged since.
    """
    figures = Figures(report.period)
    signer = signer_of(report, on or clock.today())
    return Snapshot(
        letterhead={
            "superior": "",
            "agency": report.paper.agency.name,
            "locality": report.period.scope.short_name,
        },
        symbol=report.paper.symbol,
        type=TYPE,
        subject=subject_of(report.period),
        addressees=_addressees(report.period),
        grounds=[],
        body=_body(texts_of(report, figures), figures),
        signature=_signature(signer) if signer else NO_SIGNER,
        recipients=list(RECIPIENTS),
        archive=ARCHIVE,
        annexes=annexes.all_of(figures),
    )


def _addressees(period: ReportingPeriod) -> list[str]:
    province = period.scope.parent_on(period.ends_on)
    return [line.format(province=province.name if province else "").strip() for line in ADDRESSEES]


def signer_of(report: DistrictReport, day: date) -> Signer | None:
    """Who signs for the issuing agency on a day."""
    return Signer.objects.of(report.paper.agency, day).first()


def _signature(signer: Signer) -> Signature:
    return Signature(power=signer.power, for_office=signer.for_office, office=signer.office, name=signer.name)


def _body(texts: list[Text], figures: Figures) -> list[Block]:
    blocks: list[Block] = []
    for text in texts:
        if text.section.code != OPENING:
            blocks.append(_heading(text))
        if text.body:
            blocks.append(Paragraph(kind="paragraph", text=text.body))
        blocks += tables.of_section(text.section.code, figures)
    return blocks


def _heading(text: Text) -> Heading:
    code = text.section.code
    level = code.count(".") + 1
    return Heading(kind="heading", level=level, text=f"{text.label} {text.section.heading}")  # type: ignore[typeddict-item]
