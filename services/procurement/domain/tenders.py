"""Tenders: draft → published → closed → opened → reviewed → awarded | failed | cancelled."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal
from uuid import UUID

from libs.common import clock
from libs.common.contract import changed
from libs.common.errors import Conflict, Fault, Invalid
from services.procurement.domain.budgets import Budget
from services.procurement.domain.calls import Proposal
from services.procurement.domain.criteria import Criterion, Output, check_criteria
from services.procurement.domain.policies import LegalProfile, Method, Policy
from services.procurement.domain.sentences import TOO_LARGE

NO_AWARD: Final[dict[str, object]] = {
    "awarded_to": None,
    "awarded_price": None,
    "awarded_at": None,
    "conditional": False,
}
Status = Literal[
    "draft", "published", "closed", "opened", "reviewed", "awarded", "failed", "cancelled"
]


class PanelShareTooLarge(Invalid):
    """The purchaser's own share of the panel is larger than the policy allows."""

    zh = "采购人代表占评审小组的比例超过政策上限。"


class ProposalNotSelected(Conflict):
    """Only a selected proposal can be tendered; have it selected first."""

    zh = "只有入选的项目建议才能招标，请先办理遴选。"


class ProposalTenderedAlready(Conflict):
    """Another tender for this proposal stands; go on with that one, or cancel it first."""

    zh = "该项目建议已有在办的招标，请继续该招标，或先将其终止。"


class CeilingAboveBudget(Conflict):
    """The ceiling is above what is free in the budget; lower it, or ask for more."""

    zh = "最高限价超出预算可用金额，请调低限价或追加预算。"


class TenderNotDraft(Conflict):
    """The tender has been published already; amend its deadline, or cancel it."""

    zh = "该招标已发布，只能延后截止时间或终止。"


class TenderPeriodTooShort(Conflict):
    """Bidders need more days than this between publication and deadline; set it later."""

    zh = "从发布到投标截止的天数少于法定最短期限，请延后截止时间。"


class TenderNotPublished(Conflict):
    """Bids are handed in and taken back from the publication to the deadline, `bids_due_at`."""

    zh = "投标的递交与撤回仅在公告发布后至截止时间（见 bids_due_at）之前受理。"


class DeadlineNotLater(Conflict):
    """A deadline can only be moved to a later time; choose one."""

    zh = "投标截止时间只能延后，请选择更晚的时间。"


class TenderNotClosed(Conflict):
    """Bids are opened once, after the deadline; wait until it has passed."""

    zh = "投标截止后方可开标，且只开标一次，请等待截止。"


class TenderNotOpened(Conflict):
    """This is done between the opening and the review; see the tender's status."""

    zh = "此操作须在开标之后、评审结论之前进行，请核对招标状态。"


class KeysStillOut(Conflict):
    """Bidders may still hand in their keys; wait until all have, or until the time is over."""

    zh = "投标人仍可提交密钥，请等全部提交或期限届满。"


class TenderNotReviewed(Conflict):
    """An award needs a review, and is made once; conclude the review first."""

    zh = "须先完成评审方可定标，且只定标一次，请先办结评审。"


