"""Postings 派驻: started and ended, by the employer."""

from typing import Final
from uuid import UUID

from libs.common.changes import EVERYWHERE, followed
from libs.common.contract import Day, DivisionCode, Token, body
from libs.common.db import Tx
from libs.common.errors import NotYet
from libs.common.http import Call, Routes
from libs.common.ids import new_id
from libs.common.pages import DeltaRequest, Page, page
from services.registry import actions
from services.registry.api.areas import standing_division
from services.registry.api.employments import LastDay
from services.registry.domain.postings import (
    Posting,
    WorkerNotEmployed,
    demand_community,
    demand_employment,
    post,
)
from services.registry.domain.workers import EmployerNotActive, Worker
from services.registry.store import employments, organisations, stations, workers
from services.registry.store import postings as store

routes: Final = Routes()


@body
class PostingAsked:
    """Who serves which community from when to when; without an employer named, the caller's
    organisation or the worker's full-time employer."""

    worker_id: UUID
    organisation_id: UUID | None = None
    station_id: UUID | None = None
    division: DivisionCode
    from_day: Day
    to_day: Day | None = None


@routes.post("/postings", scope="registry:employ", status=201)
async def post_worker(tx: Tx, call: Call, body: PostingAsked) -> Posting:
    """Post a worker to a community, which is counted again; for several, post them to each."""
    worker = await workers.find_worker(tx, body.worker_id, call.rows)
    if worker is None:
        raise NotYet("worker")
    employer = _employer(call, worker, body.organisation_id)
    await _demand_active(tx, employer)
    community = await standing_division(tx, call, body.division)
    demand_community(community, body.from_day)
    await _demand_station(tx, call, body.station_id)
    known = await employments.list_employments_of(tx, worker.id)
    demand_employment(known, employer, body.from_day, body.to_day)
    days = (body.from_day, body.to_day)
    posting = post(new_id(), worker.id, employer, body.station_id, community.id, days, tx.today)
    await actions.start_posting(tx, posting)
    return posting


def _employer(call: Call, worker: Worker, named: UUID | None) -> UUID:
    """Who posts: an organisation only itself, others whom they name."""
    if call.rows.org is not None:
        if named not in (None, call.rows.org):
            raise NotYet("organisation")
        return call.rows.org
    employer = named or worker.employer_id
    if employer is None:
        raise WorkerNotEmployed
    return employer


async def _demand_active(tx: Tx, employer: UUID) -> None:
    organisation = await organisations.find_organisation(tx, employer)
    if organisation is None:
        raise NotYet("organisation")
    if not organisation.active:
        raise EmployerNotActive


async def _demand_station(tx: Tx, call: Call, station_id: UUID | None) -> None:
    if station_id is not None:
        station = await stations.find_station(tx, station_id, call.rows)
        if station is None:
            raise NotYet("station")
        station.demand_open()


@routes.post("/postings/{posting_id}/end", scope="registry:employ")
async def end_posting(tx: Tx, call: Call, posting_id: UUID, body: LastDay) -> Posting:
    """Name the last day of a posting; one that has not begun is withdrawn by an earlier day."""
    posting = await store.lock_posting(tx, posting_id, call.rows)
    call.expect(posting)
    return await actions.end_posting(tx, posting, body.day)


@routes.get("/postings", scope="registry:read-workers")
async def list_postings(
    tx: Tx, call: Call, page_request: DeltaRequest, division: Token = ""
) -> Page[Posting]:
    """Postings of the caller's organisation or divisions, below a prefix (`division`)."""
    places = EVERYWHERE if call.rows.org else call.rows.divisions
    asked = await followed(tx, page_request, "postings", places=places, owners=call.rows.owners)
    found = await store.list_postings(tx, call.rows, division, asked)
    return await page(tx, asked, found)
