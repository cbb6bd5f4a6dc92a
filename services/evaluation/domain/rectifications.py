"""Rectifications (整改): ordered → answered → resolved; overdue on the way; withdrawn."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Literal, Protocol
from uuid import UUID

from libs.common.contract import answer, changed
from libs.common.errors import Conflict, Fault, Invalid
from services.evaluation.domain.inspections import Inspection
from services.evaluation.domain.policies import Policy
from services.evaluation.domain.results import Edition, Result
from services.evaluation.domain.sentences import DUE_DAY_PASSED

RectificationStatus = Literal["ordered", "answered", "overdue", "resolved", "withdrawn"]


class InspectionFoundNoFaults(Conflict):
    """A rectification is ordered for an inspection completed with faults; complete it so first."""

    zh = "只有结论为存在问题的监督检查才能责令整改，请先据实办结。"


class InspectedBySomebodyElse(Conflict):
    """Only the official who completed the inspection orders rectifications; ask them to."""

    zh = "只有办结该监督检查的人员才能责令整改，请由其办理。"


class DueDayPassed(Invalid):
    """The due day of a rectification lies in the future."""

    zh = "整改期限须在今天之后。"


class RectificationNotOpen(Conflict):
    """Only a rectification that is ordered or overdue can be answered; see its status."""

    zh = "只有已责令或逾期的整改才能答复，请核对其状态。"


class RectificationMissed(Conflict):
    """The one chance to put a failed result right is over; the purchaser may end the agreement."""

    zh = "不合格结果的唯一一次整改机会已逾期，购买主体可以终止协议。"


class RectificationNotAnswered(Conflict):
    """Only a rectification that was answered can be resolved; wait for the answer."""

    zh = "只有承接主体已答复的整改才能销号，请等待其答复。"


@answer
class Rectification:
    """What a provider has to put right, until when, and what it answered."""

    id: UUID
    version: int
    inspection_id: UUID | None
    result_id: UUID | None
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
        """The provider says what it has done; for a failed result, in time."""
        if self.status == "overdue" and self.result_id is not None:
            raise RectificationMissed
        if self.status not in ("ordered", "overdue"):
            raise RectificationNotOpen
        return changed(self, status="answered", answer_text=text, answered_at=now)

    def resolve(self, by: str, now: datetime) -> "Rectification":
        """An official is satisfied with it."""
        if self.status != "answered":
            raise RectificationNotAnswered
        return changed(self, status="resolved", resolved_by=by, resolved_at=now)

    def withdraw(self) -> "Rectification":
        """The result has been corrected: there is nothing to put right."""
        return changed(self, status="withdrawn")

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
        raise DueDayPassed(Fault("/due_day", DUE_DAY_PASSED, today=today))
    return _ordered(
        new_id,
        inspection,
        inspection_id=inspection.id,
        codes=tuple(sorted(set(codes))),
        demand=demand,
        due_day=due_day,
        ordered_by=by,
    )


def order_for_result(
    new_id: UUID, result: Result, edition: Edition, policy: Policy, by: str, today: date
) -> Rectification:
    """A failed result demands what lies below the line in it, each with its points of 100."""
    below = [
        line
        for line in edition.lines
        if line.value_bp is not None and line.value_bp < policy.least_passing_bp
    ]
    return _ordered(
        new_id,
        result,
        result_id=result.id,
        codes=tuple(line.indicator for line in below),
        demand="；".join(f"{line.title} {(line.value_bp or 0) / 100:.2f}" for line in below),
        due_day=today + timedelta(days=policy.follow_up.rectification_days),
        ordered_by=by,
    )


class _Ground(Protocol):
    """What a rectification is ordered on: an inspection or a result."""

    @property
    def agreement_id(self) -> UUID: ...
    @property
    def provider_id(self) -> UUID: ...
    @property
    def division(self) -> str: ...


def _ordered(
    new_id: UUID,
    ground: _Ground,
    *,
    inspection_id: UUID | None = None,
    result_id: UUID | None = None,
    codes: tuple[str, ...],
    demand: str,
    due_day: date,
    ordered_by: str,
) -> Rectification:
    return Rectification(
        id=new_id,
        version=1,
        inspection_id=inspection_id,
        result_id=result_id,
        agreement_id=ground.agreement_id,
        provider_id=ground.provider_id,
        division=ground.division,
        codes=codes,
        demand=demand,
        due_day=due_day,
        ordered_by=ordered_by,
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
