"""A 6-month report of the district as a snapshot. Every figure and every donor in it is made up."""

from __future__ import annotations

from documents.snapshot import Annex, Block, Column, Row, Snapshot

AGENCY = "Ủy ban nhân dân huyện Ia H'Drai"
PERIOD = "6 tháng đầu năm 2025"


def _row(*cells: object) -> Row:
    return {"kind": "row", "cells": list(cells)}  # type: ignore[typeddict-item]


def _group(text: str) -> Row:
    return {"kind": "group", "cells": [text]}


def _total(*cells: object) -> Row:
    return {"kind": "total", "cells": list(cells)}  # type: ignore[typeddict-item]


def _percent(value: str) -> dict[str, str]:
    return {"percent": value}


def sample() -> Snapshot:
    """A new copy each time: tests change it."""
    return {
        "letterhead": {"superior": "", "agency": AGENCY, "locality": "Ia H'Drai"},
        "symbol": "BC-UBND",
        "type": "Báo cáo",
        "subject": "Kết quả thực hiện Đề án vận động nguồn lực xã hội hỗ trợ trẻ em các xã đặc biệt khó khăn "
        f"vùng dân tộc thiểu số và miền núi {PERIOD} trên địa bàn huyện Ia H'Drai",
        "addressees": ["Sở Lao động - Thương binh và Xã hội tỉnh Kon Tum"],
        "grounds": [],
        "body": body(),
        "signature": {
            "power": "TM. Ủy ban nhân dân",
            "for_office": "KT. Chủ tịch",
            "office": "Phó Chủ tịch",
            "name": "Pờ Ly Hảo",
        },
        "recipients": [
            "Thường trực Huyện ủy (b/c)",
            "Thường trực HĐND huyện (b/c)",
            "Các tổ chức chính trị - xã hội",
            "Ban Tuyên giáo Huyện ủy",
            "Hội Chữ thập đỏ huyện",
            "Các cơ quan, đơn vị thuộc huyện",
            "Ủy ban nhân dân các xã",
        ],
        "archive": "VT, LĐTBXH",
        "annexes": [annex_i(), annex_ii(), annex_iii(), annex_iv(), annex_v(), annex_vi()],
    }


def _h(level: int, text: str) -> Block:
    return {"kind": "heading", "level": level, "text": text}  # type: ignore[typeddict-item]


def _p(text: str) -> Block:
    return {"kind": "paragraph", "text": text}


