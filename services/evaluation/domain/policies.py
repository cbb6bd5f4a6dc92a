"""Policies: indicators, bands, standing, sampling, periods and questions, each a new version."""

from itertools import pairwise
from typing import Annotated, Final, Literal
from uuid import UUID

from libs.common.contract import (
    BasisPoints,
    Count,
    Day,
    Name,
    Period,
    Some,
    Token,
    answer,
    body,
)
from libs.common.errors import Conflict, Fault, Invalid
from libs.common.money import WHOLE
from libs.common.sentences import WEIGHTS_DO_NOT_SUM
from services.evaluation.domain.sentences import (
    BAND_REPEATED,
    BANDS_LEAVE_A_GAP,
    BANDS_NOT_ORDERED,
    CODE_REPEATED,
    NUMBER_OUT_OF_RANGE,
    QUESTIONS_MISSING,
)

Band = Literal["excellent", "good", "pass", "fail"]
Effect = Literal["priority", "neutral", "watch", "barred-next-year"]
Source = Literal[
    "computed-outputs",
    "computed-reports",
    "computed-observation",
    "computed-satisfaction",
    "computed-inspections",
    "rated",
]
BEST_FIRST: Final[tuple[Band, ...]] = ("excellent", "good", "pass", "fail")
LONGEST_DAYS: Final = 366
LARGEST_SAMPLE: Final = 1_000
LEAST_CELL: Final = 10
"""Below ten answers, an opinion could be traced to a person."""


class PolicyInvalid(Invalid):
    """The parts of this policy do not fit together; each fault is listed with where it stands."""

    zh = "政策各部分不一致，请按所列各项逐一改正。"


class PolicyVersionTaken(Conflict):
    """Another version of the policy was made at the same moment; read it and decide anew."""

    zh = "同一时刻已有另一版本的政策生成，请重新读取后再试。"


@body
class Indicator:
    """One leaf of the indicator tree: its weight in the whole, and where its value comes from."""

    code: Token
    title: Name
    weight_bp: BasisPoints
    source: Source


@body
class BandRule:
    """The least score, in basis points of 100, that belongs to a band."""

    band: Band
    from_score_bp: BasisPoints


@body
class StandingRule:
    """What a band does to the organisation's next tender."""

    band: Band
    effect: Effect


@body
class SampleRule:
    """How many of those served are visited, and which share has to answer."""

    share_bp: BasisPoints
    at_least: Count
    at_most: Count
    answered_share_bp: BasisPoints = 5_000


@body
class InspectionRule:
    """How long an inspection or a rectification may take, and when a plan counts as missed."""

    monthly_due_days: Period
    half_year_due_days: Period
    rectification_days: Period
    behind_tolerance_bp: BasisPoints = 2_000


@body
class FollowUpRule:
    """What follows when something is below the line or late: within how many days."""

    rectification_days: Period = 30
    """How long a provider has to put a result below the line right (不合格: one chance)."""
    evaluation_days: Period = 90
    """From the last day of the term until a result that is not sealed is late."""
    escalation_days: Period = 7
    """From the due day until a missed rectification is told to those above."""
    review_decision_days: Period = 15
    """From the day on which a review is asked for until it is to be decided."""


@body
class Question:
    """A question to recipients; `minors_ok`: a guardian may answer it for a minor."""

    code: Token
    title: Name
    minors_ok: bool


@body
class PolicyTerms:
    """The content of a policy, as the secretariat decides it."""

    name: Name
    effective_from: Day
    indicators: Annotated[tuple[Indicator, ...], Some(1, 50)]
    bands: Annotated[tuple[BandRule, ...], Some(1, 4)]
    standing: Annotated[tuple[StandingRule, ...], Some(1, 4)]
    sample: SampleRule
    visit_days: Period
    review_days: Period
    inspection: InspectionRule
    questions: Annotated[tuple[Question, ...], Some(0, 50)]
    look_back_months: Period = 24
    least_cell: Count = LEAST_CELL
    """Recipients' opinions are published in cells of at least this many answers."""
    follow_up: FollowUpRule = FollowUpRule()


