"""What procurement tells others."""

from datetime import date, datetime
from typing import Final
from uuid import UUID

from libs.common.contract import answer, event
from services.procurement.domain.acceptances import Outcome
from services.procurement.domain.agreements import Status as AgreementStatus
from services.procurement.domain.calls import CallStatus, ProposalStatus
from services.procurement.domain.needs import Origin
from services.procurement.domain.payments import Status as PaymentStatus
from services.procurement.domain.policies import LegalProfile, Method
from services.procurement.domain.tenders import Status as TenderStatus
from services.procurement.domain.terms import Band, Observation, Output, PaymentKind


@event("procurement.need.recorded.v1")
class NeedRecorded:
    """A need was recorded; what was found stays with us."""

    id: UUID
    title: str
    division: str
    domain: str
    source: Origin


@answer
class CallState:
    """The full public state of a call for proposals."""

    id: UUID
    title: str
    fiscal_year: int
    opens_at: datetime
    closes_at: datetime
    domains: tuple[str, ...]
    status: CallStatus


@event("procurement.call.opened.v1")
class CallOpened(CallState):
    """Proposals can be handed in."""


@event("procurement.call.closed.v1")
class CallClosed(CallState):
    """No more proposals are taken."""


@answer
class ProposalState:
    """The full public state of a proposal."""

    id: UUID
    call_id: UUID
    title: str
    domain: str
    division: str
    amount: int
    department: str
    status: ProposalStatus


@event("procurement.proposal.submitted.v1")
class ProposalSubmitted(ProposalState):
    """A proposal was handed in."""


@event("procurement.proposal.selected.v1")
class ProposalSelected(ProposalState):
    """A proposal was taken into the year's plan."""


@event("procurement.proposal.declined.v1")
class ProposalDeclined(ProposalState):
    """A proposal was not taken."""


@answer
class TenderState:
    """The full public state of a tender: nothing in it depends on bids before the opening."""

    id: UUID
    title: str
    method: Method
    domain: str
    division: str
    fiscal_year: int
    status: TenderStatus
    legal_profile: LegalProfile
    ceiling: int
    bids_due_at: datetime
    agent_id: UUID
    purchaser_id: UUID
    awarded_to: UUID | None
    awarded_price: int | None
    reason: str | None


@event("procurement.tender.published.v1")
class TenderPublished(TenderState):
    """Bids can be handed in."""


@event("procurement.tender.amended.v1")
class TenderAmended(TenderState):
    """The deadline was moved to a later time."""


@event("procurement.tender.closed.v1")
class TenderClosed(TenderState):
    """The deadline has passed."""


@event("procurement.tender.opened.v1")
class TenderOpened(TenderState):
    """The bids were opened."""


@event("procurement.tender.awarded.v1")
class TenderAwarded(TenderState):
    """A bidder was awarded (中标, 成交, 立项)."""


@event("procurement.tender.failed.v1")
class TenderFailed(TenderState):
    """There were too few bids, or too few valid ones (废标)."""


@event("procurement.tender.cancelled.v1")
class TenderCancelled(TenderState):
    """The tender was given up."""


@answer
class AgreementState:
    """The full public state of an agreement; `division` is the community of its site."""

    id: UUID
    tender_id: UUID
    title: str
    domain: str
    division: str
    host_division: str
    purchaser_id: UUID
    provider_id: UUID
    from_day: date
    to_day: date
    amount: int
    status: AgreementStatus
    observation: Observation
    lead_worker_id: UUID
    certified_share_bp: int
    outputs: tuple[Output, ...]
    bands: tuple[Band, ...]


@event("procurement.agreement.in_force.v1")
class AgreementInForce(AgreementState):
    """The last party has signed: activities, inspections and commissions follow from it."""


@event("procurement.agreement.amended.v1")
class AgreementAmended(AgreementState):
    """All parties have signed another last day, other outputs or another lead."""


@event("procurement.agreement.completed.v1")
class AgreementCompleted(AgreementState):
    """Everything has been delivered, accepted and paid."""


@event("procurement.agreement.terminated.v1")
class AgreementTerminated(AgreementState):
    """An agreement in force was ended early."""


@event("procurement.acceptance.recorded.v1")
class AcceptanceRecorded:
    """The purchaser has accepted or refused what was delivered."""

    id: UUID
    agreement_id: UUID
    day: date
    outcome: Outcome


@answer
class PaymentState:
    """The full public state of a payment, with what its amount was decided by; fen."""

    id: UUID
    agreement_id: UUID
    provider_id: UUID
    division: str
    kind: PaymentKind
    planned_amount: int
    amount: int
    status: PaymentStatus
    fiscal_year: int
    result_id: UUID | None
    score_bp: int | None
    balance_share_bp: int | None
    policy_version: int | None
    acceptance_id: UUID | None
    paid_day: date | None
    recovered_amount: int


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
    """Nothing is paid: the result was a fail, or the agreement ended before."""


@event("procurement.payment.recovered.v1")
class PaymentRecovered(PaymentState):
    """Unearned money has come back from the provider."""


TELLS: Final = (
    NeedRecorded,
    CallOpened,
    CallClosed,
    ProposalSubmitted,
    ProposalSelected,
    ProposalDeclined,
    TenderPublished,
    TenderAmended,
    TenderClosed,
    TenderOpened,
    TenderAwarded,
    TenderFailed,
    TenderCancelled,
    AgreementInForce,
    AgreementAmended,
    AgreementCompleted,
    AgreementTerminated,
    AcceptanceRecorded,
    PaymentDue,
    PaymentInvoiced,
    PaymentApproved,
    PaymentPaid,
    PaymentReduced,
    PaymentWithheld,
    PaymentRecovered,
)
