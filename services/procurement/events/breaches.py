"""What procurement tells of breaches: what was written of them stays with us."""

from datetime import date
from typing import Final
from uuid import UUID

from libs.common.contract import answer, event
from services.procurement.domain.breaches import EvidenceKind
from services.procurement.domain.breaches import Status as BreachStatus


@answer
class BreachState:
    """The full public state of a breach; `amount` in fen, before the policy's cap."""

    id: UUID
    agreement_id: UUID
    division: str
    purchaser_id: UUID
    provider_id: UUID
    code: str
    title: str
    share_bp: int
    amount: int
    day: date
    evidence_kind: EvidenceKind
    evidence_id: UUID
    status: BreachStatus
    answer_due_day: date


@event("procurement.breach.recorded.v1")
class BreachRecorded(BreachState):
    """The purchaser holds a breach against the provider, who may object until the day named."""


@event("procurement.breach.objected.v1")
class BreachObjected(BreachState):
    """The provider objects; a second person decides."""


@event("procurement.breach.confirmed.v1")
class BreachConfirmed(BreachState):
    """It counts: decided so, or nobody objected in time."""


@event("procurement.breach.dropped.v1")
class BreachDropped(BreachState):
    """It does not count."""


TELLS: Final = (BreachRecorded, BreachObjected, BreachConfirmed, BreachDropped)
