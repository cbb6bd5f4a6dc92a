"""Inspections: complete, read."""

from typing import Annotated, Final
from uuid import UUID

from libs.common.contract import Some, Text, Token, body, told
from libs.common.db import Tx
from libs.common.http import Call, Routes
from libs.common.jobs import clear_timers
from libs.common.outbox import emit
from libs.common.pages import Page, PageRequest, page
from services.evaluation import events
from services.evaluation.domain.inspections import Conclusion, Inspection, InspectionStatus
from services.evaluation.store import inspections as store

routes: Final = Routes()


@body
class Completion:
    """What an official found: faults are named by codes, findings stay with the parties."""

    conclusion: Conclusion
    codes: Annotated[tuple[Token, ...], Some(0, 50)] = ()
    findings: Text


@routes.post("/inspections/{inspection_id}/completion", scope="evaluation:inspect")
async def complete_inspection(
    tx: Tx, call: Call, inspection_id: UUID, body: Completion
) -> Inspection:
    """Conclude an inspection that is due or overdue."""
    inspection = await store.lock_inspection(tx, inspection_id, call.rows)
    call.expect(inspection)
    completed = inspection.complete(body.conclusion, body.codes, body.findings, call.person, tx.now)
    await store.save_inspection(tx, completed)
    await clear_timers(tx, "inspection-overdue", completed.id)
    await emit(tx, completed, told(events.InspectionCompleted, completed))
    return completed


@routes.get("/inspections/{inspection_id}", scope="evaluation:read")
async def read_inspection(tx: Tx, call: Call, inspection_id: UUID) -> Inspection:
    """One inspection with its figures."""
    return await store.get_inspection(tx, inspection_id, call.rows)


@routes.get("/inspections", scope="evaluation:read")
async def list_inspections(
    tx: Tx,
    call: Call,
    page_request: PageRequest,
    agreement_id: UUID | None = None,
    status: InspectionStatus | None = None,
) -> Page[Inspection]:
    """Inspections in the caller's divisions, or of the caller's organisation."""
    found = await store.list_inspections(tx, call.rows, agreement_id, status, page_request)
    return await page(tx, page_request, found)
