"""Reviews: the decision record of a panel, from which an award is made."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from libs.common import clock
from libs.common.contract import answer
from libs.common.errors import NotYet
from services.procurement.domain.ranking import Line
from services.procurement.domain.tenders import Tender


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What the panel concluded for one tender, whose id it has, with every figure; a review that
    is made again is the next round."""

    id: UUID
    round: int
    record: str
    policy_version: int
    lines: tuple[Line, ...]
    decided_by: str
    decided_day: date

    def line_of(self, organisation_id: UUID) -> Line:
        """Where that organisation stands; `NotYet` if it has no valid bid."""
        for line in self.lines:
            if line.organisation_id == organisation_id:
                return line
        raise NotYet("organisation")

    def candidates(self, tender: Tender) -> int:
        """How many are left to award to, were the present award void."""
        gone = {tender.awarded_to, *tender.passed_ids}
        return sum(line.organisation_id not in gone for line in self.lines)


@answer
class Ranking:
    """The public part of a review."""

    id: UUID
    round: int
    policy_version: int
    lines: tuple[Line, ...]
    decided_day: date


def look_back(opened_at: datetime, months: int) -> datetime:
    """The first instant that past performance counts from: so many calendar months before the
    day of the opening."""
    day = clock.legal_day(opened_at)
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - date.resolution).day
    return clock.start_of(date(year, month + 1, min(day.day, last)))
