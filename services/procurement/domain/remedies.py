"""Remedies: what the finding on a challenge or a complaint does to the tender."""

from typing import Literal

from libs.common.contract import Text, body, changed
from libs.common.errors import Conflict, Fault, Invalid
from services.procurement.domain.sentences import DOES_NOT_FIT
from services.procurement.domain.tenders import NO_AWARD, Tender

Verdict = Literal["dismissed", "upheld"]
Remedy = Literal["go-on", "award-again", "review-again", "tender-again"]
"""It is put right, or had no effect, and the tender goes on; another candidate is awarded
(另行确定); the panel scores again; everything is tendered again (重新开展采购活动)."""


class RemedyDoesNotFit(Invalid):
    """What is upheld needs a remedy, and what is dismissed has none."""

    zh = "质疑或投诉成立的须选定处理方式，不成立的不得选定。"


class RemedyNotPossible(Conflict):
    """The tender is not at a point where this remedy can be applied; choose another one."""

    zh = "该采购项目所处阶段不适用此处理方式，请另选。"


class TooFewCandidates(Conflict):
    """Too few qualified bidders are left to award to another; the tender has to be done again."""

    zh = "剩余合格供应商不足法定数量，不能另行确定中标（成交）供应商，须重新开展采购活动。"


class AgreementMadeAlready(Conflict):
    """An agreement has been in force on this award: end it first, then only tendering again, or
    going on, is left."""

    zh = "该结果已签订协议并生效：须先终止协议；此后只能重新开展采购活动或维持原结果。"


@body
class Finding:
    """Whether a challenge or a complaint is right, what is done about it, and why."""

    verdict: Verdict
    remedy: Remedy | None = None
    reasons: Text

    def check(self) -> None:
        """Refuse a remedy for nothing, or something that is left as it is."""
        if (self.verdict == "upheld") != (self.remedy is not None):
            raise RemedyDoesNotFit(Fault("/remedy", DOES_NOT_FIT, verdict=self.verdict))


def put_right(tender: Tender, remedy: Remedy, candidates: int, minimum: int) -> Tender:
    """The tender after a remedy other than going on; `candidates` are the bidders left to award
    to (财政部令第94号 art. 16, 31, 32)."""
    match remedy:
        case "tender-again" if tender.status not in ("draft", "failed", "cancelled"):
            return changed(tender, status="failed", reason="challenge-upheld", **NO_AWARD)
        case "review-again" if tender.status in ("reviewed", "awarded"):
            return changed(
                tender,
                status="opened",
                round=tender.round + 1,
                reviewed_at=None,
                reason=None,
                **NO_AWARD,
            )
        case "award-again" if tender.status == "awarded":
            if candidates < minimum:
                raise TooFewCandidates(candidates=candidates, needed=minimum)
            passed = (*tender.passed_ids, tender.awarded_to)
            return changed(tender, status="reviewed", reason=None, passed_ids=passed, **NO_AWARD)
    raise RemedyNotPossible
