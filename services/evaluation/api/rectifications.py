"""Rectifications: order, answer, resolve."""

from datetime import timedelta
from typing import Annotated, Final
from uuid import UUID

from libs.common.clock import end_of
from libs.common.contract import Day, Some, Text, Token, body, told
from libs.common.db import Tx
from libs.common.http import Call, Routes
from libs.common.ids import new_id
from libs.common.jobs import clear_timers, set_timer
from libs.common.outbox import emit
from libs.common.pages import Page, PageRequest, page
from services.evaluation import actions, events
from services.evaluation.domain.rectifications import Rectification, RectificationStatus, order
from services.evaluation.store import inspections, policies
from services.evaluation.store import rectifications as store

routes: Final = Routes()


@body
class Order:
    """What has to be put right; without a day, the policy's days from today."""

    codes: Annotated[tuple[Token, ...], Some(1, 50)]
    demand: Text
    due_day: Day | None = None


@body
class AnswerToOrder:
    """What the provider has done about it."""

    text: Text


@routes.post("/inspections/{inspection_id}/rectifications", scope="evaluation:inspect", status=201)
async def order_rectification(
    tx: Tx, call: Call, inspection_id: UUID, body: Order
) -> Rectification:
    """Have the provider put right what the caller's inspection found."""
    inspection = await inspections.lock_inspection(tx, inspection_id, call.rows)
    call.expect(inspection)
    rule = (await policies.get_version(tx, inspection.policy_version)).inspection
    due_day = body.due_day or tx.today + timedelta(days=rule.rectification_days)
    ordered = order(new_id(), inspection, body.codes, body.demand, due_day, call.person, tx.today)
    await store.add_rectification(tx, ordered)
    await set_timer(tx, "rectification-overdue", ordered.id, end_of(due_day))
    await emit(tx, ordered, told(events.RectificationOrdered, ordered))
    return ordered


@routes.post("/rectifications/{rectification_id}/answer", scope="evaluation:answer")
async def answer_rectification(
    tx: Tx, call: Call, rectification_id: UUID, body: AnswerToOrder
) -> Rectification:
    """Say what was done; late answers are taken too, but for a failed result."""
    rectification = await store.lock_rectification(tx, rectification_id, call.rows)
    call.expect(rectification)
    answered = rectification.give_answer(body.text, tx.now)
    await store.save_rectification(tx, answered)
    await clear_timers(tx, "rectification-overdue", answered.id)
    return answered


@routes.post("/rectifications/{rectification_id}/resolution", scope="evaluation:inspect")
async def resolve_rectification(tx: Tx, call: Call, rectification_id: UUID) -> Rectification:
    """Close a rectification that was answered well; after a failed result the agreement is
    evaluated once more."""
    rectification = await store.lock_rectification(tx, rectification_id, call.rows)
    call.expect(rectification)
    resolved = rectification.resolve(call.person, tx.now)
    await store.save_rectification(tx, resolved)
    await emit(tx, resolved, told(events.RectificationResolved, resolved))
    if resolved.result_id is not None:
        await actions.evaluate_again(tx, resolved.agreement_id)
    return resolved


@routes.get("/rectifications/{rectification_id}", scope="evaluation:read")
async def read_rectification(tx: Tx, call: Call, rectification_id: UUID) -> Rectification:
    """One rectification."""
    return await store.get_rectification(tx, rectification_id, call.rows)


@routes.get("/rectifications", scope="evaluation:read")
async def list_rectifications(
    tx: Tx,
    call: Call,
    page_request: PageRequest,
    agreement_id: UUID | None = None,
    status: RectificationStatus | None = None,
) -> Page[Rectification]:
    """Rectifications in the caller's divisions, or of the caller's organisation."""
    found = await store.list_rectifications(tx, call.rows, agreement_id, status, page_request)
    return await page(tx, page_request, found)
