"""Workers: enrolled without a name in any answer to a command, checked, listed."""

from typing import Final, Literal
from uuid import UUID

from libs.common.changes import EVERYWHERE, followed
from libs.common.contract import Day, DivisionCode, Name, Token, body, told
from libs.common.db import Tx
from libs.common.errors import NotYet
from libs.common.http import Call, Routes
from libs.common.ids import new_id
from libs.common.outbox import emit
from libs.common.pages import DeltaRequest, Page, page
from services.registry import events
from services.registry.api.areas import active_organisation, is_own
from services.registry.domain.workers import Check, Worker, WorkerKind, enrol
from services.registry.store import workers as store
from services.registry.store.workers import WorkerRecord

routes: Final = Routes()


@body
class Enrolment:
    """Who begins to work, perhaps with the number of their file in the city's system of talents;
    without a division, where the organisation or the city is."""

    kind: WorkerKind
    name: Name
    file_number: Token | None = None
    division: DivisionCode | None = None


@body
class CheckMade:
    """What a look into the register of offences has shown."""

    kind: Literal["minors"]
    passed: bool
    day: Day
    valid_until: Day | None = None


@routes.post("/workers", scope="registry:enrol", status=201)
async def enrol_worker(tx: Tx, call: Call, body: Enrolment) -> Worker:
    """Enrol a person who works; an agency enrols for itself, and sees them from then on."""
    division = body.division
    if division is not None and not is_own(call, division):
        raise NotYet("division")
    if call.rows.org is not None:
        organisation = await active_organisation(tx, call, call.rows.org)
        division = division or organisation.division
    worker = enrol(new_id(), body.kind, division or tx.city.division, call.rows.org)
    await store.add_worker(tx, worker, body.name, body.file_number)
    await emit(tx, worker, told(events.WorkerEnrolled, worker))
    return worker


@routes.post("/workers/{worker_id}/checks", scope="registry:check")
async def check_worker(tx: Tx, call: Call, worker_id: UUID, body: CheckMade) -> Worker:
    """Record a check for work with minors; a failed one bars the worker from it."""
    worker = await store.lock_worker(tx, worker_id, call.rows)
    call.expect(worker)
    check = Check(
        id=new_id(),
        worker_id=worker.id,
        kind=body.kind,
        passed=body.passed,
        day=body.day,
        valid_until=body.valid_until,
    )
    checked = worker.check(check, tx.today)
    await store.add_check(tx, check)
    await store.save_worker(tx, checked)
    await emit(tx, checked, told(events.WorkerChecked, checked))
    return checked


@routes.get("/workers/{worker_id}", scope="registry:read-workers")
async def read_worker(tx: Tx, call: Call, worker_id: UUID) -> WorkerRecord:
    """One worker; the name is for the association, the registrar and the employer alone."""
    return await store.get_worker(tx, worker_id, call.rows, needs_names(call))


@routes.get("/workers", scope="registry:read-workers")
async def list_workers(tx: Tx, call: Call, page_request: DeltaRequest) -> Page[WorkerRecord]:
    """Workers of the caller's organisation or divisions; names as for one worker."""
    places = EVERYWHERE if call.rows.org else call.rows.divisions
    asked = await followed(tx, page_request, "workers", places=places, owners=call.rows.owners)
    found = await store.list_workers(tx, call.rows, needs_names(call), asked)
    return await page(tx, asked, found)


def needs_names(call: Call) -> bool:
    """Whether the caller's work needs names and numbers of those who work in these rows."""
    if call.rows.org is not None:
        return call.is_any("agency-manager")
    return call.is_any("official", "association")
