"""Rectifications (整改): ordered → answered → resolved, or overdue on the way."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from libs.common.contract import answer, changed
from libs.common.errors import Conflict, Fault, Invalid
from services.evaluation.domain.inspections import Inspection

RectificationStatus = Literal["ordered", "answered", "overdue", "resolved"]


class InspectionFoundNoFaults(Conflict):
    """A rectification is ordered for an inspection that was completed with faults."""

    zh = "只有结论为存在问题的监督检查才能责令整改。"


class InspectedBySomebodyElse(Conflict):
    """Only the official who completed the inspection orders its rectifications."""

    zh = "只有办结该监督检查的人员才能责令整改。"


class DueDayPassed(Invalid):
    """The due day of a rectification lies in the future."""

    zh = "整改期限须在今天之后。"


class RectificationNotOpen(Conflict):
    """Only a rectification that is ordered or overdue can be answered."""

    zh = "只有已责令或逾期的整改才能答复。"


class RectificationNotAnswered(Conflict):
    """Only a rectification that the provider has answered can be resolved."""

    zh = "只有承接主体已答复的整改才能销号。"


@answer
class Rectification:
    """What a provider has to put right, until when, and what it answered."""

    id: UUID
    version: int
    inspection_id: UUID
    agreement_id: UUID
    provider_id: UUID
    division: str
    codes: tuple[str, ...]
    demand: str
    due_day: date
    ordered_by: str
    status: RectificationStatus
    answer_text: str | None
    answered_at: datetime | None
    resolved_by: str | None
    resolved_at: datetime | None

    def give_answer(self, text: str, now: datetime) -> "Rectification":
        """The provider says what it has done."""
        if self.status not in ("ordered", "overdue"):
            raise RectificationNotOpen
        return changed(self, status="answered", answer_text=text, answered_at=now)

    def resolve(self, by: str, now: datetime) -> "Rectification":
        """An official is satisfied with it."""
        if self.status != "answered":
            raise RectificationNotAnswered
        return changed(self, status="resolved", resolved_by=by, resolved_at=now)

    def become_overdue(self) -> "Rectification":
        """The provider has not answered by the due day."""
        return changed(self, status="overdue")


def order(
    new_id: UUID,
    inspection: Inspection,
    codes: Sequence[str],
    demand: str,
    due_day: date,
    by: str,
    today: date,
) -> Rectification:
    """What an inspection's faults demand of the provider."""
    _expect_faults_found_by(inspection, by)
    if due_day <= today:
        raise DueDayPassed(Fault("/due_day", "due-day-passed", due_day.isoformat()))
    return Rectification(
        id=new_id,
        version=1,
        inspection_id=inspection.id,
        agreement_id=inspection.agreement_id,
        provider_id=inspection.provider_id,
        division=inspection.division,
        codes=tuple(sorted(set(codes))),
        demand=demand,
        due_day=due_day,
        ordered_by=by,
        status="ordered",
        answer_text=None,
        answered_at=None,
        resolved_by=None,
        resolved_at=None,
    )


def _expect_faults_found_by(inspection: Inspection, person: str) -> None:
    if inspection.conclusion != "faults":
        raise InspectionFoundNoFaults
    if inspection.completed_by != person:
        raise InspectedBySomebodyElse
