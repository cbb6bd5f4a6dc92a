"""Tenders: draft, publish, amend, cancel, open, read."""

from typing import Annotated, Final
from uuid import UUID

from libs.common.contract import (
    BasisPoints,
    Count,
    Fen,
    Instant,
    Name,
    Some,
    Token,
    body,
    told,
)
from libs.common.db import Tx
from libs.common.errors import NotYet
from libs.common.http import Call, Routes
from libs.common.ids import new_id
from libs.common.jobs import clear_timers, set_timer
from libs.common.outbox import emit
from libs.common.pages import Page, PageRequest, page
from services.procurement.actions import check_running
from services.procurement.api.areas import known_buyer
from services.procurement.domain.bids import OfficerTied
from services.procurement.domain.budgets import Budget
from services.procurement.domain.calls import Proposal
from services.procurement.domain.criteria import Criterion, Output
from services.procurement.domain.policies import LegalProfile, Method, Policy
from services.procurement.domain.tenders import Tender, check_basis
from services.procurement.events.tenders import (
    TenderAmended,
    TenderCancelled,
    TenderFailed,
    TenderOpened,
    TenderPublished,
)
from services.procurement.store import bids, budgets, calls, policies, views
from services.procurement.store import tenders as store

routes: Final = Routes()


@body
class TenderDraft:
    """What is asked for, how bids are compared, and who judges them."""

    title: Name
    method: Method
    proposal_id: UUID
    budget_id: UUID
    purchaser_id: UUID
    agent_id: UUID
    legal_profile: LegalProfile
    ceiling: Fen
    criteria: Annotated[tuple[Criterion, ...], Some(1, 20)]
    purchaser_members_most_bp: BasisPoints
    experts: Count
    look_back_months: Count
    bids_due_at: Instant
    outputs: Annotated[tuple[Output, ...], Some(1, 50)]
    similar_domains: Annotated[tuple[Token, ...], Some(0, 20)] = ()


@body
class Amendment:
    """The later deadline, and why, as a code."""

    bids_due_at: Instant
    reason: Token


@body
class Cancellation:
    """Why the tender is given up, as a code."""

    reason: Token


@routes.post("/tenders", scope="procurement:tender", status=201)
async def draft_tender(tx: Tx, call: Call, body: TenderDraft) -> Tender:
    """Draft a tender for a selected proposal, on a planned or approved budget."""
    await known_buyer(tx, call, body.purchaser_id)
    if await views.find_active(tx, body.agent_id, "association") is None:
        raise NotYet("organisation")
    proposal = await calls.find_proposal(tx, body.proposal_id, call.rows)
    if proposal is None:
        raise NotYet("proposal")
    budget = await budgets.find_budget(tx, body.budget_id, body.purchaser_id, call.rows.divisions)
    if budget is None:
        raise NotYet("budget")
    policy = await policies.get_policy_on(tx, body.legal_profile, tx.today)
    check_basis(proposal, budget, body.ceiling)
    tender = _drafted(body, proposal, budget, policy)
    tender.check(policy)
    await store.add_tender(tx, tender)
    return tender


def _drafted(body: TenderDraft, proposal: Proposal, budget: Budget, policy: Policy) -> Tender:
    return Tender(
        id=new_id(),
        version=1,
        title=body.title,
        method=body.method,
        domain=proposal.domain,
        division=proposal.division,
        fiscal_year=budget.fiscal_year,
        status="draft",
        proposal_id=proposal.id,
        budget_id=budget.id,
        purchaser_id=body.purchaser_id,
        agent_id=body.agent_id,
        legal_profile=body.legal_profile,
        policy_version=policy.version,
        ceiling=body.ceiling,
        criteria=body.criteria,
        purchaser_members_most_bp=body.purchaser_members_most_bp,
        experts=body.experts,
        look_back_months=body.look_back_months,
        similar_domains=body.similar_domains or (proposal.domain,),
        outputs=body.outputs,
        bids_due_at=body.bids_due_at,
    )