@answer
class Policy(PolicyTerms):
    """One version of the city's policy; a decision keeps the number of the one it used."""

    id: UUID
    version: int

    def band_of(self, score_bp: int) -> Band:
        """The best band whose least score is reached; the lowest one begins at 0."""
        reached = [rule for rule in self.bands if rule.from_score_bp <= score_bp]
        return max(reached, key=lambda rule: rule.from_score_bp).band

    def effect_of(self, band: Band) -> Effect:
        """What that band does to the next tender; a band nobody wrote a rule for does nothing."""
        return next((rule.effect for rule in self.standing if rule.band == band), "neutral")

    @property
    def least_passing_bp(self) -> int:
        """The least score that is not a fail."""
        passing = [rule.from_score_bp for rule in self.bands if rule.band != "fail"]
        return min(passing, default=WHOLE)

    @property
    def rated(self) -> frozenset[str]:
        """The indicators that people score."""
        return frozenset(i.code for i in self.indicators if i.source == "rated")


def faults_of(terms: PolicyTerms) -> list[Fault]:
    """Everything that does not fit together in a policy."""
    faults: list[Fault] = []
    total = sum(indicator.weight_bp for indicator in terms.indicators)
    if total != WHOLE:
        faults.append(Fault("/indicators", WEIGHTS_DO_NOT_SUM, whole=WHOLE, total=total))
    if _repeats([indicator.code for indicator in terms.indicators]):
        faults.append(Fault("/indicators", CODE_REPEATED))
    if _repeats([question.code for question in terms.questions]):
        faults.append(Fault("/questions", CODE_REPEATED))
    if _repeats([rule.band for rule in terms.standing]):
        faults.append(Fault("/standing", BAND_REPEATED))
    asked = any(i.source == "computed-satisfaction" for i in terms.indicators)
    if asked and not terms.questions:
        faults.append(Fault("/questions", QUESTIONS_MISSING))
    return [*faults, *_faults_of_bands(terms.bands), *_faults_of_numbers(terms)]


def _faults_of_bands(bands: tuple[BandRule, ...]) -> list[Fault]:
    """The lowest band begins at 0, and a better band needs a higher score."""
    ranked = sorted(bands, key=lambda rule: BEST_FIRST.index(rule.band))
    scores = [rule.from_score_bp for rule in ranked]
    faults: list[Fault] = []
    if min(scores) != 0:
        faults.append(Fault("/bands", BANDS_LEAVE_A_GAP, lowest=min(scores)))
    if any(better <= worse for better, worse in pairwise(scores)):
        faults.append(Fault("/bands", BANDS_NOT_ORDERED))
    return faults


def _faults_of_numbers(terms: PolicyTerms) -> list[Fault]:
    """Numbers outside the bounds within which the rules make sense."""
    least, most = terms.sample.at_least, terms.sample.at_most
    bounded = {
        "/visit_days": (1, terms.visit_days, LONGEST_DAYS),
        "/review_days": (1, terms.review_days, LONGEST_DAYS),
        "/inspection/monthly_due_days": (1, terms.inspection.monthly_due_days, LONGEST_DAYS),
        "/inspection/half_year_due_days": (1, terms.inspection.half_year_due_days, LONGEST_DAYS),
        "/inspection/rectification_days": (1, terms.inspection.rectification_days, LONGEST_DAYS),
        "/follow_up/rectification_days": (1, terms.follow_up.rectification_days, LONGEST_DAYS),
        "/follow_up/evaluation_days": (1, terms.follow_up.evaluation_days, LONGEST_DAYS),
        "/follow_up/escalation_days": (1, terms.follow_up.escalation_days, LONGEST_DAYS),
        "/follow_up/review_decision_days": (
            1,
            terms.follow_up.review_decision_days,
            LONGEST_DAYS,
        ),
        "/sample/at_least": (1, least, most),
        "/sample/at_most": (1, most, LARGEST_SAMPLE),
        "/look_back_months": (1, terms.look_back_months, 120),
        "/least_cell": (LEAST_CELL, terms.least_cell, LARGEST_SAMPLE),
    }
    return [
        Fault(pointer, NUMBER_OUT_OF_RANGE, least=low, most=high)
        for pointer, (low, number, high) in bounded.items()
        if not low <= number <= high
    ]


def _repeats(codes: list[str]) -> bool:
    return len(set(codes)) != len(codes)


def check(terms: PolicyTerms) -> None:
    """Refuse a policy with every fault at once."""
    faults = faults_of(terms)
    if faults:
        raise PolicyInvalid(*faults)
