"""Challenges 质疑: raise, withdraw, answer, read."""

from typing import Final
from uuid import UUID

from libs.common.clock import add_working_days, end_of, legal_day
from libs.common.contract import Text, body, told
from libs.common.db import Tx
from libs.common.errors import NotFound, NotYet
from libs.common.http import Call, Routes
from libs.common.ids import new_id
from libs.common.jobs import clear_timers, set_timer
from libs.common.outbox import emit
from libs.common.pages import Page, PageRequest, page
from services.procurement.actions import check_untied, settle_finding
from services.procurement.domain.challenges import About, Challenge, check_in_time, step_of
from services.procurement.domain.remedies import Finding
from services.procurement.events.challenges import (
    ChallengeAnswered,
    ChallengeRaised,
    ChallengeWithdrawn,
)
from services.procurement.store import bids, policies, tenders, views
from services.procurement.store import challenges as store

routes: Final = Routes()


@body
class Objection:
    """Which step is challenged, and all that is held against it."""

    about: About
    grounds: Text


@routes.post("/tenders/{tender_id}/challenges", scope="procurement:challenge", status=201)
async def raise_challenge(tx: Tx, call: Call, tender_id: UUID, body: Objection) -> Challenge:
    """Challenge a step of a tender within its period (政府采购法 art. 52): the documents as any
    provider, the opening, the review and the result as one who has bid."""
    await tenders.get_tender(tx, tender_id, call.rows)
    tender = await tenders.lock_tender_of(tx, tender_id)
    if await views.find_active(tx, call.org, "provider") is None:
        raise NotYet("organisation")
    policy = await policies.get_policy(tx, tender.legal_profile, tender.policy_version)
    rule = policy.challenge_rule
    ended = step_of(tender, body.about, has_bid=await bids.has_bid(tx, tender.id, call.org))
    calendar = await views.list_exceptions(tx, legal_day(ended))
    check_in_time(rule, body.about, ended, calendar, tx.today)
    answer_due = add_working_days(tx.today, rule.answer_days, calendar)
    challenge = Challenge(
        id=new_id(),
        version=1,
        tender_id=tender.id,
        title=tender.title,
        division=tender.division,
        purchaser_id=tender.purchaser_id,
        organisation_id=call.org,
        about=body.about,
        step_at=ended,
        grounds=body.grounds,
        status="raised",
        raised_by=call.person,
        raised_at=tx.now,
        answer_due_day=answer_due,
        complain_until=add_working_days(answer_due, rule.complain_days, calendar),
    )
    await store.add_challenge(tx, challenge)
    await set_timer(tx, "challenge-overdue", challenge.id, end_of(answer_due))
    await emit(tx, challenge, told(ChallengeRaised, challenge))
    return challenge


@routes.post("/challenges/{challenge_id}/withdrawal", scope="procurement:challenge")
async def withdraw_challenge(tx: Tx, call: Call, challenge_id: UUID) -> Challenge:
    """Take an own challenge back before it is answered."""
    tender_id = (await store.get_challenge(tx, challenge_id, call.rows)).tender_id
    await tenders.lock_tender_of(tx, tender_id)
    challenge = await store.get_challenge_of(tx, challenge_id)
    call.expect(challenge)
    withdrawn = challenge.withdraw()
    await store.save_challenge(tx, withdrawn)
    await clear_timers(tx, "challenge-overdue", withdrawn.id)
    await emit(tx, withdrawn, told(ChallengeWithdrawn, withdrawn))
    return withdrawn


@routes.post("/challenges/{challenge_id}/answer", scope="procurement:answer-challenge")
async def answer_challenge(tx: Tx, call: Call, challenge_id: UUID, body: Finding) -> Challenge:
    """Answer a challenge as the purchaser or its agent (政府采购法 art. 53, 54); what is upheld is
    put right at once (财政部令第94号 art. 16)."""
    tender_id = (await store.get_challenge(tx, challenge_id, call.rows)).tender_id
    tender = await tenders.lock_tender_of(tx, tender_id)
    if call.caller.org not in (None, tender.purchaser_id, tender.agent_id):
        raise NotFound("challenge")
    challenge = await store.get_challenge_of(tx, challenge_id)
    call.expect(challenge)
    answered = challenge.answer(body, call.person, tx.now)
    await check_untied(tx, call.person, tender, challenge.organisation_id)
    await store.save_challenge(tx, answered)
    await clear_timers(tx, "challenge-overdue", answered.id)
    await emit(tx, answered, told(ChallengeAnswered, answered))
    await settle_finding(tx, tender, body)
    return answered


@routes.get("/challenges/{challenge_id}", scope="procurement:read-challenges")
async def read_challenge(tx: Tx, call: Call, challenge_id: UUID) -> Challenge:
    """One challenge with its answer; a provider sees its own."""
    return await store.get_challenge(tx, challenge_id, call.rows)


@routes.get("/challenges", scope="procurement:read-challenges")
async def list_challenges(
    tx: Tx, call: Call, page_request: PageRequest, tender_id: UUID | None = None
) -> Page[Challenge]:
    """Challenges in the caller's divisions; a provider sees its own."""
    found = await store.list_challenges(tx, call.rows, page_request, tender_id)
    return await page(tx, page_request, found)
