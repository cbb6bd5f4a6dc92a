"""What procurement tells of agreements and their acceptance."""

from datetime import date
from typing import Final
from uuid import UUID

from libs.common.contract import answer, event
from services.procurement.domain.acceptances import Outcome
from services.procurement.domain.agreements import Status as AgreementStatus
from services.procurement.domain.terms import Band, Observation, Output


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


TELLS: Final = (
    AgreementInForce,
    AgreementAmended,
    AgreementCompleted,
    AgreementTerminated,
    AcceptanceRecorded,
)