def body() -> list[Block]:
    return [
        _p(
            "Thực hiện Kế hoạch số 45/KH-UBND ngày 20 tháng 9 năm 2019 của Ủy ban nhân dân huyện Ia H'Drai "
            "triển khai Đề án vận động nguồn lực xã hội hỗ trợ trẻ em các xã đặc biệt khó khăn giai đoạn "
            f"2019 - 2025; Ủy ban nhân dân huyện báo cáo kết quả thực hiện {PERIOD} như sau:"
        ),
        _h(1, "I. Công tác chỉ đạo, điều hành"),
        _p(
            "Ủy ban nhân dân huyện giao Phòng Lao động - Thương binh và Xã hội là cơ quan đầu mối, hướng "
            "dẫn, theo dõi, đôn đốc các đơn vị, địa phương; chỉ đạo Quỹ Bảo trợ trẻ em huyện vận động "
            "nguồn lực và điều phối việc hỗ trợ trẻ em.\n"
            "Các phòng, ban ngành và Ủy ban nhân dân các xã đã ban hành kế hoạch thực hiện năm 2025; 03/03 "
            "xã hoàn thành rà soát nhu cầu hỗ trợ của trẻ em đúng thời hạn."
        ),
        _h(1, "II. Kết quả thực hiện"),
        _h(2, "1. Truyền thông, vận động"),
        _p(
            "Tổ chức 06 buổi truyền thông trực tiếp, lồng ghép tại các thôn, điểm trường với trên 420 lượt "
            "người tham gia; phát 300 tờ rơi."
        ),
        _h(2, "2. Vận động nhà tài trợ, rà soát nhu cầu"),
        _p("- Đã vận động được 04 nhà tài trợ, trong đó 02 trong huyện, 02 ngoài huyện."),
        _p("- Nhu cầu được duyệt theo xã và mức đáp ứng như sau:"),
        {
            "kind": "chart",
            "title": "Nhu cầu áo ấm và kết quả hỗ trợ theo xã",
            "unit": "Đơn vị tính: chiếc",
            "series": ["Nhu cầu được duyệt", "Đã phân bổ", "Đã giao"],
            "bars": [
                {"label": "xã Ia Dom", "values": [1200, 640, 588]},
                {"label": "xã Ia Đal", "values": [860, 505, 505]},
                {"label": "xã Ia Tơi", "values": [240, 60, 0]},
            ],
        },
        _h(2, "3. Điều phối hỗ trợ"),
        _h(3, "3.1. Khám chữa bệnh, dinh dưỡng"),
        _h(4, "a) Khám sức khỏe"),
        _p("Trung tâm Y tế khám cho 1.034 trẻ em tại 08 điểm trường; số liệu chi tiết tại Phụ lục III."),
        _h(3, "3.2. Vui chơi, giải trí"),
        _p("Sửa chữa 02 điểm vui chơi tại thôn 1, thôn 3 xã Ia Đal."),
        _h(3, "3.3. Đồ ấm"),
        _p("Kết quả hỗ trợ đồ ấm theo lĩnh vực:"),
        {
            "kind": "table",
            "caption": "Bảng 1. Kết quả theo lĩnh vực",
            "columns": [
                {"title": "Lĩnh vực", "width": 40},
                {"title": "Lượt trẻ em", "width": 20},
                {"title": "Kinh phí (đồng)", "width": 22},
                {"title": "So với kế hoạch (%)", "width": 18},
            ],
            "rows": [
                _row("Khám chữa bệnh, dinh dưỡng", 1034, 86_500_000, _percent("57.4")),
                _row("Vui chơi, giải trí", None, 45_000_000, None),
                _row("Đồ ấm", 1093, 163_950_000, _percent("46.5")),
                _total("TỔNG CỘNG", 2127, 295_450_000, _percent("51.2")),
            ],
        },
        _h(2, "4. Quản lý, công khai, kiểm tra"),
        _p("Kết quả tiếp nhận và phân phối được niêm yết công khai tại trụ sở Ủy ban nhân dân các xã."),
        _h(2, "5. Biểu dương, khen thưởng"),
        _p("Đề xuất Chủ tịch Ủy ban nhân dân huyện tặng Giấy khen cho 02 tập thể."),
        _h(2, "6. Kinh phí"),
        _p(
            "Tổng kinh phí huy động: 295.450.000 đồng "
            "(tiền mặt 60.000.000 đồng, hiện vật quy đổi 235.450.000 đồng)."
        ),
        _h(1, "III. Đánh giá chung"),
        _h(2, "1. Ưu điểm"),
        _p("Việc hỗ trợ được điều phối thống nhất, không chồng chéo, trùng lặp giữa các cấp, các ngành."),
        _h(2, "2. Tồn tại, hạn chế"),
        _p("Nhu cầu đồ ấm tại xã Ia Tơi mới được đáp ứng một phần; đường đến một số điểm trường khó khăn."),
        _h(2, "3. Nguyên nhân"),
        _p("Địa bàn rộng, dân cư phân tán; nguồn lực vận động trong huyện còn hạn chế."),
        _h(1, "IV. Phương hướng, nhiệm vụ 6 tháng cuối năm"),
        _p("- Tiếp tục vận động nguồn lực, ưu tiên nhu cầu cấp độ 1 tại các thôn vùng cao trước mùa lạnh."),
        _p("- Kiểm tra, giám sát việc phân phối tại 100% số xã."),
        _h(1, "V. Đề xuất, kiến nghị"),
        _p(
            "Đề nghị Sở Lao động - Thương binh và Xã hội quan tâm kết nối các nhà tài trợ ngoài tỉnh.\n"
            f"Trên đây là báo cáo kết quả {PERIOD}, Ủy ban nhân dân huyện báo cáo "
            "Sở Lao động - Thương binh và Xã hội"
        ),
    ]


