"""What procurement tells others, one noun a file."""

from typing import Final

from services.procurement.events import agreements, needs, payments, tenders

TELLS: Final = (*needs.TELLS, *tenders.TELLS, *agreements.TELLS, *payments.TELLS)
