"""What procurement tells others, one noun a file."""

from typing import Final

from services.procurement.events import (
    agreements,
    breaches,
    challenges,
    comparisons,
    needs,
    panels,
    payments,
    tenders,
)

TELLS: Final = (
    *needs.TELLS,
    *tenders.TELLS,
    *panels.TELLS,
    *challenges.TELLS,
    *agreements.TELLS,
    *breaches.TELLS,
    *payments.TELLS,
    *comparisons.TELLS,
)
