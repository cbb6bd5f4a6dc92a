"""Scores: each member of a panel marks each valid bid once, by each criterion that is rated."""

from dataclasses import dataclass
from uuid import UUID

from libs.common.contract import BasisPoints, Token, body
from libs.common.errors import Conflict, Fault, Invalid
from services.procurement.domain.criteria import Criterion
from services.procurement.domain.sentences import CRITERION_MISSING, MARKED_TWICE, NOT_RATED


class MarksIncomplete(Invalid):
    """Mark each rated criterion once and nothing else; the system computes the other ones."""

    zh = "须对每项评分标准各评一次；价格和履约评价由系统计算。"


class BidScoredAlready(Conflict):
    """You have scored this bid; a score is given once, so go on with the others."""

    zh = "您已对该投标评分，每份投标只评一次，请继续评其余投标。"


class ScoresMissing(Conflict):
    """Not every member has scored every valid bid yet; wait for the others."""

    zh = "尚有评审成员未对全部有效投标评分，请等待其完成。"


@body
class Mark:
    """Points of 10 000 for one rated criterion."""

    criterion: Token
    points_bp: BasisPoints


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """The marks of one member for one bid."""

    id: UUID
    tender_id: UUID
    bid_id: UUID
    member: str
    round: int
    marks: tuple[Mark, ...]


def check_marks(criteria: tuple[Criterion, ...], marks: tuple[Mark, ...]) -> None:
    """Every fault of the marks at once."""
    rated = {criterion.code for criterion in criteria if criterion.kind == "rated"}
    seen: set[str] = set()
    faults = []
    for place, mark in enumerate(marks):
        if mark.criterion not in rated:
            faults.append(Fault(f"/marks/{place}/criterion", NOT_RATED, criteria=sorted(rated)))
        elif mark.criterion in seen:
            faults.append(Fault(f"/marks/{place}/criterion", MARKED_TWICE))
        seen.add(mark.criterion)
    faults += [Fault("/marks", CRITERION_MISSING, criterion=code) for code in sorted(rated - seen)]
    if faults:
        raise MarksIncomplete(*faults)


def check_complete(members: tuple[str, ...], bids: tuple[UUID, ...], scores: list[Score]) -> None:
    """Whether every member has scored every valid bid."""
    wanted = {(member, bid) for member in members for bid in bids}
    missing = wanted - {(score.member, score.bid_id) for score in scores}
    if missing:
        raise ScoresMissing(missing=len(missing))
