"""What the plan and the field's rules say about what is counted and what may be needed."""

from directory.models import SupportArea
from needs.models import AgeBand, Subgroup, SupportItem

# A child is under 16 (Luật Trẻ em 2016).
AGE_BANDS = [
    ("0-2", "0-2 tuổi (nhà trẻ)", "0-2 years (nursery)", 0, 2, False),
    ("3-5", "3-5 tuổi (mẫu giáo)", "3-5 years (kindergarten)", 3, 5, False),
    ("6-10", "6-10 tuổi (tiểu học)", "6-10 years (primary)", 6, 10, False),
    ("11-15", "11-15 tuổi (THCS)", "11-15 years (lower secondary)", 11, 15, False),
    ("all", "Mọi lứa tuổi", "All ages", 0, 15, True),
]
SUBGROUPS = [
    ("total", "Tổng số", "All children", True),
    ("girls", "Trẻ em gái", "Girls", False),
    ("minority", "Dân tộc thiểu số", "Ethnic minority", False),
    ("poor", "Hộ nghèo, cận nghèo", "Poor households", False),
    ("disabled", "Khuyết tật", "With disabilities", False),
]
Kind = SupportItem.Kind
# area, code, name, English name, unit of measure, kind, age bands (plan II.3: nursery and primary for health)
ITEMS = [
    (
        "health_nutrition",
        "check_up",
        "Khám, chữa bệnh",
        "Health check-up",
        "lượt",
        Kind.SERVICE,
        "0-2 3-5 6-10",
    ),
    (
        "health_nutrition",
        "meal",
        "Bữa ăn dinh dưỡng",
        "Nutritious meal",
        "suất",
        Kind.SERVICE,
        "0-2 3-5 6-10",
    ),
    ("play", "play_area", "Khu vui chơi, giải trí", "Play area", "khu", Kind.GOODS, "all"),
    (
        "play",
        "activity",
        "Hoạt động văn hóa, vui chơi",
        "Cultural or play activity",
        "buổi",
        Kind.SERVICE,
        "all",
    ),
    ("warm_clothing", "warm_clothing", "Đồ ấm", "Warm clothing", "bộ", Kind.GOODS, "0-2 3-5 6-10 11-15"),
]


def load() -> None:
    """Load age bands, subgroups and the plan's items; loading again changes nothing."""
    for code, name, name_en, first, last, is_all in AGE_BANDS:
        AgeBand.objects.get_or_create(
            code=code,
            defaults={
                "name": name,
                "name_en": name_en,
                "from_year": first,
                "to_year": last,
                "is_all": is_all,
            },
        )
    for order, (code, name, name_en, is_total) in enumerate(SUBGROUPS, start=1):
        Subgroup.objects.get_or_create(
            code=code, defaults={"name": name, "name_en": name_en, "order": order, "is_total": is_total}
        )
    for order, (area, code, name, name_en, unit, kind, bands) in enumerate(ITEMS, start=1):
        item, created = SupportItem.objects.get_or_create(
            code=code,
            defaults={
                "area": SupportArea.objects.get(code=area),
                "name": name,
                "name_en": name_en,
                "unit": unit,
                "kind": kind,
                "order": order,
            },
        )
        if created:
            item.age_bands.set(AgeBand.objects.filter(code__in=bands.split()))
