"""Challenges 质疑: raised → overdue → answered | withdrawn; a complaint escalates them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from libs.common.clock import add_working_days, legal_day
from libs.common.contract import changed
from libs.common.errors import Conflict
from services.procurement.domain.policies import ChallengeRule
from services.procurement.domain.remedies import Finding, Remedy, Verdict
from services.procurement.domain.tenders import Tender

About = Literal["documents", "opening", "review", "result"]
"""采购文件; 开标 and 评审, which are the 采购过程; 中标、成交结果."""
Status = Literal["raised", "overdue", "answered", "withdrawn", "escalated"]


class NothingToChallenge(Conflict):
    """This step has not ended yet, or the tender is over; challenge what has been announced."""

    zh = "该环节尚未结束，或采购项目已经终结；只能对已公布的事项提出质疑。"


class ChallengeTooLate(Conflict):
    """The period for challenging this step ended on the day given (政府采购法第五十二条)."""

    zh = "对该环节提出质疑的期限已于所示日期届满（政府采购法第五十二条）。"


class NotABidder(Conflict):
    """Only who has bid may challenge the opening, the review or the result."""

    zh = "只有参加投标的供应商才能对开标、评审或结果提出质疑。"


class ChallengeRaisedAlready(Conflict):
    """You have challenged this step; all objections to one step are raised at once, so wait for the
    answer."""

    zh = "您已对该环节提出质疑；对同一环节的质疑须一次性提出，请等待答复。"


class ChallengeNotOpen(Conflict):
    """This challenge has been answered, withdrawn, or taken to the finance department; read how it
    ended."""

    zh = "该质疑已答复、已撤回或已进入投诉程序，请查看其状态。"


class AwardChallenged(Conflict):
    """The tender is challenged: answer that first; until then nothing is drafted, signed or paid
    (政府采购法实施条例第五十四条)."""

    zh = (
        "该采购项目有未答复的质疑，答复前不得起草、签署协议或付款（政府采购法实施条例第五十四条）。"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """What a provider holds against one step of a tender, and how it was answered."""

    id: UUID
    version: int
    tender_id: UUID
    title: str
    division: str
    purchaser_id: UUID
    organisation_id: UUID
    about: About
    step_at: datetime
    """When the challenged step was announced or had ended."""
    grounds: str
    status: Status
    raised_by: str
    raised_at: datetime
    answer_due_day: date
    complain_until: date
    verdict: Verdict | None = None
    remedy: Remedy | None = None
    reasons: str | None = None
    answered_by: str | None = None
    answered_at: datetime | None = None

    def check_open(self) -> None:
        """Refuse what is only done before the answer."""
        if self.status not in ("raised", "overdue"):
            raise ChallengeNotOpen

    def answer(self, finding: Finding, person: str, now: datetime) -> "Challenge":
        """Answered by the purchaser or its agent, in time or late."""
        self.check_open()
        finding.check()
        return changed(
            self,
            status="answered",
            verdict=finding.verdict,
            remedy=finding.remedy,
            reasons=finding.reasons,
            answered_by=person,
            answered_at=now,
        )

    def withdraw(self) -> "Challenge":
        """Taken back before the answer."""
        self.check_open()
        return changed(self, status="withdrawn")

    def become_overdue(self) -> "Challenge":
        """The period for the answer has passed in silence."""
        return changed(self, status="overdue")

    def escalate(self) -> "Challenge":
        """It is with the finance department now."""
        return changed(self, status="escalated")


def step_of(tender: Tender, about: About, *, has_bid: bool) -> datetime:
    """When the challenged step was announced or had ended: documents may be challenged by any
    provider, the rest by who has bid."""
    ended = {
        "documents": tender.published_at,
        "opening": tender.opened_at,
        "review": tender.reviewed_at,
        "result": tender.awarded_at,
    }[about]
    if ended is None or tender.status in ("failed", "cancelled"):
        raise NothingToChallenge
    if about != "documents" and not has_bid:
        raise NotABidder
    return ended


def check_in_time(
    rule: ChallengeRule, about: About, ended: datetime, calendar: Mapping[date, bool], today: date
) -> None:
    """Refuse a challenge after its period, which begins when the notice has been up."""
    days = rule.raise_days + rule.notice_days(about)
    last = add_working_days(legal_day(ended), days, calendar)
    if today > last:
        raise ChallengeTooLate(last_day=last.isoformat())
