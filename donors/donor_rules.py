"""What somebody types about a donor, and how it is kept."""

from __future__ import annotations

from dataclasses import dataclass, replace

from donors.models import Donor
from donors.models.donor import phone_key, tax_key

# The fields of a donor that somebody types, in the order of the form.
TYPED = ("name", "kind", "origin", "tax_code", "phone", "email", "address", "note")


@dataclass(frozen=True)
class DonorFacts:
    """What somebody types about a donor."""

    name: str
    kind: str
    origin: str
    tax_code: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""
    note: str = ""

    def in_words(self) -> dict[str, str]:
        """The values as a reader sees them, by field."""
        return vars(self) | {
            "kind": str(Donor.Kind(self.kind).label),
            "origin": str(Donor.Origin(self.origin).label),
        }


def facts_of(donor: Donor) -> DonorFacts:
    return DonorFacts(**{name: getattr(donor, name) for name in TYPED})


def completed(facts: DonorFacts) -> DonorFacts:
    """As it is kept: the name without needless spaces, tax code and telephone number without any."""
    return replace(
        facts,
        name=" ".join(facts.name.split()),
        phone=phone_key(facts.phone),
        tax_code=tax_key(facts.tax_code),
    )
