"""The outline of the report and the text that it starts with.

The usual form [field]: headings and text are the district's to edit. The text states what the plan lays
down and what the figures show, nothing else; what the portal does not hold it says it does not hold.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from directory.models import CoordinationScope, LeadArea, SupportArea
from distributions.models import Allocation
from reports.figures import Figures, percent
from reports.figures.facts import BUDGETS, FUND, GIFT
from reports.reversed import reversed_in_words
from reports.supervised import asked_after_visits, supervised
from reports.wording import day, listed, number, share, span

PLAN = (
    "Kế hoạch triển khai thực hiện Đề án vận động nguồn lực xã hội hỗ trợ trẻ em các xã đặc biệt khó khăn "
    "thuộc vùng dân tộc thiểu số và miền núi giai đoạn (2019 - 2025) trên địa bàn huyện Ia H'Drai"
)


@dataclass(frozen=True)
class Part:
    """A heading of the outline. ``code`` gives number and level: “II.3.1” is printed “3.1.”, level 3."""

    code: str
    heading: str
    text: Callable[[Figures], str]

    @property
    def level(self) -> int:
        return len(self.code.split("."))


def label_of(code: str) -> str:
    """The number as printed: “II.”, “3.”, “3.1.”; none for the opening."""
    parts = code.split(".")
    if code == OPENING:
        return ""
    return f"{parts[0]}." if len(parts) == 1 else f"{'.'.join(parts[1:])}."


OPENING = "0"


def _opening(figures: Figures) -> str:
    period = figures.period
    return (
        f"Thực hiện {PLAN}; Ủy ban nhân dân {period.scope.name} báo cáo kết quả thực hiện {span(period)} "
        f"(từ ngày {day(period.starts_on)} đến ngày {day(period.ends_on)}, số liệu chốt đến ngày "
        f"{day(period.cut_off)}) như sau:"
    )


def _direction(figures: Figures) -> str:
    period = figures.period
    scopes, day = figures.scopes, period.ends_on
    coordination = (
        CoordinationScope.objects.on(day).filter(unit_id__in=scopes).select_related("agency").first()
    )
    text = "Việc triển khai Kế hoạch được thực hiện theo phân công của Ủy ban nhân dân."
    if coordination:
        text = (
            f"Ủy ban nhân dân {period.scope.name} giao {coordination.agency} là cơ quan đầu mối hướng dẫn, "
            "theo dõi, đôn đốc các đơn vị, địa phương triển khai thực hiện Kế hoạch."
        )
    leads = LeadArea.objects.on(day).filter(scope_id__in=scopes).select_related("agency", "area")
    duties = [
        f"{lead.agency} chủ trì lĩnh vực {lead.area.name.lower()}" for lead in leads.order_by("area__order")
    ]
    if duties:
        text += f" {'; '.join(duties)}."
    return (
        f"{text}\nViệc rà soát nhu cầu, tiếp nhận, phân bổ và bàn giao hỗ trợ được theo dõi trên cùng một "
        "hệ thống số liệu, có xác nhận của xã nhận hỗ trợ, bảo đảm công khai, minh bạch, tránh chồng chéo, "
        "trùng lặp."
    )


def _nothing(figures: Figures) -> str:
    return ""


def _mobilisation(figures: Figures) -> str:
    cash, goods = figures.received("cash"), figures.received("goods")
    return (
        f"Kết quả vận động trong kỳ: {number(figures.donors().now)} nhà tài trợ đã đóng góp "
        f"{number(cash.now)} đồng tiền mặt và hiện vật quy đổi {number(goods.now)} đồng; lũy kế từ đầu năm "
        f"{number(cash.cumulative)} đồng tiền mặt và hiện vật quy đổi {number(goods.cumulative)} đồng "
        "(chi tiết tại Phụ lục II)."
    )


def _survey(figures: Figures) -> str:
    present = figures.communes.present
    done = len(present) - len(figures.missing)
    year = figures.period.year
    text = f"Đợt rà soát nhu cầu năm {year}: {done}/{len(present)} xã có phiếu rà soát được duyệt."
    if figures.silent:
        names = listed([unit.name for unit in figures.silent])
        text += f" Chưa có phiếu được duyệt: {names}; nhu cầu ghi “chưa báo cáo”."
    if figures.partly:
        names = listed([unit.name for unit in figures.partly])
        text += f" Chưa có phiếu rà soát hằng năm được duyệt, chỉ có nhu cầu của đợt bổ sung: {names}."
    for area in figures.areas if figures.known else []:
        needed, covered = (figures.needs_counted(c, area.pk).now for c in (False, True))
        text += (
            f"\n- {area.name}: {number(needed)} nhu cầu được duyệt, {number(covered)} nhu cầu được phân bổ "
            f"đủ nguồn ({share(percent(covered, needed))})."
        )
    return text


def _coordination(figures: Figures) -> str:
    turns, value = figures.total("turns"), figures.delivered("value")
    inside, outside = (figures.delivered("turns", in_scope=scope).now for scope in (True, False))
    text = (
        f"Trong kỳ đã hỗ trợ {number(turns.now)} lượt trẻ em, giá trị {number(value.now)} đồng; trong đó "
        f"tại các xã đặc biệt khó khăn {number(inside)} lượt, ngoài các xã đặc biệt khó khăn "
        f"{number(outside)} lượt. Lũy kế từ đầu năm {number(turns.cumulative)} lượt trẻ em, giá trị "
        f"{number(value.cumulative)} đồng."
    )
    if turns.supplement:
        text += (
            f" Lũy kế đã gồm {number(turns.supplement)} lượt trẻ em của kỳ trước được xác nhận sau ngày chốt "
            "số liệu (bổ sung)."
        )
    if note := reversed_in_words(figures):
        text += f" {note}"
    if turns.last_year is not None:
        origin = " (theo báo cáo đã lập năm trước)" if turns.historical else ""
        text += f" Cùng kỳ năm trước: {number(turns.last_year)} lượt trẻ em{origin}."
    return text


def _area(code: str) -> Callable[[Figures], str]:
    def text(figures: Figures) -> str:
        area = next(area for area in figures.areas if area.code == code)
        turns, value = figures.delivered("turns", area=area.pk), figures.delivered("value", area=area.pk)
        lines = [
            f"Trong kỳ đã hỗ trợ {number(turns.now)} lượt trẻ em, giá trị {number(value.now)} đồng; lũy kế "
            f"từ đầu năm {number(turns.cumulative)} lượt trẻ em, giá trị {number(value.cumulative)} đồng."
        ]
        if items := _items(figures, area):
            lines.append(f"Cụ thể: {'; '.join(items)}.")
        policy = figures.delivered("quantity", area=area.pk, policy=True)
        if policy.cumulative:
            lines.append(
                f"Bữa ăn theo chính sách của Nhà nước được tính riêng: {number(policy.now)} suất trong kỳ, "
                f"lũy kế {number(policy.cumulative)} suất, không cộng vào kết quả vận động xã hội."
            )
        return "\n".join(lines)

    return text


def _items(figures: Figures, area: SupportArea) -> list[str]:
    """“Áo ấm: 120 chiếc” for each item handed over in the period."""
    found = []
    for item in figures.items.values():
        if item.area_id == area.pk and (quantity := figures.delivered("quantity", item=item.pk).now):
            found.append(f"{item.name}: {number(quantity)} {item.unit}")
    return found


def _management(figures: Figures) -> str:
    text = (
        "Mọi khoản hỗ trợ được phân bổ trên cơ sở nhu cầu đã duyệt, không vượt nhu cầu; số lượng thực nhận "
        "do xã xác nhận. Danh sách nhà tài trợ và kết quả tiếp nhận được nêu tại Phụ lục II."
    )
    if figures.overlaps:
        text += "\nPhân bổ tại nơi cơ quan khác cùng hỗ trợ trong năm, do cơ quan điều phối quyết định:"
    lines = [text, *(_overlap(allocation) for allocation in figures.overlaps)]
    return "\n".join([*lines, *supervised(figures)])


def _overlap(allocation: Allocation) -> str:
    need = allocation.need
    return (
        f"- {need.place.full_name}, {need.item.name} ({need.age_band.name}): {number(allocation.quantity)} "
        f"{need.item.unit}, cùng với {allocation.overlap_with}. Lý do: {allocation.overlap_reason}."
    )


def _recognition(figures: Figures) -> str:
    return (
        f"Trân trọng ghi nhận đóng góp của {number(figures.donors().cumulative)} nhà tài trợ "
        "từ đầu năm và của các cơ quan, đơn vị tham gia vận động."
    )


def _funding(figures: Figures) -> str:
    by = {s: figures.delivered("value", sources=src) for s, src in _SOURCES.items()}
    rows = [
        f"- {name}: {number(figure.now)} đồng; lũy kế {number(figure.cumulative)} đồng."
        for name, figure in by.items()
    ]
    return "\n".join(
        [
            "Giá trị hỗ trợ đã trao theo nguồn:",
            *rows,
            "Kinh phí quản lý, điều phối được lồng ghép trong dự toán của các cơ quan, đơn vị, không tính "
            "vào các số trên.",
        ]
    )


_SOURCES = {"Nhà tài trợ": (GIFT,), "Quỹ": (FUND,), "Ngân sách nhà nước": BUDGETS}


def _strengths(figures: Figures) -> str:
    target = figures.delivered("turns")
    text = "Công tác vận động, điều phối hỗ trợ trẻ em được triển khai theo đúng Kế hoạch"
    if target.last_year:
        ratio = share(percent(target.now, target.last_year))
        text += f"; số lượt trẻ em được hỗ trợ bằng {ratio} cùng kỳ năm trước"
    return text + "."


def _weaknesses(figures: Figures) -> str:
    short = []
    for area in figures.areas:
        rows = figures.needed(area=area.pk)
        if open_ones := [row for row in rows if row.covered < row.quantity]:
            short.append(f"{area.name.lower()} còn {number(len(open_ones))}/{number(len(rows))} nhu cầu")
    lines = [f"Nhu cầu chưa được đáp ứng đủ: {'; '.join(short)} (Phụ lục VI)."] if short else []
    if figures.missing:
        names = listed([unit.name for unit in figures.missing])
        lines.append(f"{names} chưa có phiếu rà soát nhu cầu được duyệt.")
    return "\n".join(lines) or "Không có nhu cầu đã duyệt nào chưa được phân bổ đủ nguồn."


def _causes(figures: Figures) -> str:
    return "Nguồn lực vận động trên địa bàn còn hạn chế so với nhu cầu của trẻ em các xã đặc biệt khó khăn."


def _outlook(figures: Figures) -> str:
    return (
        "Tiếp tục triển khai các nhiệm vụ, giải pháp của Kế hoạch; đôn đốc các xã hoàn thành rà soát nhu "
        "cầu; cung cấp nhu cầu còn lại (Phụ lục VI) đến các nhà tài trợ; ưu tiên các nhu cầu ở mức độ cấp "
        "thiết nhất."
    )


def _proposals(figures: Figures) -> str:
    text = (
        "Đề nghị cơ quan cấp trên tiếp tục quan tâm, giới thiệu, kết nối các nhà tài trợ hỗ trợ trẻ em các "
        "xã đặc biệt khó khăn trên địa bàn."
    )
    return "\n".join([text, *asked_after_visits(figures)])


OUTLINE = [
    Part(OPENING, "Mở đầu", _opening),
    Part("I", "Công tác chỉ đạo, điều hành", _direction),
    Part("II", "Kết quả thực hiện", _nothing),
    Part("II.1", "Công tác truyền thông, vận động", _mobilisation),
    Part("II.2", "Thiết lập hệ thống nhà tài trợ, rà soát nhu cầu", _survey),
    Part("II.3", "Điều phối việc hỗ trợ cho trẻ em", _coordination),
    Part("II.3.1", "Khám chữa bệnh, dinh dưỡng", _area("health_nutrition")),
    Part("II.3.2", "Vui chơi, giải trí", _area("play")),
    Part("II.3.3", "Đồ ấm", _area("warm_clothing")),
    Part("II.4", "Công tác quản lý, công khai, kiểm tra", _management),
    Part("II.5", "Biểu dương, khen thưởng", _recognition),
    Part("II.6", "Kinh phí thực hiện", _funding),
    Part("III", "Đánh giá chung", _nothing),
    Part("III.1", "Ưu điểm", _strengths),
    Part("III.2", "Tồn tại, hạn chế", _weaknesses),
    Part("III.3", "Nguyên nhân", _causes),
    Part("IV", "Phương hướng, nhiệm vụ", _outlook),
    Part("V", "Đề xuất, kiến nghị", _proposals),
]


def default_text(figures: Figures) -> dict[str, str]:
    """The text of every part, by code, with the figures as they are now."""
    return {part.code: part.text(figures) for part in OUTLINE}
