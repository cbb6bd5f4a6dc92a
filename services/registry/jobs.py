"""What the registry does when a day comes; every timer falls on a midnight in China."""

from typing import Final
from uuid import UUID

from libs.common.contract import told
from libs.common.db import Tx
from libs.common.jobs import Jobs
from libs.common.outbox import emit
from services.registry import actions, events
from services.registry.domain import registrations as rules
from services.registry.store import coverage as coverage_store
from services.registry.store import divisions as division_store
from services.registry.store import employments as employment_store
from services.registry.store import policies
from services.registry.store import postings as posting_store
from services.registry.store import workers as worker_store

jobs: Final = Jobs()


@jobs.due("begin-community")
async def begin_community(tx: Tx, subject: str) -> None:
    """A community that was entered ahead of its first day exists."""
    division = await division_store.lock_due_division(tx, subject)
    await actions.begin_communities(tx, [division])


@jobs.due("end-division")
async def end_division(tx: Tx, subject: str) -> None:
    """A division's last day is over: its first successor takes what it leaves."""
    division = await division_store.lock_due_division(tx, subject)
    if division.valid_to is not None:
        await actions.hand_over(tx, division, division.valid_to)


@jobs.due("apply-coverage-policy")
async def apply_coverage_policy(tx: Tx, subject: str) -> None:
    """A version of the policy is in force: every community is counted by it."""
    await actions.recount(tx, await coverage_store.list_communities(tx))


@jobs.due("begin-employment")
async def begin_employment(tx: Tx, subject: str) -> None:
    """A worker's first day with an organisation has come."""
    employment = await employment_store.lock_due_employment(tx, UUID(subject))
    if employment.status == "planned":
        begun = employment.move("standing")
        await employment_store.save_employment(tx, begun)
        await actions.take_up(tx, begun)


@jobs.due("end-employment")
async def end_employment(tx: Tx, subject: str) -> None:
    """A worker's last day with an organisation is over."""
    employment = await employment_store.lock_due_employment(tx, UUID(subject))
    over = employment.to_day is not None and employment.to_day < tx.today
    if employment.status == "standing" and over:
        ended = employment.move("ended")
        await employment_store.save_employment(tx, ended)
        await actions.leave(tx, ended)


@jobs.due("begin-posting")
async def begin_posting(tx: Tx, subject: str) -> None:
    """A worker's first day in a community has come."""
    posting = await posting_store.lock_due_posting(tx, UUID(subject))
    if posting.status == "planned":
        begun = posting.move("standing")
        await posting_store.save_posting(tx, begun)
        await emit(tx, begun, told(events.PostingStarted, begun))
        await actions.recount(tx, [begun.division])


@jobs.due("end-posting")
async def end_posting(tx: Tx, subject: str) -> None:
    """A worker's last day in a community is over."""
    posting = await posting_store.lock_due_posting(tx, UUID(subject))
    over = posting.to_day is not None and posting.to_day < tx.today
    if posting.status == "standing" and over:
        ended = posting.move("ended")
        await posting_store.save_posting(tx, ended)
        await emit(tx, ended, told(events.PostingEnded, ended))
        await actions.recount(tx, [ended.division])


@jobs.due("warn-of-lapse")
async def warn_of_lapse(tx: Tx, subject: str) -> None:
    """The window of renewal has opened."""
    worker = await worker_store.lock_any_worker(tx, UUID(subject))
    policy = await policies.get_registration_policy(tx, tx.today)
    if warned := rules.warn(worker, policy, tx.today):
        await worker_store.save_worker(tx, warned)
        await emit(tx, warned, told(events.RegistrationExpiring, warned))


@jobs.due("lapse-registration")
async def lapse_registration(tx: Tx, subject: str) -> None:
    """The last day of a registration is over."""
    worker = await worker_store.lock_any_worker(tx, UUID(subject))
    if lapsed := rules.lapse(worker, tx.today):
        await worker_store.save_worker(tx, lapsed)
        await emit(tx, lapsed, told(events.RegistrationLapsed, lapsed))
