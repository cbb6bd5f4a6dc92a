"""What procurement tells of tenders."""

from datetime import datetime
from typing import Final
from uuid import UUID

from libs.common.contract import answer, event
from services.procurement.domain.policies import LegalProfile, Method
from services.procurement.domain.tenders import Status as TenderStatus


@answer
class TenderState:
    """The full public state of a tender: nothing in it depends on bids before the opening."""

    id: UUID
    proposal_id: UUID
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
    conditional: bool
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
    """A bidder was awarded (中标, 成交, 立项); a conditional award waits for its budget."""


@event("procurement.tender.confirmed.v1")
class TenderConfirmed(TenderState):
    """The budget of a conditional award was approved: the agreement can be drafted."""


@event("procurement.tender.reopened.v1")
class TenderReopened(TenderState):
    """After a founded challenge the review is made again, or another candidate is awarded."""


@event("procurement.tender.failed.v1")
class TenderFailed(TenderState):
    """There were too few bids, or too few valid ones, or a founded challenge voids it (废标)."""


@event("procurement.tender.cancelled.v1")
class TenderCancelled(TenderState):
    """The tender was given up."""


TELLS: Final = (
    TenderPublished,
    TenderAmended,
    TenderClosed,
    TenderOpened,
    TenderAwarded,
    TenderConfirmed,
    TenderReopened,
    TenderFailed,
    TenderCancelled,
)