class TenderOver(Conflict):
    """The tender has come to its end already; tender again if the need still stands."""

    zh = "该招标已经结束；仍有需要的，请重新招标。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tender:
    """An invitation to bid for a selected proposal; amounts in fen, weights in basis points."""

    id: UUID
    version: int
    title: str
    method: Method
    domain: str
    division: str
    fiscal_year: int
    status: Status
    proposal_id: UUID
    budget_id: UUID
    purchaser_id: UUID
    agent_id: UUID
    legal_profile: LegalProfile
    policy_version: int
    ceiling: int
    criteria: tuple[Criterion, ...]
    purchaser_members_most_bp: int
    experts: int
    look_back_months: int
    similar_domains: tuple[str, ...]
    outputs: tuple[Output, ...]
    bids_due_at: datetime
    published_at: datetime | None = None
    opened_at: datetime | None = None
    keys_due_at: datetime | None = None
    keys_settled_at: datetime | None = None
    reviewed_at: datetime | None = None
    round: int = 1
    """How often the bids have been reviewed; a challenge can have it done again."""
    reason: str | None = None
    awarded_to: UUID | None = None
    awarded_price: int | None = None
    awarded_at: datetime | None = None
    conditional: bool = False
    """Awarded on a budget that has not been approved, or that does not hold the award."""
    passed_ids: tuple[UUID, ...] = ()
    """Whose award was void: they are awarded no more."""

    def publish(self, policy: Policy, now: datetime) -> "Tender":
        """Published under the policy of that day, with the days that the method asks for."""
        if self.status != "draft":
            raise TenderNotDraft
        self.check(policy)
        earliest = now + timedelta(days=policy.rule_of(self.method).minimum_days)
        if self.bids_due_at < earliest:
            raise TenderPeriodTooShort(earliest=earliest.isoformat())
        return changed(self, status="published", published_at=now, policy_version=policy.version)

    def check(self, policy: Policy) -> None:
        """Whether the policy allows what the tender says of method, criteria and panel."""
        policy.rule_of(self.method)
        check_criteria(self.criteria, policy.past_most_bp)
        if self.purchaser_members_most_bp > policy.members_most_bp:
            fault = Fault("/purchaser_members_most_bp", TOO_LARGE, most=policy.members_most_bp)
            raise PanelShareTooLarge(fault)

    def amend(self, bids_due_at: datetime, reason: str, now: datetime) -> "Tender":
        """The deadline is moved to a later time, while bids can be handed in."""
        self.accept_bids(now)
        if bids_due_at <= self.bids_due_at:
            raise DeadlineNotLater
        return changed(self, bids_due_at=bids_due_at, reason=reason)

    def accept_bids(self, now: datetime) -> None:
        """Whether bids can be handed in or taken back now."""
        if self.status != "published" or now >= self.bids_due_at:
            raise TenderNotPublished(bids_due_at=self.bids_due_at.isoformat())

    def close(self) -> "Tender":
        """The deadline has come."""
        return changed(self, status="closed")

    def open(self, policy: Policy, bids: int, now: datetime) -> "Tender":
        """Opened with that many bids, or failed with too few (政府采购法 art. 36)."""
        if self.status != "closed":
            raise TenderNotClosed
        if bids < policy.rule_of(self.method).minimum_bids:
            return changed(self, status="failed", opened_at=now, reason="too-few-bids")
        due = clock.end_of(clock.legal_day(now + timedelta(hours=policy.key_hours)))
        return changed(self, status="opened", opened_at=now, keys_due_at=due)

    def take_keys(self, now: datetime) -> None:
        """Whether a bidder can still hand a key in."""
        if self.status != "opened" or self.keys_settled_at is not None:
            raise TenderNotOpened
        if self.keys_due_at is None or now >= self.keys_due_at:
            raise TenderNotOpened

    def settle_keys(self, policy: Policy, valid: int, now: datetime) -> "Tender":
        """All keys are in, or their time is over: go on with enough valid bids, or fail."""
        if valid < policy.rule_of(self.method).minimum_bids:
            return changed(self, status="failed", keys_settled_at=now, reason="too-few-valid-bids")
        return changed(self, keys_settled_at=now)

    def empanel(self) -> None:
        """Whether a panel can be formed or changed now."""
        if self.status != "opened":
            raise TenderNotOpened

    def judge(self) -> None:
        """Whether bids can be scored and reviewed now."""
        if self.status != "opened":
            raise TenderNotOpened
        if self.keys_settled_at is None:
            raise KeysStillOut

    def conclude(self, now: datetime) -> "Tender":
        """The panel's work is done, and the ranking stands."""
        self.judge()
        return changed(self, status="reviewed", reviewed_at=now)

    def decide(self) -> None:
        """Whether an award can be made now."""
        if self.status != "reviewed":
            raise TenderNotReviewed

    def cancel(self, reason: str) -> "Tender":
        """Given up for a coded reason, at any time before a binding award."""
        if self.status in ("failed", "cancelled") or (
            self.status == "awarded" and not self.conditional
        ):
            raise TenderOver
        return changed(self, status="cancelled", reason=reason, **NO_AWARD)


def check_basis(proposal: Proposal, budget: Budget, ceiling: int) -> None:
    """Whether a tender can rest on that proposal and that budget, planned or approved."""
    if proposal.status != "selected":
        raise ProposalNotSelected
    if ceiling > budget.free:
        raise CeilingAboveBudget(free=budget.free)
