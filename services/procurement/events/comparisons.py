"""What procurement tells of comparisons with the bank's statement, after a restore."""

from typing import Final
from uuid import UUID

from libs.common.contract import answer, event
from services.procurement.domain.comparisons import Status


@answer
class ComparisonState:
    """The full public state of a comparison; fen."""

    id: UUID
    epoch: int
    division: str
    status: Status
    open_lines: int
    open_amount: int


@event("procurement.comparison.recorded.v1")
class ComparisonRecorded(ComparisonState):
    """One person of the treasury has compared the statement; another has to confirm it."""


@event("procurement.comparison.confirmed.v1")
class ComparisonConfirmed(ComparisonState):
    """Payments go on; those that have left the bank already are recorded first."""


@event("procurement.comparison.settled.v1")
class ComparisonSettled(ComparisonState):
    """One line of the statement was recorded as a payment or dismissed; so many are left."""


TELLS: Final = (ComparisonRecorded, ComparisonConfirmed, ComparisonSettled)
