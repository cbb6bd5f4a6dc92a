"""Assignments: who leads, supports, or is on duty."""

from typing import Final, Literal
from uuid import UUID

from libs.common.changes import followed
from libs.common.contract import Token, body, told
from libs.common.db import Tx
from libs.common.http import Call, Routes
from libs.common.outbox import emit
from libs.common.pages import DeltaRequest, Page, page
from services.scheduling import actions, events
from services.scheduling.domain.assignments import Assignment, Role, Status
from services.scheduling.store import activities, policies
from services.scheduling.store import assignments as store

routes: Final = Routes()


@body
class NewAssignment:
    """Which worker does what; duty (值班) may go beside other work."""

    worker_id: Token
    role: Role


@body
class Release:
    """Why the worker does not take part after all."""

    reason: Literal["replaced", "ill"]


@routes.post("/activities/{activity_id}/assignments", scope="scheduling:assign", status=201)
async def assign_worker(tx: Tx, call: Call, activity_id: UUID, body: NewAssignment) -> Assignment:
    """Assign a worker of the organisation; nobody has two exclusive assignments at once."""
    activity = await activities.lock_own_activity(tx, activity_id, call.rows)
    call.expect(activity)
    policy = await policies.get_policy(tx, tx.today)
    return await actions.assign_worker(tx, activity, body.worker_id, body.role, policy.rules)


@routes.post("/assignments/{assignment_id}/release", scope="scheduling:assign")
async def release_worker(tx: Tx, call: Call, assignment_id: UUID, body: Release) -> Assignment:
    """Take a worker out; the work is the organisation's to give to somebody else."""
    assignment = await store.lock_assignment(tx, assignment_id, call.rows)
    call.expect(assignment)
    freed = assignment.free(body.reason)
    await store.save_assignment(tx, freed)
    await emit(tx, freed, told(events.AssignmentFreed, freed))
    return freed


@routes.get("/assignments", scope="scheduling:read")
async def list_assignments(
    tx: Tx,
    call: Call,
    page_request: DeltaRequest,
    activity_id: UUID | None = None,
    worker_id: Token | None = None,
    status: Status | None = None,
) -> Page[Assignment]:
    """Assignments of the caller's; `status=freed` is work that waits to be given again."""
    asked = await followed(
        tx, page_request, "assignments", places=call.rows.divisions, owners=call.rows.owners
    )
    found = await store.list_assignments(tx, call.rows, asked, activity_id, worker_id, status)
    return await page(tx, asked, found)
