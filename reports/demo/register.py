"""What stands before the first deed: villages, schools, accounts, items with prices, a status, a signer."""

from __future__ import annotations

from datetime import date

from django.contrib.auth.hashers import make_password

from directory.models import Agency, AreaStatus, Place, Signer, SupportArea, Unit, User
from directory.roles import Role
from needs.models import AgeBand, ItemSize, ReferencePrice, SupportItem

FROM = date(2019, 1, 1)
VILLAGES = {"Ia Dom": 4, "Ia Đal": 5, "Ia Tơi": 4}
DIFFICULT = ("Ia Dom", "Ia Đal")
# The decision is of 2021-2025; the sample leaves its end open, so that its communes stay in scope.
STATUS = "Quyết định số 861/QĐ-TTg (dữ liệu mẫu, để ngỏ ngày hết hiệu lực)"
# username, role, agency's short name, name
ACCOUNTS = [
    ("canbo.iadom", Role.COMMUNE_OFFICER, "UBND xã Ia Dom", "Cán bộ mẫu xã Ia Dom"),
    ("canbo.iadal", Role.COMMUNE_OFFICER, "UBND xã Ia Đal", "Cán bộ mẫu xã Ia Đal"),
    ("canbo.iatoi", Role.COMMUNE_OFFICER, "UBND xã Ia Tơi", "Cán bộ mẫu xã Ia Tơi"),
    ("chutich.iadom", Role.LEADER, "UBND xã Ia Dom", "Chủ tịch mẫu xã Ia Dom"),
    ("chutich.iadal", Role.LEADER, "UBND xã Ia Đal", "Chủ tịch mẫu xã Ia Đal"),
    ("chutich.iatoi", Role.LEADER, "UBND xã Ia Tơi", "Chủ tịch mẫu xã Ia Tơi"),
    ("ldtbxh", Role.COORDINATOR, "LĐTBXH", "Cán bộ mẫu Phòng LĐTBXH 1"),
    ("ldtbxh2", Role.COORDINATOR, "LĐTBXH", "Cán bộ mẫu Phòng LĐTBXH 2"),
    ("lanhdao", Role.LEADER, "UBND huyện", "Lãnh đạo mẫu UBND huyện"),
    ("ytehuyen", Role.AGENCY_OFFICER, "TTYT", "Cán bộ mẫu Trung tâm Y tế"),
    ("vanhoa", Role.AGENCY_OFFICER, "VH-TT-DL&TT", "Cán bộ mẫu Trung tâm Văn hóa"),
    ("phunu", Role.AGENCY_OFFICER, "Hội LHPN", "Cán bộ mẫu Hội LHPN huyện"),
    ("quantri", Role.ADMINISTRATOR, "", "Quản trị mẫu"),
]
Kind = SupportItem.Kind
# area, code, name, English name, unit, kind, age bands
ITEMS = [
    ("warm_clothing", "coat", "Áo ấm", "Warm coat", "chiếc", Kind.GOODS, "0-2 3-5 6-10 11-15"),
    ("warm_clothing", "blanket", "Chăn ấm", "Blanket", "chiếc", Kind.GOODS, "all"),
    ("warm_clothing", "socks", "Tất, mũ len", "Socks and cap", "bộ", Kind.GOODS, "3-5 6-10"),
    ("health_nutrition", "milk", "Sữa dinh dưỡng", "Nutritious milk", "hộp", Kind.GOODS, "0-2 3-5"),
    ("play", "toys", "Bộ đồ chơi, sách", "Toys and books", "bộ", Kind.GOODS, "3-5 6-10"),
]
# đồng for one unit in 2023; each year after it 5 % more, rounded to thousands
PRICES = {
    "coat": 180_000,
    "blanket": 250_000,
    "socks": 60_000,
    "milk": 25_000,
    "toys": 1_500_000,
    "warm_clothing": 320_000,
    "meal": 15_000,
    "check_up": 120_000,
    "play_area": 45_000_000,
    "activity": 3_000_000,
}
# Coats differ by sex. Sizes by age band, each with the per cent of the children who wear it
BY_SEX = ("coat",)
SIZES = {
    "coat": {
        "0-2": [("80", 45), ("90", 55)],
        "3-5": [("100", 40), ("110", 60)],
        "6-10": [("120", 35), ("130", 40), ("140", 25)],
        "11-15": [("150", 45), ("160", 55)],
    },
    "socks": {"3-5": [("S", 100)], "6-10": [("M", 100)]},
}
SIGNER = {"power": "TM. ỦY BAN NHÂN DÂN", "for_office": "KT. CHỦ TỊCH", "office": "PHÓ CHỦ TỊCH"}


