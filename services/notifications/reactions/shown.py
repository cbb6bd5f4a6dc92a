"""The events that the pages show: of each only the fields that they show."""

from datetime import date
from uuid import UUID

from libs.common.contract import event
from services.notifications.domain.scores import Line, Part


@event("procurement.need.recorded.v1")
class NeedHeard:
    """A need, as old as its record."""

    id: UUID
    division: str


@event(
    "procurement.proposal.submitted.v1",
    "procurement.proposal.selected.v1",
    "procurement.proposal.declined.v1",
)
class ProposalHeard:
    """A proposal and the needs that it rests on."""

    id: UUID
    need_ids: tuple[UUID, ...]
    status: str


@event(
    "procurement.tender.published.v1",
    "procurement.tender.amended.v1",
    "procurement.tender.closed.v1",
    "procurement.tender.opened.v1",
    "procurement.tender.awarded.v1",
    "procurement.tender.confirmed.v1",
    "procurement.tender.failed.v1",
    "procurement.tender.cancelled.v1",
    "procurement.tender.reopened.v1",
)
class TenderHeard:
    """A tender of a proposal; there may be several, one after another."""

    id: UUID
    proposal_id: UUID
    status: str


@event(
    "procurement.agreement.in_force.v1",
    "procurement.agreement.amended.v1",
    "procurement.agreement.completed.v1",
    "procurement.agreement.terminated.v1",
)
class AgreementHeard:
    """An agreement, its parties and its term."""

    id: UUID
    tender_id: UUID
    title: str
    division: str
    provider_id: UUID
    purchaser_id: UUID
    from_day: date
    to_day: date
    amount: int
    status: str


@event(
    "procurement.payment.due.v1",
    "procurement.payment.invoiced.v1",
    "procurement.payment.approved.v1",
    "procurement.payment.paid.v1",
    "procurement.payment.reduced.v1",
    "procurement.payment.withheld.v1",
    "procurement.payment.claimed.v1",
    "procurement.payment.recovered.v1",
)
class PaymentHeard:
    """A payment; fen."""

    id: UUID
    agreement_id: UUID
    division: str
    kind: str
    planned_amount: int
    amount: int
    status: str
    balance_share_bp: int | None
    due_day: date | None
    paid_day: date | None
    recovered_amount: int
    claimed_amount: int


@event(
    "procurement.comparison.recorded.v1",
    "procurement.comparison.confirmed.v1",
    "procurement.comparison.settled.v1",
)
class ComparisonHeard:
    """Whether the bank's statement was compared after a restore, and what is not recorded; fen."""

    id: UUID
    epoch: int
    division: str
    status: str
    open_lines: int
    open_amount: int


@event("procurement.acceptance.recorded.v1")
class AcceptanceHeard:
    """What the purchaser said of the delivery."""

    id: UUID
    agreement_id: UUID
    day: date
    outcome: str


@event(
    "scheduling.activity.published.v1",
    "scheduling.activity.rescheduled.v1",
    "scheduling.activity.cancelled.v1",
    "scheduling.activity.held.v1",
    "scheduling.activity.reported.v1",
    "scheduling.activity.accepted.v1",
    "scheduling.activity.returned.v1",
)
class ActivityHeard:
    """An activity: how far it has come, and how many it reached."""

    id: UUID
    agreement_id: UUID | None
    division: str
    status: str
    observation: str
    person_times: int
    reported_day: date | None
    report_due_day: date | None
    correction_due_day: date | None = None


@event(
    "evaluation.inspection.due.v1",
    "evaluation.inspection.completed.v1",
    "evaluation.inspection.overdue.v1",
)
class InspectionHeard:
    """An inspection."""

    id: UUID
    agreement_id: UUID
    division: str
    kind: str
    status: str
    conclusion: str | None
    due_day: date


@event(
    "evaluation.rectification.ordered.v1",
    "evaluation.rectification.resolved.v1",
    "evaluation.rectification.overdue.v1",
    "evaluation.rectification.escalated.v1",
    "evaluation.rectification.withdrawn.v1",
)
class RectificationHeard:
    """Something to put right."""

    id: UUID
    agreement_id: UUID
    division: str
    status: str
    due_day: date


@event("evaluation.result.notified.v1", "evaluation.result.sealed.v1")
class ResultHeard:
    """A result; its explanation comes with the sealing."""

    id: UUID
    agreement_id: UUID
    division: str
    status: str
    round: int = 1
    version: int
    review_until: date | None
    correction: bool
    policy_version: int
    score_bp: int
    band: str
    balance_share_bp: int
    lines: tuple[Line, ...]
    parts: tuple[Part, ...]


@event("evaluation.review.asked.v1", "evaluation.review.decided.v1")
class ReviewHeard:
    """A review 复核 of a score, for an official to decide; its points are shown to nobody."""

    id: UUID
    result_id: UUID
    agreement_id: UUID
    decide_due_day: date
    outcome: str | None


@event("registry.coverage.lost.v1", "registry.coverage.restored.v1")
class CoverageHeard:
    """A community's workers against the minimum."""

    id: str
    division: str
    workers: int
    certified: int
    minimum: int
    short_since: date | None


@event(
    "procurement.challenge.raised.v1",
    "procurement.challenge.answered.v1",
    "procurement.challenge.withdrawn.v1",
    "procurement.challenge.overdue.v1",
)
class ChallengeHeard:
    """A challenge 质疑, for the purchaser to answer; `title` is the tender's."""

    id: UUID
    title: str
    division: str
    purchaser_id: UUID
    status: str
    answer_due_day: date


@event(
    "procurement.complaint.lodged.v1",
    "procurement.complaint.suspended.v1",
    "procurement.complaint.decided.v1",
    "procurement.complaint.withdrawn.v1",
    "procurement.complaint.overdue.v1",
)
class ComplaintHeard:
    """A complaint 投诉, for the finance department to decide; `title` is the tender's."""

    id: UUID
    title: str
    division: str
    status: str
    decide_due_day: date


@event(
    "registry.worker.enrolled.v1",
    "registry.worker.employed.v1",
    "registry.worker.left.v1",
    "registry.worker.checked.v1",
    "registry.certificate.recorded.v1",
    "registry.certificate.revoked.v1",
    "registry.registration.renewed.v1",
    "registry.registration.expiring.v1",
    "registry.registration.lapsed.v1",
)
class WorkerHeard:
    """Until when a worker is registered, and who employs them; never who they are."""

    id: UUID
    employer_id: UUID | None
    registration_status: str | None
    registration_until: date | None


@event("scheduling.workplan.behind.v1")
class WorkplanHeard:
    """An agreement's work lags behind its plan; told anew at each month's end while it does."""

    id: UUID
    agreement_id: UUID
    as_of: date
