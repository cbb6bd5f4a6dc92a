"""The events that become messages: of each only the fields that a text or an addressee needs."""

from datetime import date, datetime
from uuid import UUID

from libs.common.contract import answer, event


@event("procurement.call.opened.v1")
class CallOpened:
    """Proposals are asked for."""

    id: UUID
    title: str
    closes_at: datetime


@event(
    "procurement.tender.published.v1",
    "procurement.tender.awarded.v1",
    "procurement.tender.confirmed.v1",
    "procurement.tender.reopened.v1",
    "procurement.tender.failed.v1",
)
class TenderHeard:
    """A tender was published or awarded, is funded, has to be decided again, or failed."""

    id: UUID
    title: str
    division: str
    bids_due_at: datetime
    purchaser_id: UUID
    awarded_to: UUID | None


@event(
    "procurement.challenge.raised.v1",
    "procurement.challenge.overdue.v1",
    "procurement.challenge.answered.v1",
)
class ChallengeHeard:
    """A tender is challenged, and is answered for or not."""

    id: UUID
    title: str
    division: str
    purchaser_id: UUID
    organisation_id: UUID
    answer_due_day: date
    complain_until: date


@event(
    "procurement.complaint.lodged.v1",
    "procurement.complaint.suspended.v1",
    "procurement.complaint.overdue.v1",
    "procurement.complaint.decided.v1",
)
class ComplaintHeard:
    """The finance department has a complaint to decide, or has decided it."""

    id: UUID
    title: str
    division: str
    purchaser_id: UUID
    organisation_id: UUID
    decide_due_day: date
    suspended_until: datetime | None


@event(
    "procurement.breach.recorded.v1",
    "procurement.breach.objected.v1",
    "procurement.breach.confirmed.v1",
    "procurement.breach.dropped.v1",
)
class BreachHeard:
    """A breach of an agreement is held against its provider, and counts or does not."""

    id: UUID
    agreement_id: UUID
    division: str
    title: str
    amount: int
    day: date
    answer_due_day: date


@event("procurement.agreement.in_force.v1", "procurement.agreement.terminated.v1")
class AgreementHeard:
    """All have signed, or it has ended early."""

    id: UUID
    title: str
    division: str
    purchaser_id: UUID
    provider_id: UUID
    from_day: date
    to_day: date


@event(
    "procurement.payment.due.v1",
    "procurement.payment.approved.v1",
    "procurement.payment.paid.v1",
    "procurement.payment.reduced.v1",
    "procurement.payment.withheld.v1",
)
class PaymentHeard:
    """A share of an agreement's money moves on, or does not."""

    id: UUID
    agreement_id: UUID
    provider_id: UUID
    division: str
    kind: str
    planned_amount: int
    amount: int | None
    balance_share_bp: int | None = None
    given_up: bool = False
    deducted_amount: int = 0


@event("scheduling.assignment.freed.v1")
class AssignmentFreed:
    """A worker may not go on, and the work is the organisation's to give to somebody else."""

    id: UUID
    organisation_id: UUID | None
    reason: str


@event("procurement.payment.claimed.v1")
class PaymentClaimed:
    """Part of what was paid has to come back."""

    id: UUID
    agreement_id: UUID
    division: str
    kind: str
    claimed_amount: int


@event("procurement.settlement.recorded.v1")
class SettlementRecorded:
    """An agreement has ended early, and so much has to come back."""

    id: UUID
    agreement_id: UUID
    division: str
    claimed_amount: int


@event("procurement.panel.changed.v1")
class PanelChanged:
    """A member of a panel has stepped back; the one who steps in is told."""

    id: UUID
    title: str
    division: str
    purchaser_id: UUID
    stand_in: str | None


@event("scheduling.activity.accepted.v1")
class ActivityAccepted:
    """A report was accepted; provisionally, if nobody reviewed it in time."""

    id: UUID
    agreement_id: UUID | None
    title: str
    organisation_id: UUID | None
    division: str
    provisional: bool


@answer
class ReturnReason:
    """How a return code reads, by the policy of scheduling."""

    code: str
    zh: str
    en: str


@event("scheduling.activity.returned.v1")
class ActivityReturned:
    """A report was sent back to its author; what has no text is told by its code."""

    id: UUID
    title: str
    organisation_id: UUID | None
    division: str
    report_due_day: date | None
    return_codes: tuple[str, ...]
    correction_due_day: date | None = None
    reasons: tuple[ReturnReason, ...] = ()


@event(
    "scheduling.observation.assigned.v1",
    "scheduling.observation.missed.v1",
    "scheduling.observation.waived.v1",
)
class ObservationHeard:
    """Somebody is to observe an activity, did not come, or need not."""

    id: UUID
    agreement_id: UUID
    title: str
    observer: str | None
    starts_at: datetime


@event("scheduling.workplan.behind.v1")
class WorkplanBehind:
    """An output lags behind its plan."""

    agreement_id: UUID
    counted: int
    expected: int
    as_of: date


@event("evaluation.inspection.due.v1", "evaluation.inspection.overdue.v1")
class InspectionHeard:
    """An inspection is to be made, or has not been."""

    id: UUID
    agreement_id: UUID
    provider_id: UUID
    division: str
    kind: str
    due_day: date


@event(
    "evaluation.rectification.ordered.v1",
    "evaluation.rectification.overdue.v1",
    "evaluation.rectification.escalated.v1",
)
class RectificationHeard:
    """Something has to be put right, or has not been."""

    id: UUID
    agreement_id: UUID
    provider_id: UUID
    division: str
    due_day: date


@event("evaluation.commission.overdue.v1")
class EvaluationLate:
    """A result is not sealed though the term is long over."""

    id: UUID
    agreement_id: UUID
    division: str


@event("evaluation.visit.assigned.v1")
class VisitAssigned:
    """Somebody is to visit a recipient, who is not named here."""

    id: UUID
    agreement_id: UUID
    visitor: str
    from_day: date
    to_day: date


@event("evaluation.result.notified.v1")
class ResultNotified:
    """A score is known to its provider and may be reviewed."""

    id: UUID
    agreement_id: UUID
    provider_id: UUID
    purchaser_id: UUID
    division: str
    version: int
    review_until: date | None


@event("registry.registration.expiring.v1", "registry.registration.lapsed.v1")
class RegistrationHeard:
    """A worker's registration ends soon, or has ended; `id` is the worker."""

    id: UUID
    employer_id: UUID | None
    registration_until: date | None


@event("registry.coverage.lost.v1")
class CoverageLost:
    """A division has fewer professional workers than the policy asks for."""

    division: str
    workers: int
    minimum: int
