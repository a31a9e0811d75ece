"""The indicators of annex I. The plan sets no numeric targets: the district enters its own each year."""

from directory.models import SupportArea
from needs.models import SupportItem
from reports.models import Indicator

# code, name, English name, unit of measure
GENERAL = [
    ("communes_surveyed", "Xã có phiếu rà soát nhu cầu được duyệt", "Communes with an approved survey", "xã"),
    ("donors", "Nhà tài trợ có đóng góp", "Donors who gave", "nhà tài trợ"),
    ("cash_received", "Tiền tiếp nhận từ nhà tài trợ", "Cash received from donors", "đồng"),
    ("goods_received", "Hiện vật tiếp nhận từ nhà tài trợ (quy đổi)", "Goods received, at value", "đồng"),
    ("other_received", "Tiếp nhận từ quỹ, ngân sách", "Received from funds and budgets", "đồng"),
]
BY_AREA = [
    ("needs_surveyed", "Nhu cầu được duyệt", "Needs approved", "nhu cầu"),
    ("needs_covered", "Nhu cầu được phân bổ đủ", "Needs covered in full", "nhu cầu"),
    ("turns", "Lượt trẻ em được hỗ trợ", "Child-turns", "lượt trẻ em"),
    ("value", "Giá trị hỗ trợ đã trao", "Value delivered", "đồng"),
]
CLOSING = [
    ("policy_meals", "Bữa ăn theo chính sách của Nhà nước (tách riêng)", "Meals under state policy", "suất"),
    ("turns_out_of_scope", "Lượt trẻ em ngoài địa bàn xã ĐBKK", "Child-turns out of scope", "lượt trẻ em"),
]
AREA_STEP, ITEM_STEP = 100, 10


def load() -> None:
    """Load the indicators, also those of items added since; loading again changes nothing."""
    for order, (code, *words) in enumerate(GENERAL, start=1):
        _indicator(order, code, None, *words)
    for area in SupportArea.objects.all():
        first = area.order * AREA_STEP
        for order, (code, *words) in enumerate(BY_AREA, start=first):
            _indicator(order, f"{code}-{area.code}", area, *words)
        for item in SupportItem.objects.in_use().filter(area=area):
            load_item(item)
    for order, (code, *words) in enumerate(CLOSING, start=9 * AREA_STEP):
        _indicator(order, code, None, *words)


def load_item(item: SupportItem) -> None:
    """The line of annex I that counts what was delivered of an item, after the lines of its area."""
    first = item.area.order * AREA_STEP + ITEM_STEP
    _indicator(first, code_of(item.code), item.area, item.name, item.name_en, item.unit)


def code_of(item_code: str) -> str:
    return f"quantity-{item_code}"


def _indicator(order: int, code: str, area: SupportArea | None, name: str, name_en: str, unit: str) -> None:
    """Keep the indicator of that code, or add it at the first free place from ``order`` on."""
    if Indicator.objects.filter(code=code).exists():
        return
    taken = set(Indicator.objects.values_list("order", flat=True))
    while order in taken:
        order += 1
    Indicator.objects.create(code=code, name=name, name_en=name_en, unit=unit, area=area, order=order)
