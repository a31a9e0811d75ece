"""What the district's plan of September 2019 and the field's rules say about who and where.

Loaded by ``manage.py load_plan``: exactly the facts, idempotently, nothing made up. Villages, schools,
later statuses and later signers are data that the district enters.
"""

from datetime import date

from directory.models import (
    Agency,
    AreaStatus,
    CoordinationScope,
    LeadArea,
    Place,
    Signer,
    SupportArea,
    Unit,
)

# The plan runs from 2019; validity before it is of no use to the portal.
FROM = date(2019, 1, 1)
SIGNED = date(2019, 9, 1)
# 861/QĐ-TTg replaced 582/QĐ-TTg for 2021-2025; which communes it names is for the district to enter.
END_OF_582 = date(2020, 12, 31)

AREAS = [
    ("health_nutrition", "Khám chữa bệnh, dinh dưỡng", "Health and nutrition"),
    ("play", "Vui chơi, giải trí", "Play and recreation"),
    ("warm_clothing", "Đồ ấm", "Warm clothing"),
]
COMMUNES = [("23535", "xã Ia Đal"), ("23537", "xã Ia Dom"), ("23538", "xã Ia Tơi")]
DIFFICULT = ("23535", "23537")

Kind, Every = Agency.Kind, Agency.ReportsEvery
LABOUR = "Phòng Lao động - Thương binh và Xã hội"
HEALTH = "Trung tâm Y tế"
CULTURE = "Trung tâm Văn hóa - Thể thao - Du lịch và Truyền thông"
COMMITTEE = "Ủy ban nhân dân huyện Ia H'Drai"
FUND = "Quỹ Bảo trợ trẻ em huyện"
# name, short name, symbol in document numbers, kind, reporting duty
DISTRICT_AGENCIES = [
    (LABOUR, "LĐTBXH", "LĐTBXH", Kind.DEPARTMENT, Every.HALF_YEAR),
    ("Phòng Giáo dục và Đào tạo", "GD&ĐT", "GDĐT", Kind.DEPARTMENT, Every.HALF_YEAR),
    ("Phòng Tài chính - Kế hoạch", "TC-KH", "TCKH", Kind.DEPARTMENT, Every.HALF_YEAR),
    ("Cơ quan Tổ chức - Nội vụ", "TC-NV", "TCNV", Kind.DEPARTMENT, Every.HALF_YEAR),
    (HEALTH, "TTYT", "TTYT", Kind.CENTRE, Every.HALF_YEAR),
    (CULTURE, "VH-TT-DL&TT", "TTVH", Kind.CENTRE, Every.HALF_YEAR),
    ("Ủy ban Mặt trận Tổ quốc Việt Nam huyện", "MTTQ", "", Kind.MASS_ORGANISATION, Every.YEAR),
    ("Hội Chữ thập đỏ huyện", "Hội CTĐ", "", Kind.MASS_ORGANISATION, Every.YEAR),
    ("Hội Liên hiệp Phụ nữ huyện", "Hội LHPN", "", Kind.MASS_ORGANISATION, Every.YEAR),
    ("Huyện đoàn", "Huyện đoàn", "", Kind.MASS_ORGANISATION, Every.YEAR),
    (FUND, "Quỹ BTTE", "", Kind.FUND, Every.NEVER),
]
LEADS = [("health_nutrition", HEALTH), ("play", CULTURE), ("warm_clothing", LABOUR)]


def load() -> Unit:
    """Load the directory of the plan; loading again changes nothing. Returns the district."""
    for order, (code, name, name_en) in enumerate(AREAS, start=1):
        SupportArea.objects.get_or_create(
            code=code, defaults={"name": name, "name_en": name_en, "order": order}
        )
    province = _unit(Unit.Level.PROVINCE, "62", "tỉnh Kon Tum", None)
    district = _unit(Unit.Level.DISTRICT, "618", "huyện Ia H'Drai", province)
    committee = _agency(district, COMMITTEE, "UBND huyện", "UBND", Kind.COMMITTEE, Every.NEVER, None)
    for name, short, symbol, kind, every in DISTRICT_AGENCIES:
        under_committee = kind in (Kind.DEPARTMENT, Kind.CENTRE)
        _agency(district, name, short, symbol, kind, every, committee if under_committee else None)
    labour = Agency.objects.get(unit=district, name=LABOUR)
    # The plan has LĐTBXH direct the fund (IV.1).
    Agency.objects.filter(unit=district, name=FUND, superior=None).update(superior=labour)
    for order, (code, name) in enumerate(COMMUNES, start=1):
        commune = _unit(Unit.Level.COMMUNE, code, name, district)
        _agency(
            commune,
            f"Ủy ban nhân dân {name}",
            f"UBND {name}",
            "UBND",
            Kind.COMMITTEE,
            Every.HALF_YEAR,
            committee,
        )
        Place.objects.get_or_create(
            unit=commune, kind=Place.Kind.COMMUNE, name=name, valid_from=FROM, defaults={"order": order}
        )
        if code in DIFFICULT:
            AreaStatus.objects.get_or_create(
                unit=commune,
                valid_from=FROM,
                defaults={"legal_basis": "Quyết định số 582/QĐ-TTg", "valid_to": END_OF_582},
            )
    CoordinationScope.objects.get_or_create(unit=district, valid_from=FROM, defaults={"agency": labour})
    for code, name in LEADS:
        LeadArea.objects.get_or_create(
            area=SupportArea.objects.get(code=code),
            scope=district,
            valid_from=FROM,
            defaults={"agency": Agency.objects.get(unit=district, name=name)},
        )
    Signer.objects.get_or_create(
        agency=committee,
        name="Pờ Ly Hảo",
        valid_from=SIGNED,
        defaults={"power": "TM. ỦY BAN NHÂN DÂN", "for_office": "KT. CHỦ TỊCH", "office": "PHÓ CHỦ TỊCH"},
    )
    return district


def _unit(level: str, code: str, name: str, parent: Unit | None) -> Unit:
    unit, _ = Unit.objects.get_or_create(
        code=code, valid_from=FROM, defaults={"level": level, "name": name, "parent": parent}
    )
    return unit


def _agency(
    unit: Unit, name: str, short_name: str, symbol: str, kind: str, every: str, superior: Agency | None
) -> Agency:
    agency, _ = Agency.objects.get_or_create(
        unit=unit,
        name=name,
        valid_from=FROM,
        defaults={
            "short_name": short_name,
            "symbol": symbol,
            "kind": kind,
            "reports_every": every,
            "superior": superior,
        },
    )
    return agency
