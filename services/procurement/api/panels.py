"""Panels and scores: draw, recuse, score."""

from secrets import token_hex
from typing import Annotated, Final
from uuid import UUID

from libs.common.contract import Some, Token, body, told
from libs.common.db import Tx
from libs.common.errors import NotYet
from libs.common.http import Call, Routes
from libs.common.ids import new_id
from libs.common.outbox import emit
from services.procurement.domain.panels import Panel, PanelDrawnAlready, draw
from services.procurement.domain.scores import Mark, Score, check_marks
from services.procurement.events.panels import PanelChanged
from services.procurement.store import bids, reviews, tenders, views
from services.procurement.store import panels as store

routes: Final = Routes()


@body
class PanelRequest:
    """The purchaser's representatives; the experts are drawn."""

    purchaser_members: Annotated[tuple[Token, ...], Some(0, 10)]


@body
class Marking:
    """A member's marks for one valid bid."""

    bid_id: UUID
    marks: Annotated[tuple[Mark, ...], Some(1, 20)]


@routes.post("/tenders/{tender_id}/panel", scope="procurement:review", status=201)
async def draw_panel(tx: Tx, call: Call, tender_id: UUID, body: PanelRequest) -> Panel:
    """Form the panel after the opening: the experts are drawn from the pool by a recorded seed,
    without anybody who is tied to a bidder; the others stand in, in the drawn order."""
    tender = await tenders.lock_tender(tx, tender_id, call.rows, call.caller.org)
    call.expect(tender)
    tender.empanel()
    if await store.find_panel(tx, tender_id) is not None:
        raise PanelDrawnAlready
    bidders = [bid.organisation_id for bid in await bids.list_standing_bids(tx, tender_id)]
    panel = draw(
        tender.id,
        token_hex(32),
        body.purchaser_members,
        frozenset(await views.list_expert_pool(tx)),
        frozenset(await views.list_tied_persons(tx, bidders)),
        tender.experts,
        tender.purchaser_members_most_bp,
        tx.today,
    )
    await store.add_panel(tx, panel)
    return panel


@routes.get("/tenders/{tender_id}/panel", scope="procurement:read-panels")
async def read_panel(tx: Tx, call: Call, tender_id: UUID) -> Panel:
    """The panel with its seed, so that the draw can be done again."""
    await tenders.get_tender(tx, tender_id, call.rows)
    return await store.get_panel(tx, tender_id)


@routes.post("/tenders/{tender_id}/panel/recusals", scope="procurement:judge")
async def recuse_member(tx: Tx, call: Call, tender_id: UUID) -> Panel:
    """Step back from a panel; an expert's seat goes to the next in the drawn order, who is told."""
    tender = await tenders.lock_tender_of_member(tx, tender_id, call.person)
    tender.empanel()
    panel = await store.get_panel(tx, tender_id)
    call.expect(panel)
    recused = panel.recuse(call.person)
    await store.save_panel(tx, recused)
    await emit(tx, tender, told(PanelChanged, tender, stand_in=recused.joined_since(panel)))
    return recused


@routes.post("/tenders/{tender_id}/scores", scope="procurement:judge", status=201)
async def score_bid(tx: Tx, call: Call, tender_id: UUID, body: Marking) -> Score:
    """Mark a valid bid, once, by each criterion that is rated."""
    tender = await tenders.lock_tender_of_member(tx, tender_id, call.person)
    call.expect(tender)
    (await store.get_panel(tx, tender_id)).seat_of(call.person)
    tender.judge()
    check_marks(tender.criteria, body.marks)
    bid = await bids.find_bid(tx, body.bid_id)
    if bid is None or bid.tender_id != tender_id or bid.status != "valid":
        raise NotYet("bid")
    score = Score(
        id=new_id(),
        tender_id=tender_id,
        bid_id=bid.id,
        member=call.person,
        round=tender.round,
        marks=body.marks,
    )
    await reviews.add_score(tx, score)
    return score