def load(district: Unit, password: str) -> None:
    for commune in Unit.objects.communes().filter(parent=district):
        _places(commune)
    for name in DIFFICULT:
        AreaStatus.objects.get_or_create(
            unit=Unit.objects.get(parent=district, name=f"xã {name}"),
            valid_from=date(2021, 1, 1),
            defaults={"legal_basis": STATUS},
        )
    _signer(district)
    for order, item in enumerate(ITEMS, start=10):
        _item(order, *item)
    for code, price in PRICES.items():
        _prices(code, price)
    for code, sizes in SIZES.items():
        _sizes(SupportItem.objects.get(code=code), sizes)
    hashed = make_password(password)  # slow on purpose; it is one password, and everybody is told so
    for username, role, agency, name in ACCOUNTS:
        _account(username, role, agency, name, hashed)


def _places(commune: Unit) -> None:
    villages = [(Place.Kind.VILLAGE, f"Thôn {n}") for n in range(1, VILLAGES[commune.short_name] + 1)]
    schools = [
        (Place.Kind.SCHOOL, f"Trường Mầm non mẫu {commune.short_name}"),
        (Place.Kind.SCHOOL, f"Trường TH-THCS mẫu {commune.short_name}"),
        (Place.Kind.SITE, "Điểm trường mẫu Thôn 2"),
    ]
    for order, (kind, name) in enumerate([*villages, *schools], start=1):
        Place.objects.get_or_create(
            unit=commune, kind=kind, name=name, valid_from=FROM, defaults={"order": order}
        )
    for place in Place.objects.filter(unit=commune, kind__in=(Place.Kind.SCHOOL, Place.Kind.SITE)):
        village = "Thôn 2" if place.kind == Place.Kind.SITE else "Thôn 1"
        place.lies_in = Place.objects.get(unit=commune, kind=Place.Kind.VILLAGE, name=village)
        place.save(update_fields=["lies_in"])


def _signer(district: Unit) -> None:
    """No real official may stand under made-up figures: a sample signer takes over from 2021."""
    committee = Agency.objects.get(unit=district, kind=Agency.Kind.COMMITTEE)
    Signer.objects.filter(agency=committee, valid_to=None).update(valid_to=date(2020, 12, 31))
    Signer.objects.create(agency=committee, name="Người Ký Mẫu", valid_from=date(2021, 1, 1), **SIGNER)


def _item(
    order: int, area: str, code: str, name: str, name_en: str, unit: str, kind: str, bands: str
) -> None:
    item, created = SupportItem.objects.get_or_create(
        code=code,
        defaults={
            "area": SupportArea.objects.get(code=area),
            "name": name,
            "name_en": name_en,
            "unit": unit,
            "kind": kind,
            "order": order,
            "by_sex": code in BY_SEX,
        },
    )
    if created:
        item.age_bands.set(AgeBand.objects.filter(code__in=bands.split()))


def _prices(code: str, price: int) -> None:
    item = SupportItem.objects.get(code=code)
    for year in (2023, 2024, 2025):
        amount = round(price * 1.05 ** (year - 2023), -3)
        ReferencePrice.objects.get_or_create(item=item, year=year, defaults={"amount": int(amount)})


def _sizes(item: SupportItem, sizes: dict[str, list[tuple[str, int]]]) -> None:
    sexes = (ItemSize.Sex.GIRLS, ItemSize.Sex.BOYS) if item.by_sex else (ItemSize.Sex.ALL,)
    order = 0
    for code, labels in sizes.items():
        band = AgeBand.objects.get(code=code)
        for sex in sexes:
            for label, percent in labels:
                order += 1
                ItemSize.objects.get_or_create(
                    item=item,
                    age_band=band,
                    sex=sex,
                    label=label,
                    defaults={"percent": percent, "order": order},
                )


def _account(username: str, role: str, agency: str, name: str, hashed: str) -> None:
    User.objects.create(
        username=username,
        password=hashed,
        full_name=name,
        role=role,
        agency=Agency.objects.get(short_name=agency) if agency else None,
        is_staff=role == Role.ADMINISTRATOR,
    )
