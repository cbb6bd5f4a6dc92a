"""What HTTP and timers both do: postings and employments end, communities are counted again."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from libs.common import clock
from libs.common.contract import told
from libs.common.db import Tx
from libs.common.ids import new_id
from libs.common.jobs import set_timer
from libs.common.outbox import emit
from services.registry import events
from services.registry.domain import coverage as rules
from services.registry.domain.divisions import Division
from services.registry.domain.postings import Posting, post
from services.registry.domain.workers import Employment, Worker
from services.registry.store import certificates as certificate_store
from services.registry.store import coverage as coverage_store
from services.registry.store import employments as employment_store
from services.registry.store import policies
from services.registry.store import postings as posting_store
from services.registry.store import stations as station_store
from services.registry.store import workers as worker_store


async def recount(tx: Tx, communities: Iterable[str]) -> None:
    """Count the workers of these communities again; tell which became short, or no longer are."""
    policy = await policies.get_coverage_policy(tx, tx.today)
    before = await coverage_store.lock_coverage(tx, sorted(set(communities)))
    counts = await coverage_store.count_workers(tx, [c.id for c in before], policy.counts_kinds)
    by_community = {count.id: count for count in counts}
    for old in before:
        new = old.recount(by_community[old.id], policy, tx.today)
        if new is old:
            continue
        await coverage_store.save_coverage(tx, new)
        if new.short_since and not old.short_since:
            await emit(tx, new, told(events.CoverageLost, new))
        elif old.short_since and not new.short_since:
            await emit(tx, new, told(events.CoverageRestored, new))


async def begin_communities(tx: Tx, communities: list[Division]) -> None:
    """These communities exist from now on: the town sees at once which of them are short."""
    for community in communities:
        await coverage_store.add_coverage(tx, rules.begin(community.id))
    await recount(tx, [community.id for community in communities])


async def recertify(tx: Tx, worker: Worker) -> Worker:
    """What the worker's certificates, as they are now, allow."""
    certificates = await certificate_store.list_certificates_of(tx, worker.id)
    certified = worker.certified_by(certificates)
    await worker_store.save_worker(tx, certified)
    return certified


async def take_up(tx: Tx, employment: Employment) -> None:
    """The worker begins with the organisation."""
    employed = await _employed(tx, employment)
    await emit(tx, employed, told(events.WorkerEmployed, employed))


async def leave(tx: Tx, employment: Employment) -> None:
    """The worker has left the organisation."""
    left = await _employed(tx, employment)
    await emit(tx, left, told(events.WorkerLeft, left))


async def _employed(tx: Tx, employment: Employment) -> Worker:
    worker = await worker_store.lock_any_worker(tx, employment.worker_id)
    known = await employment_store.list_employments_of(tx, worker.id)
    employed = worker.employed_by(one for one in known if one.status == "standing")
    await worker_store.save_worker(tx, employed)
    return employed


async def end_employment(tx: Tx, employment: Employment, day: date) -> Employment:
    """That day is the last with the organisation, and of what it had the worker do."""
    ended = employment.end(day, tx.today)
    await employment_store.save_employment(tx, ended)
    for posting in await posting_store.lock_postings_of(
        tx, employment.worker_id, employment.organisation_id
    ):
        if employment.covers(posting.from_day, posting.to_day) and (
            posting.to_day is None or posting.to_day > day
        ):
            await end_posting(tx, posting, day)
    if ended.status == "ended":
        await leave(tx, ended)
    elif ended.status != "withdrawn":
        await set_timer(tx, "end-employment", ended.id, clock.end_of(day))
    return ended


async def start_posting(tx: Tx, posting: Posting) -> None:
    """Record a posting; what lies ahead of it is left to timers."""
    await posting_store.add_posting(tx, posting)
    if posting.status == "planned":
        await set_timer(tx, "begin-posting", posting.id, clock.start_of(posting.from_day))
    else:
        await emit(tx, posting, told(events.PostingStarted, posting))
    if posting.status == "ended":
        await emit(tx, posting, told(events.PostingEnded, posting))
    elif posting.to_day is not None:
        await set_timer(tx, "end-posting", posting.id, clock.end_of(posting.to_day))
    await recount(tx, [posting.division])


async def end_posting(tx: Tx, posting: Posting, day: date) -> Posting:
    """That day is the last in the community."""
    ended = posting.end(day, tx.today)
    await posting_store.save_posting(tx, ended)
    if ended.status == "ended":
        await emit(tx, ended, told(events.PostingEnded, ended))
        await recount(tx, [ended.division])
    elif ended.status != "withdrawn":
        await set_timer(tx, "end-posting", ended.id, clock.end_of(day))
    return ended


async def dissolve(tx: Tx, organisation_id: UUID) -> None:
    """An organisation that is no more employs nobody after today and operates no station."""
    for employment in await employment_store.lock_employments_of_organisation(tx, organisation_id):
        if employment.to_day is None or employment.to_day > tx.today:
            await end_employment(tx, employment, tx.today)
    for station in await station_store.lock_stations_of(tx, organisation_id):
        left = station.without_operator()
        await station_store.save_station(tx, left)
        await emit(tx, left, told(events.StationChanged, left))


async def hand_over(tx: Tx, division: Division, last_day: date) -> None:
    """Give what an ended division leaves behind to its first successor.

    Stations move; postings end with the division and go on in the successor, as new postings.
    """
    heir = next(iter(division.successors), None)
    if heir is not None:
        for station in await station_store.lock_stations_in(tx, division.id):
            moved = station.relocate(heir)
            await station_store.save_station(tx, moved)
            await emit(tx, moved, told(events.StationChanged, moved))
    await coverage_store.remove_coverage(tx, division.id)
    for posting in await posting_store.lock_postings_in(tx, division.id):
        # One that began at this very midnight cannot end before its first day.
        begun = posting.status == "standing"
        day = max(last_day, posting.from_day) if begun else last_day
        if posting.to_day is not None and posting.to_day <= day:
            continue
        await end_posting(tx, posting, day)
        if heir is not None:
            await _go_on(tx, posting, heir)


async def _go_on(tx: Tx, posting: Posting, heir: str) -> None:
    days = (max(posting.from_day, tx.today), posting.to_day)
    following = post(
        new_id(),
        posting.worker_id,
        posting.organisation_id,
        posting.station_id,
        heir,
        days,
        tx.today,
    )
    if not await posting_store.is_posted(tx, following):
        await start_posting(tx, following)