def annex_i() -> Annex:
    return {
        "numeral": "I",
        "title": f"Tổng hợp kết quả thực hiện {PERIOD}",
        "unit_note": "",
        "landscape": True,
        "columns": [
            {"title": "STT", "width": 5, "align": "center"},
            {"title": "Chỉ tiêu", "width": 27},
            {"title": "ĐVT", "width": 8, "align": "center"},
            {"title": "Kế hoạch năm", "width": 10},
            {"title": "Thực hiện kỳ này", "width": 11},
            {"title": "Lũy kế", "width": 10},
            {"title": "So KH (%)", "width": 8},
            {"title": "Cùng kỳ năm trước", "width": 11},
            {"title": "Ghi chú", "width": 10},
        ],
        "rows": [
            _group("A. Khám chữa bệnh, dinh dưỡng"),
            _row("1", "Trẻ em được khám sức khỏe", "lượt", 1800, 1034, 1034, _percent("57.4"), 980, ""),
            _row("2", "Suất ăn dinh dưỡng", "suất", 12000, 0, 0, _percent("0"), 4300, ""),
            _group("B. Vui chơi, giải trí"),
            _row("3", "Điểm vui chơi làm mới", "điểm", 2, 0, 0, _percent("0"), None, ""),
            _row(
                "4",
                "Trẻ em tham gia hoạt động",
                "lượt",
                900,
                None,
                None,
                None,
                None,
                "Xã Ia Tơi chưa báo cáo",
            ),
            _group("C. Đồ ấm"),
            _row("5", "Trẻ em được hỗ trợ đồ ấm", "lượt", 2300, 1093, 1093, _percent("47.5"), 1010, ""),
            _row("6", "Kinh phí", "nghìn đồng", 1_234_567, 295_450, 295_450, _percent("23.9"), 250_000, ""),
            _total("TỔNG CỘNG lượt trẻ em", 5000, 2127, 2127, _percent("42.5"), 1990, ""),
        ],
    }


