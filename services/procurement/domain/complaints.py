"""Complaints 投诉 to the finance department: lodged → overdue → decided | withdrawn."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

from libs.common.clock import end_of
from libs.common.contract import changed
from libs.common.errors import Conflict, Fault, Invalid
from libs.common.sentences import OUT_OF_RANGE
from services.procurement.domain.challenges import Challenge, ChallengeNotOpen
from services.procurement.domain.remedies import Finding, Remedy, Verdict

Status = Literal["lodged", "overdue", "decided", "withdrawn"]


class AnswerAwaited(Conflict):
    """Complain when you have the answer, or when the time for it has passed."""

    zh = "须在收到质疑答复或答复期限届满后方可投诉。"


class ComplaintTooLate(Conflict):
    """The period for a complaint ended on the day given (政府采购法第五十五条)."""

    zh = "投诉期限已于所示日期届满（政府采购法第五十五条）。"


class ComplaintLodgedAlready(Conflict):
    """A complaint about this challenge has been lodged, there is one for each; wait for the
    decision."""

    zh = "对该质疑已提起投诉，每项质疑只能投诉一次，请等待处理决定。"


class ComplaintNotOpen(Conflict):
    """This complaint has been decided or withdrawn; read how it ended."""

    zh = "该投诉已作出处理决定或已撤回，请查看结果。"


class SuspensionTooLong(Invalid):
    """A suspension lasts at least a day, and no longer than the law allows (第五十七条)."""

    zh = "暂停采购活动至少一日，且不得超过法定最长期限（政府采购法第五十七条）。"


class SuspendedAlready(Conflict):
    """For this complaint the tender has been suspended once, which is not repeated; decide the
    complaint."""

    zh = "该投诉已暂停过一次采购活动，不得再次暂停，请作出处理决定。"


class TenderSuspended(Conflict):
    """The finance department has suspended the tender until the time given; wait until then."""

    zh = "财政部门已暂停该采购活动，请在所示时间之后办理。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """A challenge that the finance department decides, and how it did."""

    id: UUID
    version: int
    challenge_id: UUID
    tender_id: UUID
    title: str
    division: str
    purchaser_id: UUID
    organisation_id: UUID
    grounds: str
    status: Status
    lodged_by: str
    lodged_at: datetime
    decide_due_day: date
    suspended_until: datetime | None = None
    verdict: Verdict | None = None
    remedy: Remedy | None = None
    reasons: str | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None

    def check_open(self) -> None:
        """Refuse what is only done before the decision."""
        if self.status not in ("lodged", "overdue"):
            raise ComplaintNotOpen

    def suspend(self, days: int, most: int, today: date) -> "Complaint":
        """The tender stands still, once, for so many calendar days."""
        self.check_open()
        if not 1 <= days <= most:
            raise SuspensionTooLong(Fault("/days", OUT_OF_RANGE, least=1, most=most))
        if self.suspended_until is not None:
            raise SuspendedAlready
        return changed(self, suspended_until=end_of(today + timedelta(days=days)))

    def decide(self, finding: Finding, person: str, now: datetime) -> "Complaint":
        """Decided by the finance department, in time or late."""
        self.check_open()
        finding.check()
        return changed(
            self,
            status="decided",
            verdict=finding.verdict,
            remedy=finding.remedy,
            reasons=finding.reasons,
            decided_by=person,
            decided_at=now,
        )

    def withdraw(self) -> "Complaint":
        """Taken back before the decision, which ends the proceedings."""
        self.check_open()
        return changed(self, status="withdrawn")

    def become_overdue(self) -> "Complaint":
        """The period for the decision has passed."""
        return changed(self, status="overdue")


def check_complaint(challenge: Challenge, today: date) -> None:
    """Refuse to complain before the answer, about nothing, twice, or too late."""
    if challenge.status == "escalated":
        raise ComplaintLodgedAlready
    if challenge.status == "raised":
        raise AnswerAwaited(until=challenge.answer_due_day.isoformat())
    if challenge.status == "withdrawn":
        raise ChallengeNotOpen
    if today > challenge.complain_until:
        raise ComplaintTooLate(last_day=challenge.complain_until.isoformat())
