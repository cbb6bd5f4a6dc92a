"""Breaches 违约: record, object, decide, read."""

from typing import Final
from uuid import UUID

from libs.common import money
from libs.common.clock import add_working_days, end_of
from libs.common.contract import Day, Text, Token, body, told
from libs.common.db import Tx
from libs.common.http import Call, Routes
from libs.common.ids import new_id
from libs.common.jobs import clear_timers, set_timer
from libs.common.outbox import emit
from libs.common.pages import Page, PageRequest, page
from services.procurement.api.areas import check_purchaser
from services.procurement.domain.breaches import (
    Breach,
    DeductionsSettled,
    EvidenceKind,
    Verdict,
    row_of,
)
from services.procurement.events.breaches import (
    BreachConfirmed,
    BreachDropped,
    BreachObjected,
    BreachRecorded,
)
from services.procurement.store import acceptances, agreement_policies, agreements, views
from services.procurement.store import breaches as store

routes: Final = Routes()


@body
class NewBreach:
    """Which breach of the agreement's table, when, what shows it, and what happened."""

    code: Token
    day: Day
    evidence_kind: EvidenceKind
    evidence_id: UUID
    account: Text


@body
class Objection:
    """What the provider says of it."""

    objection: Text


@body
class Decision:
    """Whether the breach counts, and why."""

    verdict: Verdict
    reasons: Text


@routes.post("/agreements/{agreement_id}/breaches", scope="procurement:record-breach", status=201)
async def record_breach(tx: Tx, call: Call, agreement_id: UUID, body: NewBreach) -> Breach:
    """Record a breach of an agreement in force, with its evidence; the provider may object, and
    what is confirmed is deducted at the settlement or from the balance."""
    agreement = await agreements.lock_agreement(tx, agreement_id, call.rows)
    check_purchaser(call, agreement, "agreement")
    row = row_of(agreement, body.code, body.day, tx.today)
    acceptance = await acceptances.find_acceptance(tx, agreement.id)
    if acceptance is not None and acceptance.accepts:
        raise DeductionsSettled
    policy = await agreement_policies.get_policy(tx, agreement.profile, agreement.policy_version)
    calendar = await views.list_exceptions(tx, tx.today)
    breach = Breach(
        id=new_id(),
        version=1,
        agreement_id=agreement.id,
        division=agreement.division,
        purchaser_id=agreement.purchaser_id,
        provider_id=agreement.provider_id,
        code=row.code,
        title=row.title,
        share_bp=row.share_bp,
        amount=money.share(agreement.amount, row.share_bp),
        day=body.day,
        evidence_kind=body.evidence_kind,
        evidence_id=body.evidence_id,
        account=body.account,
        status="recorded",
        recorded_by=call.person,
        recorded_at=tx.now,
        answer_due_day=add_working_days(tx.today, policy.objection_days, calendar),
    )
    await store.add_breach(tx, breach)
    await set_timer(tx, "breach-unanswered", breach.id, end_of(breach.answer_due_day))
    await emit(tx, breach, told(BreachRecorded, breach))
    return breach


@routes.post("/breaches/{breach_id}/objection", scope="procurement:object")
async def object_to_breach(tx: Tx, call: Call, breach_id: UUID, body: Objection) -> Breach:
    """Object, as the provider, to a breach before it counts; a second person then decides."""
    breach = await _lock(tx, call, breach_id)
    objected = breach.object(body.objection, call.person, tx.now)
    await store.save_breach(tx, objected)
    await clear_timers(tx, "breach-unanswered", objected.id)
    await emit(tx, objected, told(BreachObjected, objected))
    return objected


@routes.post("/breaches/{breach_id}/decision", scope="procurement:record-breach")
async def decide_breach(tx: Tx, call: Call, breach_id: UUID, body: Decision) -> Breach:
    """Confirm a breach that the provider has objected to, or drop it at any time before it counts;
    by another person of the purchaser than who recorded it."""
    breach = await _lock(tx, call, breach_id)
    decided = breach.decide(body.verdict, body.reasons, call.person, tx.now)
    await store.save_breach(tx, decided)
    await clear_timers(tx, "breach-unanswered", decided.id)
    outcome = BreachConfirmed if decided.status == "confirmed" else BreachDropped
    await emit(tx, decided, told(outcome, decided))
    return decided


@routes.get("/breaches/{breach_id}", scope="procurement:read-agreements")
async def read_breach(tx: Tx, call: Call, breach_id: UUID) -> Breach:
    """One breach with its evidence, the provider's objection and the decision."""
    return await store.get_breach(tx, breach_id, call.rows)


@routes.get("/breaches", scope="procurement:read-agreements")
async def list_breaches(
    tx: Tx, call: Call, page_request: PageRequest, agreement_id: UUID | None = None
) -> Page[Breach]:
    """Breaches in the caller's divisions, or of the caller's organisation."""
    found = await store.list_breaches(tx, call.rows, page_request, agreement_id)
    return await page(tx, page_request, found)


async def _lock(tx: Tx, call: Call, breach_id: UUID) -> Breach:
    """A breach under the lock of its agreement: of the provider, or of the purchaser's own."""
    agreement_id = (await store.get_breach(tx, breach_id, call.rows)).agreement_id
    agreement = await agreements.lock_agreement(tx, agreement_id, call.rows)
    if call.rows.org is None:
        check_purchaser(call, agreement, "breach")
    breach = await store.get_breach_of(tx, breach_id)
    call.expect(breach)
    return breach
