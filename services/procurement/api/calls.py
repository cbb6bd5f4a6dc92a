"""Calls and proposals: announce, submit, select, decline, read."""

from typing import Annotated, Final
from uuid import UUID

from libs.common.contract import (
    Count,
    DivisionCode,
    Fen,
    Instant,
    Name,
    Some,
    Text,
    Token,
    answer,
    body,
    told,
)
from libs.common.db import Tx
from libs.common.errors import NotYet
from libs.common.http import Call, Routes
from libs.common.ids import new_id
from libs.common.jobs import set_timer
from libs.common.outbox import emit
from libs.common.pages import Page, PageRequest, page
from services.procurement.api.areas import in_area
from services.procurement.domain.calls import CallForProposals, Proposal, announce
from services.procurement.events.needs import (
    CallOpened,
    ProposalDeclined,
    ProposalSelected,
    ProposalSubmitted,
)
from services.procurement.store import calls as store
from services.procurement.store import needs

routes: Final = Routes()


@body
class Announcement:
    """What is called for, and from when until when."""

    title: Name
    fiscal_year: Count
    opens_at: Instant
    closes_at: Instant
    domains: Annotated[tuple[Token, ...], Some(1, 20)]


@body
class Submission:
    """A project for the year, the needs it rests on, and what it would cost in fen."""

    title: Name
    domain: Token
    division: DivisionCode
    amount: Fen
    department: Name
    need_ids: Annotated[tuple[UUID, ...], Some(1, 50)]
    outline: Text


@body
class Declination:
    """Why a proposal is not taken, as a code."""

    reason: Token


@answer
class Submitted(Proposal):
    """The proposal, and those of the same call for the same division and domain."""

    similar: tuple[UUID, ...]


@routes.post("/calls", scope="procurement:call", status=201)
async def open_call(tx: Tx, call: Call, body: Announcement) -> CallForProposals:
    """Announce a call (征集); it opens at once if its time has come, and closes by itself."""
    announced = announce(
        new_id(),
        body.title,
        body.fiscal_year,
        body.opens_at,
        body.closes_at,
        body.domains,
        tx.now,
    )
    await store.add_call(tx, announced)
    if announced.status == "open":
        await emit(tx, announced, told(CallOpened, announced))
    else:
        await set_timer(tx, "open-call", announced.id, announced.opens_at)
    await set_timer(tx, "close-call", announced.id, announced.closes_at)
    return announced


@routes.get("/calls/{call_id}", scope="procurement:read")
async def read_call(tx: Tx, call: Call, call_id: UUID) -> CallForProposals:
    """One call; a call is addressed to the whole city."""
    return await store.get_call(tx, call_id)


@routes.get("/calls", scope="procurement:read")
async def list_calls(tx: Tx, call: Call, page_request: PageRequest) -> Page[CallForProposals]:
    """The calls of the city."""
    return await page(tx, page_request, await store.list_calls(tx, page_request))


@routes.post("/calls/{call_id}/proposals", scope="procurement:propose", status=201)
async def submit_proposal(tx: Tx, call: Call, call_id: UUID, body: Submission) -> Submitted:
    """Propose a project while the call is open; similar proposals are named as a warning."""
    in_area(call, body.division)
    announced = await store.lock_call(tx, call_id)
    call.expect(announced)
    announced.accept(body.domain, tx.now)
    need_ids = tuple(dict.fromkeys(body.need_ids))
    if await needs.count_needs(tx, need_ids, call.rows) < len(need_ids):
        raise NotYet("need")
    similar = await store.list_similar(tx, call_id, body.division, body.domain)
    proposal = Proposal(
        id=new_id(),
        version=1,
        call_id=call_id,
        title=body.title,
        domain=body.domain,
        division=body.division,
        amount=body.amount,
        department=body.department,
        need_ids=need_ids,
        outline=body.outline,
        status="submitted",
        submitted_by=call.person,
        decline_reason=None,
    )
    await store.add_proposal(tx, proposal)
    await emit(tx, proposal, told(ProposalSubmitted, proposal))
    return told(Submitted, proposal, similar=tuple(similar))


@routes.post("/proposals/{proposal_id}/selection", scope="procurement:select")
async def select_proposal(tx: Tx, call: Call, proposal_id: UUID) -> Proposal:
    """Take a proposal into the year's plan."""
    proposal = await store.lock_proposal(tx, proposal_id, call.rows)
    call.expect(proposal)
    selected = proposal.select()
    await store.save_proposal(tx, selected)
    await emit(tx, selected, told(ProposalSelected, selected))
    return selected


@routes.post("/proposals/{proposal_id}/declination", scope="procurement:select")
async def decline_proposal(tx: Tx, call: Call, proposal_id: UUID, body: Declination) -> Proposal:
    """Decline a proposal for a coded reason."""
    proposal = await store.lock_proposal(tx, proposal_id, call.rows)
    call.expect(proposal)
    declined = proposal.decline(body.reason)
    await store.save_proposal(tx, declined)
    await emit(tx, declined, told(ProposalDeclined, declined))
    return declined


@routes.get("/proposals/{proposal_id}", scope="procurement:read")
async def read_proposal(tx: Tx, call: Call, proposal_id: UUID) -> Proposal:
    """One proposal."""
    return await store.get_proposal(tx, proposal_id, call.rows)


@routes.get("/proposals", scope="procurement:read")
async def list_proposals(
    tx: Tx, call: Call, page_request: PageRequest, call_id: UUID | None = None
) -> Page[Proposal]:
    """Proposals in the caller's divisions, of one call if named."""
    found = await store.list_proposals(tx, call.rows, call_id, page_request)
    return await page(tx, page_request, found)
