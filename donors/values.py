"""What a piece is worth."""

from needs.models import ReferencePrice, SupportItem


def unit_value_of(item: SupportItem, given: int | None, year: int) -> int:
    """Whole đồng: as given, else the item's reference price of the year, else 0 (“not valued”)."""
    if given is not None:
        return given
    price = ReferencePrice.objects.filter(item=item, year=year).values_list("amount", flat=True).first()
    return price or 0
