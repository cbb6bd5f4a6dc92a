"""Employments: begun and ended, by the employer for itself."""

from typing import Final
from uuid import UUID

from libs.common import clock
from libs.common.contract import Day, body
from libs.common.db import Tx
from libs.common.http import Call, Routes
from libs.common.ids import new_id
from libs.common.jobs import set_timer
from libs.common.pages import Page, PageRequest, page
from services.registry import actions
from services.registry.api.areas import active_organisation
from services.registry.domain.workers import Employment, employ
from services.registry.store import employments as store
from services.registry.store import workers

routes: Final = Routes()


@body
class Beginning:
    """With which organisation, full-time or beside another, from when."""

    organisation_id: UUID
    full_time: bool
    from_day: Day


@body
class LastDay:
    """The last day of something."""

    day: Day


@routes.post("/workers/{worker_id}/employments", scope="registry:employ", status=201)
async def employ_worker(tx: Tx, call: Call, worker_id: UUID, body: Beginning) -> Employment:
    """Employ a worker; one full-time employer at a time, part-time work beside it."""
    worker = await workers.lock_worker(tx, worker_id, call.rows)
    call.expect(worker)
    organisation = await active_organisation(tx, call, body.organisation_id)
    employment = employ(new_id(), worker, organisation.id, body.full_time, body.from_day, tx.today)
    await store.add_employment(tx, employment)
    if employment.status == "standing":
        await actions.take_up(tx, employment)
    else:
        await set_timer(tx, "begin-employment", employment.id, clock.start_of(body.from_day))
    return employment


@routes.post("/employments/{employment_id}/end", scope="registry:employ")
async def end_employment(tx: Tx, call: Call, employment_id: UUID, body: LastDay) -> Employment:
    """Name the last day of an employment; the employer's postings end with it at the latest."""
    employment = await store.lock_employment(tx, employment_id, call.rows)
    call.expect(employment)
    return await actions.end_employment(tx, employment, body.day)


@routes.get("/employments", scope="registry:read-workers")
async def list_employments(
    tx: Tx, call: Call, page_request: PageRequest, worker_id: UUID | None = None
) -> Page[Employment]:
    """Employments with the caller's organisation, or in the caller's divisions."""
    found = await store.list_employments(tx, call.rows, worker_id, page_request)
    return await page(tx, page_request, found)
