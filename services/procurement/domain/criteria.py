"""What a tender asks for, and the criteria that bids are compared by."""

from typing import Literal

from libs.common.contract import BasisPoints, Count, Name, Token, body
from libs.common.errors import Fault, Invalid
from libs.common.money import WHOLE
from libs.common.sentences import WEIGHTS_DO_NOT_SUM
from services.procurement.domain.sentences import (
    CODE_TWICE,
    COMPUTED_TWICE,
    NOTHING_RATED,
    PAST_TOO_HEAVY,
)

CriterionKind = Literal["rated", "price", "past-performance"]
OutputKind = Literal[
    "case",
    "group",
    "group-session",
    "community-activity",
    "home-visit",
    "training",
    "volunteer",
]


class CriteriaUnsound(Invalid):
    """Criteria have a code each, weights that sum to 10 000, something rated, and past
    performance at most once and within the weight that the policy allows."""

    zh = "评审标准须代码唯一、权重合计 10000、含评分项；履约评价至多一项且不超过政策上限。"


@body
class Criterion:
    """One thing that bids are compared by, with its weight in basis points of the whole."""

    code: Token
    title: Name
    weight_bp: BasisPoints
    kind: CriterionKind


@body
class Output:
    """Work that is asked for: how much of it, and for how many at least."""

    kind: OutputKind
    title: Name
    quantity: Count
    minimum_persons: Count


def check_criteria(criteria: tuple[Criterion, ...], past_most_bp: int) -> None:
    """Every fault of the criteria at once."""
    faults = []
    codes = [criterion.code for criterion in criteria]
    kinds = [criterion.kind for criterion in criteria]
    if len(set(codes)) < len(codes):
        faults.append(Fault("/criteria", CODE_TWICE))
    total = sum(criterion.weight_bp for criterion in criteria)
    if total != WHOLE:
        faults.append(Fault("/criteria", WEIGHTS_DO_NOT_SUM, whole=WHOLE, total=total))
    if "rated" not in kinds:
        faults.append(Fault("/criteria", NOTHING_RATED))
    if kinds.count("price") > 1 or kinds.count("past-performance") > 1:
        faults.append(Fault("/criteria", COMPUTED_TWICE))
    past = sum(c.weight_bp for c in criteria if c.kind == "past-performance")
    if past > past_most_bp:
        faults.append(Fault("/criteria", PAST_TOO_HEAVY, most=past_most_bp))
    if faults:
        raise CriteriaUnsound(*faults)