@routes.post("/tenders/{tender_id}/publication", scope="procurement:publish")
async def publish_tender(tx: Tx, call: Call, tender_id: UUID) -> Tender:
    """Publish a tender under the policy of this day; it closes by itself at its deadline."""
    tender = await store.lock_tender(tx, tender_id, call.rows, call.caller.org)
    call.expect(tender)
    policy = await policies.get_policy_on(tx, tender.legal_profile, tx.today)
    published = tender.publish(policy, tx.now)
    await store.save_tender(tx, published)
    await set_timer(tx, "close-tender", published.id, published.bids_due_at)
    await emit(tx, published, told(TenderPublished, published))
    return published


@routes.post("/tenders/{tender_id}/amendment", scope="procurement:publish")
async def amend_tender(tx: Tx, call: Call, tender_id: UUID, body: Amendment) -> Tender:
    """Move the deadline to a later time, for everybody alike."""
    tender = await store.lock_tender(tx, tender_id, call.rows, call.caller.org)
    call.expect(tender)
    amended = tender.amend(body.bids_due_at, body.reason, tx.now)
    await store.save_tender(tx, amended)
    await clear_timers(tx, "close-tender", amended.id)
    await set_timer(tx, "close-tender", amended.id, amended.bids_due_at)
    await emit(tx, amended, told(TenderAmended, amended))
    return amended


@routes.post("/tenders/{tender_id}/cancellation", scope="procurement:tender")
async def cancel_tender(tx: Tx, call: Call, tender_id: UUID, body: Cancellation) -> Tender:
    """Give a tender up for a coded reason, at any time before the award."""
    tender = await store.lock_tender(tx, tender_id, call.rows, call.caller.org)
    call.expect(tender)
    cancelled = tender.cancel(body.reason)
    await store.save_tender(tx, cancelled)
    await clear_timers(tx, "close-tender", cancelled.id)
    await clear_timers(tx, "settle-keys", cancelled.id)
    await emit(tx, cancelled, told(TenderCancelled, cancelled))
    return cancelled


@routes.post("/tenders/{tender_id}/opening", scope="procurement:publish")
async def open_tender(tx: Tx, call: Call, tender_id: UUID) -> Tender:
    """Open the bids after the deadline: bidders become known and hand in their keys; with fewer
    bids than the method asks for the tender fails (废标) and none is opened."""
    tender = await store.lock_tender(tx, tender_id, call.rows, call.caller.org)
    call.expect(tender)
    await check_running(tx, tender_id)
    standing = await bids.list_standing_bids(tx, tender_id)
    policy = await policies.get_policy(tx, tender.legal_profile, tender.policy_version)
    opened = tender.open(policy, len(standing), tx.now)
    bidders = [bid.organisation_id for bid in standing]
    if call.person in await views.list_tied_persons(tx, bidders):
        raise OfficerTied
    await store.save_tender(tx, opened)
    if opened.keys_due_at is None:
        await emit(tx, opened, told(TenderFailed, opened))
        return opened
    for bid in standing:
        await bids.save_bid(tx, bid.open())
    await set_timer(tx, "settle-keys", opened.id, opened.keys_due_at)
    await emit(tx, opened, told(TenderOpened, opened))
    return opened


@routes.get("/tenders/{tender_id}", scope="procurement:read")
async def read_tender(tx: Tx, call: Call, tender_id: UUID) -> Tender:
    """One tender; nothing in it depends on bids before the opening."""
    return await store.get_tender(tx, tender_id, call.rows)


@routes.get("/tenders", scope="procurement:read")
async def list_tenders(tx: Tx, call: Call, page_request: PageRequest) -> Page[Tender]:
    """Tenders in the caller's divisions; providers see every published one of the city."""
    return await page(tx, page_request, await store.list_tenders(tx, call.rows, page_request))