def annex_ii(donors: int = 4) -> Annex:
    goods: list[Column] = [
        {"title": "Tên", "width": 12},
        {"title": "ĐVT", "width": 6, "align": "center"},
        {"title": "Số lượng", "width": 7},
    ]
    rows = [
        _row(f"Nhà tài trợ mẫu {n}", kind, money, item, unit, quantity, value, purpose, "UBND huyện", day)
        for n, kind, money, item, unit, quantity, value, purpose, day in [
            (1, "ngoài huyện", 0, "Áo ấm", "chiếc", 700, 105_000_000, "Đồ ấm", "12/01/2025"),
            (2, "trong huyện", 60_000_000, "", "", 0, 0, "Khám chữa bệnh", "03/03/2025"),
            (3, "ngoài huyện", 0, "Áo ấm", "chiếc", 505, 75_750_000, "Đồ ấm", "15/01/2025"),
            (4, "trong huyện", 0, "Bộ đồ chơi", "bộ", 12, 54_700_000, "Vui chơi", "20/05/2025"),
        ]
    ]
    return {
        "numeral": "II",
        "title": f"Nguồn lực huy động {PERIOD}",
        "unit_note": "Đơn vị tính: đồng",
        "landscape": True,
        "columns": [
            {"title": "Nhà tài trợ", "width": 15},
            {"title": "Loại", "width": 9},
            {"title": "Tiền", "width": 10},
            {"title": "Hiện vật", "children": goods},
            {"title": "Quy đổi", "width": 11},
            {"title": "Nội dung", "width": 10},
            {"title": "Đơn vị tiếp nhận", "width": 10},
            {"title": "Ngày", "width": 10, "align": "center"},
        ],
        "rows": [
            *(rows * (donors // 4)),
            _total("TỔNG CỘNG", "", 60_000_000, "", "", 1217, 235_450_000, "", "", ""),
        ],
    }


def annex_iii() -> Annex:
    weights: list[Column] = [{"title": t, "width": 8} for t in ("Nhẹ cân", "Thấp còi", "Gầy còm", "Thừa cân")]
    meals: list[Column] = [{"title": "Trẻ", "width": 8}, {"title": "Suất", "width": 8}]
    return {
        "numeral": "III",
        "title": "Khám chữa bệnh, dinh dưỡng",
        "unit_note": "Đơn vị tính: trẻ em",
        "landscape": True,
        "columns": [
            {"title": "Xã/trường", "width": 16},
            {"title": "Trẻ em", "width": 8},
            {"title": "Được khám", "width": 8},
            {"title": "Tình trạng dinh dưỡng", "children": weights},
            {"title": "Bữa ăn", "children": meals},
            {"title": "Kinh phí (đồng)", "width": 12},
            {"title": "Trước/sau", "width": 8, "align": "center"},
        ],
        "rows": [
            _group("Xã Ia Dom"),
            _row("Trường Mầm non Ia Dom", 320, 310, 41, 62, 12, 3, 0, 0, 26_000_000, "13,2/-"),
            _row("Trường Tiểu học Ia Dom", 540, 402, 38, 75, 9, 6, None, None, 33_500_000, ""),
            _group("Xã Ia Đal"),
            _row("Trường Mầm non Ia Đal", 335, 322, 47, 70, 15, 2, 0, 0, 27_000_000, ""),
            _total("TỔNG CỘNG", 1195, 1034, 126, 207, 36, 11, 0, 0, 86_500_000, ""),
        ],
    }


def annex_iv() -> Annex:
    return {
        "numeral": "IV",
        "title": "Vui chơi, giải trí",
        "unit_note": "Đơn vị tính: điểm",
        "landscape": False,
        "columns": [
            {"title": "Xã/thôn/điểm trường", "width": 26},
            {"title": "Điểm hiện có", "width": 10},
            {"title": "Làm mới", "width": 10},
            {"title": "Sửa chữa", "width": 10},
            {"title": "Đạt hướng dẫn", "width": 12},
            {"title": "Hoạt động, lượt trẻ", "width": 14},
            {"title": "Kinh phí (đồng)", "width": 18},
        ],
        "rows": [
            _row("Thôn 1, xã Ia Đal", 1, 0, 1, 1, 210, 25_000_000),
            _row("Thôn 3, xã Ia Đal", 1, 0, 1, 0, 180, 20_000_000),
            _row("Xã Ia Tơi", None, None, None, None, None, None),
            _total("TỔNG CỘNG", 2, 0, 2, 1, 390, 45_000_000),
        ],
    }


def annex_v() -> Annex:
    bands: list[Column] = [{"title": t, "width": 8} for t in ("0-2", "3-5", "6-10", "11-15")]
    return {
        "numeral": "V",
        "title": "Hỗ trợ đồ ấm",
        "unit_note": "Đơn vị tính: chiếc",
        "landscape": True,
        "columns": [
            {"title": "Xã", "width": 14},
            {"title": "Nhu cầu theo nhóm tuổi", "children": bands},
            {"title": "Đã hỗ trợ", "width": 9},
            {"title": "Số lượng", "width": 9},
            {"title": "Quy đổi (đồng)", "width": 13},
            {"title": "Tỷ lệ (%)", "width": 8},
            {"title": "Giám sát", "width": 15},
        ],
        "rows": [
            _row("xã Ia Dom", 180, 290, 430, 300, 588, 588, 88_200_000, _percent("49"), "01 đợt"),
            _row("xã Ia Đal", 120, 240, 310, 190, 505, 505, 75_750_000, _percent("58.7"), "01 đợt"),
            _row("xã Ia Tơi", 40, 60, 80, 60, 0, 0, 0, _percent("0"), ""),
            _total("TỔNG CỘNG", 340, 590, 820, 550, 1093, 1093, 163_950_000, _percent("47.5"), ""),
        ],
    }


def annex_vi(places: int = 40) -> Annex:
    rows = [
        _row(
            f"Thôn {n}, xã Ia Dom",
            "Áo ấm",
            "Trẻ em 6-10 tuổi",
            12 + n,
            (12 + n) * 150_000,
            f"Cấp độ {1 + n % 4}",
        )
        for n in range(1, places + 1)
    ]
    quantity = sum(12 + n for n in range(1, places + 1))
    return {
        "numeral": "VI",
        "title": "Nhu cầu hỗ trợ kỳ tới",
        "unit_note": "Đơn vị tính: chiếc, đồng",
        "landscape": False,
        "columns": [
            {"title": "Xã/trường", "width": 24},
            {"title": "Nội dung", "width": 14},
            {"title": "Đối tượng", "width": 20},
            {"title": "Số lượng", "width": 11},
            {"title": "Kinh phí", "width": 16},
            {"title": "Mức độ ưu tiên", "width": 15, "align": "center"},
        ],
        "rows": [*rows, _total("TỔNG CỘNG", "", "", quantity, quantity * 150_000, "")],
        "notes": ["Kinh phí tạm tính theo giá tham chiếu năm 2025."],
    }
