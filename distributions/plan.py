"""The checklist that a district begins with; it is the coordinating office's to change [field]."""

from __future__ import annotations

from directory.models import Unit
from distributions.models import ChecklistItem

QUESTIONS = [
    "Đối tượng được nhận đúng nhu cầu đã duyệt, đúng độ tuổi",
    "Số lượng thực nhận khớp với biên bản bàn giao",
    "Chất lượng hàng bảo đảm, đúng cỡ, còn hạn sử dụng",
    "Danh sách ký nhận được lập và lưu tại xã",
    "Kết quả hỗ trợ được công khai tại thôn, trường",
    "Hàng chưa phát được bảo quản đúng nơi, có sổ theo dõi",
]


def load(district: Unit) -> None:
    """Only into an empty checklist: what the office has changed or retired does not come back."""
    if ChecklistItem.objects.filter(scope=district).exists():
        return
    ChecklistItem.objects.bulk_create(
        ChecklistItem(scope=district, question=question, order=order)
        for order, question in enumerate(QUESTIONS, 1)
    )
