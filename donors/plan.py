"""The funds and budgets that the plan names (III, IV.1, IV.8): sources of support that are not donors."""

from directory.models import Agency, Unit
from donors.models import FundingSource

Kind = FundingSource.Kind
SOURCES = [
    (Kind.FUND, "Quỹ Bảo trợ trẻ em huyện", "Quỹ BTTE"),
    (Kind.FUND, "Quỹ Vì người nghèo", "MTTQ"),
    (Kind.CENTRAL_BUDGET, "Kinh phí Trung ương hỗ trợ thực hiện Đề án", ""),
    (Kind.LOCAL_BUDGET, "Kinh phí lồng ghép của các ngành, địa phương", ""),
    (Kind.MANAGEMENT, "Kinh phí quản lý, điều phối trong dự toán của các đơn vị", ""),
]


def load(district: Unit) -> None:
    """Load the plan's sources of money; loading again changes nothing."""
    for kind, name, keeper in SOURCES:
        agency = Agency.objects.filter(unit=district, short_name=keeper).first() if keeper else None
        FundingSource.objects.get_or_create(
            scope=district, name=name, defaults={"kind": kind, "agency": agency}
        )
