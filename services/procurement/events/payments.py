"""What procurement tells of payments and settlements."""

from datetime import date
from typing import Final
from uuid import UUID

from libs.common.contract import answer, event
from services.procurement.domain.payments import Kind
from services.procurement.domain.payments import Status as PaymentStatus


@answer
class PaymentState:
    """The full public state of a payment, with what its amount was decided by; fen."""

    id: UUID
    agreement_id: UUID
    provider_id: UUID
    division: str
    kind: Kind
    planned_amount: int
    amount: int
    status: PaymentStatus
    fiscal_year: int
    result_id: UUID | None
    score_bp: int | None
    balance_share_bp: int | None
    policy_version: int | None
    acceptance_id: UUID | None
    due_day: date | None
    paid_day: date | None
    recovered_amount: int
    claimed_amount: int
    given_up: bool
    """Withheld for good: the agreement has ended."""
    deducted_amount: int
    """What the result gives and confirmed breaches take."""


@event("procurement.payment.due.v1")
class PaymentDue(PaymentState):
    """The provider may hand in the invoice."""


@event("procurement.payment.invoiced.v1")
class PaymentInvoiced(PaymentState):
    """The invoice is there; the approval chain follows."""


@event("procurement.payment.approved.v1")
class PaymentApproved(PaymentState):
    """The whole chain has approved; the treasury transfers."""


@event("procurement.payment.paid.v1")
class PaymentPaid(PaymentState):
    """The money was transferred."""


@event("procurement.payment.reduced.v1")
class PaymentReduced(PaymentState):
    """Less than planned is paid, by the share of the sealed result."""


@event("procurement.payment.withheld.v1")
class PaymentWithheld(PaymentState):
    """Nothing is paid: the result lies below the line, or the agreement ended before."""


@event("procurement.payment.claimed.v1")
class PaymentClaimed(PaymentState):
    """Part of what was paid is not earned and has to come back."""


@event("procurement.payment.recovered.v1")
class PaymentRecovered(PaymentState):
    """Unearned or left-over money has come back from the provider."""


@event("procurement.settlement.recorded.v1")
class SettlementRecorded:
    """An agreement that ended early was settled by what had been delivered; fen."""

    id: UUID
    agreement_id: UUID
    division: str
    day: date
    delivered_bp: int
    deducted_amount: int
    result_id: UUID | None
    earned_amount: int
    paid_amount: int
    claimed_amount: int
    owed_amount: int


TELLS: Final = (
    PaymentDue,
    PaymentInvoiced,
    PaymentApproved,
    PaymentPaid,
    PaymentReduced,
    PaymentWithheld,
    PaymentClaimed,
    PaymentRecovered,
    SettlementRecorded,
)
