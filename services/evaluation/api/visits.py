"""Visits: record the outcome, see one's own."""

from typing import Annotated, Final
from uuid import UUID

from libs.common.auth import Rows
from libs.common.contract import Some, body, told
from libs.common.db import Tx
from libs.common.http import Call, Routes
from libs.common.outbox import emit
from libs.common.pages import Page, PageRequest, page
from services.evaluation import events
from services.evaluation.domain.visits import (
    Answer,
    Outcome,
    Visit,
    VisitStatus,
    check_answers,
)
from services.evaluation.store import commissions, policies
from services.evaluation.store import visits as store

routes: Final = Routes()


@body
class VisitOutcome:
    """How a visit went, and what was answered where somebody answered."""

    outcome: Outcome
    answers: Annotated[tuple[Answer, ...], Some(0, 50)] = ()


@routes.post("/visits/{visit_id}/outcome", scope="evaluation:visit")
async def end_visit(tx: Tx, call: Call, visit_id: UUID, body: VisitOutcome) -> Visit:
    """Record how the caller's own visit went; the answers are never shown one by one."""
    visit = await store.lock_visit(tx, visit_id, call.rows, call.person)
    call.expect(visit)
    ended = visit.end(body.outcome, tx.now)
    commission = await commissions.lock_commission(tx, visit.commission_id, call.rows)
    visiting = commission.visiting()
    policy = await policies.get_version(tx, commission.policy_version)
    check_answers(body.outcome, body.answers, policy.questions)
    await store.save_outcome(tx, ended, body.answers)
    await commissions.save_commission(tx, visiting)
    await emit(tx, ended, told(events.VisitEnded, ended))
    return ended


@routes.get("/visits", scope="evaluation:read-visits")
async def list_visits(
    tx: Tx,
    call: Call,
    page_request: PageRequest,
    commission_id: UUID | None = None,
    status: VisitStatus | None = None,
) -> Page[Visit]:
    """A visitor's own visits; officials and auditors see all in their divisions."""
    found = await store.list_visits(
        tx, call.rows, _visitor(call, call.rows), commission_id, status, page_request
    )
    return await page(tx, page_request, found)


def _visitor(call: Call, rows: Rows) -> str | None:
    """Whoever is bound to the evaluator sees their own visits alone."""
    return call.person if rows.org is not None else None
