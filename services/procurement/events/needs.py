"""What procurement tells of needs, calls and proposals."""

from datetime import datetime
from typing import Final
from uuid import UUID

from libs.common.contract import answer, event
from services.procurement.domain.calls import CallStatus, ProposalStatus
from services.procurement.domain.needs import Origin


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
    need_ids: tuple[UUID, ...]
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


TELLS: Final = (
    NeedRecorded,
    CallOpened,
    CallClosed,
    ProposalSubmitted,
    ProposalSelected,
    ProposalDeclined,
)
