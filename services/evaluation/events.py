"""What evaluation tells others: places, codes, dates and points, and persons as opaque ids."""

from datetime import date, datetime
from typing import Final, Literal
from uuid import UUID

from libs.common.contract import answer, event
from services.evaluation.domain.commissions import CommissionStatus, Tie
from services.evaluation.domain.explanations import PublicLine, PublicPart
from services.evaluation.domain.inspections import Conclusion, InspectionKind, InspectionStatus
from services.evaluation.domain.policies import Band, Effect
from services.evaluation.domain.rectifications import RectificationStatus
from services.evaluation.domain.reviews import ReviewOutcome
from services.evaluation.domain.visits import Outcome, VisitStatus


@answer
class InspectionState:
    """The public state of an inspection."""

    id: UUID
    agreement_id: UUID
    provider_id: UUID
    division: str
    kind: InspectionKind
    on_site: bool
    due_day: date
    status: InspectionStatus
    conclusion: Conclusion | None
    codes: tuple[str, ...]


@event("evaluation.inspection.due.v1")
class InspectionDue(InspectionState):
    """The period of an inspection is over; it is to be completed by its due day."""


@event("evaluation.inspection.completed.v1")
class InspectionCompleted(InspectionState):
    """An inspection was concluded, by a person or by its own figures."""


@event("evaluation.inspection.overdue.v1")
class InspectionOverdue(InspectionState):
    """Nobody has completed an inspection by its due day."""


@answer
class RectificationState:
    """The public state of a rectification: of what an inspection found, or of a failed result."""

    id: UUID
    inspection_id: UUID | None
    result_id: UUID | None
    agreement_id: UUID
    provider_id: UUID
    division: str
    codes: tuple[str, ...]
    due_day: date
    status: RectificationStatus


@event("evaluation.rectification.ordered.v1")
class RectificationOrdered(RectificationState):
    """A provider has something to put right."""


@event("evaluation.rectification.resolved.v1")
class RectificationResolved(RectificationState):
    """It has been put right."""


@event("evaluation.rectification.overdue.v1")
class RectificationOverdue(RectificationState):
    """The provider has not answered by the due day."""


@event("evaluation.rectification.escalated.v1")
class RectificationEscalated(RectificationState):
    """It has been overdue for the policy's days; those above are told."""


@event("evaluation.rectification.withdrawn.v1")
class RectificationWithdrawn(RectificationState):
    """The result that was to be put right has been corrected, and lies above the line."""


@answer
class CommissionState:
    """The public state of a commission; the commitment stands before the frame closes."""

    id: UUID
    agreement_id: UUID
    provider_id: UUID
    division: str
    evaluator_id: UUID | None
    policy_version: int
    status: CommissionStatus
    round: int
    seed_commitment: str
    frame_closes_at: datetime
    ties: tuple[Tie, ...]


@event("evaluation.commission.planned.v1")
class CommissionPlanned(CommissionState):
    """An agreement will be evaluated; this publishes the commitment to the sample's seed."""


@event("evaluation.commission.assigned.v1")
class CommissionAssigned(CommissionState):
    """A commission was given to an evaluator; ties at second hand are declared here."""


@event("evaluation.commission.overdue.v1")
class CommissionOverdue(CommissionState):
    """The term is long over, and the result is not sealed: no fault of the provider."""


@event("evaluation.sample.drawn.v1")
class SampleDrawn:
    """A sample was drawn, or more were drawn in the same order; the seed is revealed."""

    id: UUID
    agreement_id: UUID
    seed: str
    seed_commitment: str
    frame_size: int
    frame_digest: str
    drawn: int
    left_out_closed: int
    left_out_special: int
    left_out_unknown: int
    left_out_withdrawn: int


@answer
class VisitState:
    """The public state of a visit."""

    id: UUID
    commission_id: UUID
    agreement_id: UUID
    visitor: str
    recipient_ref: str
    purpose: str
    from_day: date
    to_day: date
    status: VisitStatus
    outcome: Outcome | None


@event("evaluation.visit.assigned.v1")
class VisitAssigned(VisitState):
    """A visitor may ask casework for the contact of this one recipient, within these days."""


@event("evaluation.visit.ended.v1")
class VisitEnded(VisitState):
    """The visit is over, and so is the visitor's access."""


@answer
class ResultState:
    """The public state of a result; `version` counts its editions, corrections included.

    `lines` and `parts` explain the score down to each indicator, once it is sealed.
    `round` 2 is the re-evaluation after a first result below the line.
    """

    id: UUID
    commission_id: UUID
    agreement_id: UUID
    provider_id: UUID
    purchaser_id: UUID
    division: str
    domain: str
    round: int
    version: int
    score_bp: int
    band: Band
    balance_share_bp: int
    policy_version: int
    status: Literal["notified", "sealed"]
    sealed_at: datetime | None
    review_until: date | None
    correction: bool
    lines: tuple[PublicLine, ...]
    parts: tuple[PublicPart, ...]


@event("evaluation.result.notified.v1")
class ResultNotified(ResultState):
    """The provider has been told its score, or what a review made of it."""


@event("evaluation.result.sealed.v1")
class ResultSealed(ResultState):
    """A result is settled, or a correction of a settled one is."""


@answer
class ReviewState:
    """The public state of a review of one indicator, whose name `title` is.

    The score and the share of the balance are the result's, `former_…` before the decision;
    `review_until` is the last day on which another review can be asked for, if there still is one.
    """

    id: UUID
    result_id: UUID
    agreement_id: UUID
    provider_id: UUID
    purchaser_id: UUID
    division: str
    indicator: str
    title: str
    reason_code: str
    decide_due_day: date
    review_until: date | None
    outcome: ReviewOutcome | None
    decision_code: str | None
    former_score_bp: int
    score_bp: int
    former_balance_share_bp: int
    balance_share_bp: int


@event("evaluation.review.asked.v1")
class ReviewAsked(ReviewState):
    """A provider doubts an indicator of its score (复核); nothing is sealed before the decision."""


@event("evaluation.review.decided.v1")
class ReviewDecided(ReviewState):
    """The value was kept, or changed, and the score with it."""


@event("evaluation.standing.changed.v1")
class StandingChanged:
    """What an organisation's sealed results amount to by now."""

    id: UUID
    organisation_id: UUID
    sealed_results: int
    average_score_bp: int | None
    best_score_bp: int | None
    band: Band | None
    effect: Effect
    as_of: date


TELLS: Final = (
    InspectionDue,
    InspectionCompleted,
    InspectionOverdue,
    RectificationOrdered,
    RectificationResolved,
    RectificationOverdue,
    RectificationEscalated,
    RectificationWithdrawn,
    CommissionPlanned,
    CommissionAssigned,
    CommissionOverdue,
    SampleDrawn,
    VisitAssigned,
    VisitEnded,
    ResultNotified,
    ResultSealed,
    ReviewAsked,
    ReviewDecided,
    StandingChanged,
)
