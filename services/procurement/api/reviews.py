"""Reviews and awards: conclude, rank, award."""

from typing import Final
from uuid import UUID

from libs.common.contract import Count, Text, Token, body, told
from libs.common.db import Tx
from libs.common.http import Call, Routes
from libs.common.outbox import emit
from services.procurement.actions import check_running
from services.procurement.domain.awards import WinnerNotActive, award
from services.procurement.domain.bids import Bid
from services.procurement.domain.panels import Panel, PanelNotDrawn
from services.procurement.domain.ranking import Line, rank
from services.procurement.domain.reviews import Ranking, Review, look_back
from services.procurement.domain.scores import check_complete
from services.procurement.domain.tenders import Tender
from services.procurement.events.tenders import TenderAwarded
from services.procurement.store import bids, budgets, panels, policies, tenders, views
from services.procurement.store import reviews as store

routes: Final = Routes()


@body
class Conclusion:
    """What the panel puts on record."""

    record: Text


@body
class Choice:
    """Who is awarded; a reason code where those before are passed over."""

    organisation_id: UUID
    reason: Token | None = None


@routes.post("/tenders/{tender_id}/review", scope="procurement:review")
async def conclude_review(tx: Tx, call: Call, tender_id: UUID, body: Conclusion) -> Review:
    """Conclude the review when every member has scored every valid bid: the ranking is computed
    and kept with every figure, also as it would be without past performance."""
    tender = await tenders.lock_tender(tx, tender_id, call.rows, call.caller.org)
    call.expect(tender)
    await check_running(tx, tender_id)
    concluded = tender.conclude(tx.now)
    panel = await panels.find_panel(tx, tender_id)
    if panel is None:
        raise PanelNotDrawn
    standing = await bids.list_standing_bids(tx, tender_id)
    valid = [bid for bid in standing if bid.status == "valid"]
    review = Review(
        id=tender_id,
        round=tender.round,
        record=body.record,
        policy_version=tender.policy_version,
        lines=await _ranked(tx, tender, panel, valid),
        decided_by=call.person,
        decided_day=tx.today,
    )
    await tenders.save_tender(tx, concluded)
    await store.add_review(tx, review)
    return review


async def _ranked(tx: Tx, tender: Tender, panel: Panel, valid: list[Bid]) -> tuple[Line, ...]:
    scores = await store.list_scores(tx, tender, panel.members)
    check_complete(panel.members, tuple(bid.id for bid in valid), scores)
    policy = await policies.get_policy(tx, tender.legal_profile, tender.policy_version)
    assert tender.opened_at is not None, "a tender with valid bids has been opened"
    tracks = await store.list_tracks(
        tx,
        [bid.organisation_id for bid in valid],
        tender.similar_domains,
        look_back(tender.opened_at, tender.look_back_months),
        tender.opened_at,
    )
    return rank(tender.criteria, valid, scores, tracks, policy.past_neutral_bp, panel.seed)


@routes.get("/tenders/{tender_id}/ranking", scope="procurement:read")
async def read_ranking(tx: Tx, call: Call, tender_id: UUID) -> Ranking:
    """The ranking with every figure, after the review."""
    await tenders.get_tender(tx, tender_id, call.rows)
    return told(Ranking, await store.get_review(tx, tender_id))


@routes.get("/tenders/{tender_id}/review", scope="procurement:read-panels")
async def read_review(tx: Tx, call: Call, tender_id: UUID, round: Count | None = None) -> Review:
    """The decision record of the last round, or of the one that is asked for."""
    await tenders.get_tender(tx, tender_id, call.rows)
    return await store.get_review(tx, tender_id, round)


@routes.post("/tenders/{tender_id}/award", scope="procurement:award")
async def award_tender(tx: Tx, call: Call, tender_id: UUID, body: Choice) -> Tender:
    """Award in the order of the ranking (中标, 成交, 立项); on a budget that is still planned the
    award is conditional."""
    tender = await tenders.lock_tender(tx, tender_id, call.rows, call.caller.org)
    call.expect(tender)
    tender.decide()
    await check_running(tx, tender_id)
    line = (await store.get_review(tx, tender_id)).line_of(body.organisation_id)
    budget = await budgets.lock_budget_of(tx, tender.budget_id)
    budget = budget.after(await tenders.sum_awarded(tx, budget.id))
    awarded = award(tender, line, budget, body.reason, tx.now)
    if await views.find_active(tx, line.organisation_id, "provider") is None:
        raise WinnerNotActive
    await tenders.save_tender(tx, awarded)
    await emit(tx, awarded, told(TenderAwarded, awarded))
    return awarded
