"""What procurement does when time passes."""

from typing import Final
from uuid import UUID

from libs.common.contract import told
from libs.common.db import Tx
from libs.common.jobs import Jobs
from libs.common.outbox import emit
from services.procurement.actions import settle_keys
from services.procurement.events.breaches import BreachConfirmed
from services.procurement.events.challenges import ChallengeOverdue, ComplaintOverdue
from services.procurement.events.needs import CallClosed, CallOpened
from services.procurement.events.tenders import TenderClosed
from services.procurement.store import (
    agreements,
    bids,
    breaches,
    calls,
    challenges,
    complaints,
    tenders,
)

jobs: Final = Jobs()


@jobs.due("open-call")
async def open_call(tx: Tx, subject: str) -> None:
    """A planned call opens."""
    call = await calls.lock_call(tx, UUID(subject))
    if call.status != "planned":
        return
    opened = call.open()
    await calls.save_call(tx, opened)
    await emit(tx, opened, told(CallOpened, opened))


@jobs.due("close-call")
async def close_call(tx: Tx, subject: str) -> None:
    """An open call closes."""
    call = await calls.lock_call(tx, UUID(subject))
    if call.status != "open":
        return
    closed = call.close()
    await calls.save_call(tx, closed)
    await emit(tx, closed, told(CallClosed, closed))


@jobs.due("close-tender")
async def close_tender(tx: Tx, subject: str) -> None:
    """The deadline for bids has come, unless it was moved."""
    tender = await tenders.lock_tender_of(tx, UUID(subject))
    if tender.status != "published" or tx.now < tender.bids_due_at:
        return
    closed = tender.close()
    await tenders.save_tender(tx, closed)
    await emit(tx, closed, told(TenderClosed, closed))


@jobs.due("challenge-overdue")
async def pass_answer_day(tx: Tx, subject: str) -> None:
    """Tell, once, that nobody has answered a challenge in time."""
    tender_id = (await challenges.get_challenge_of(tx, UUID(subject))).tender_id
    await tenders.lock_tender_of(tx, tender_id)
    challenge = await challenges.get_challenge_of(tx, UUID(subject))
    if challenge.status != "raised":
        return
    overdue = challenge.become_overdue()
    await challenges.save_challenge(tx, overdue)
    await emit(tx, overdue, told(ChallengeOverdue, overdue))


@jobs.due("complaint-overdue")
async def pass_decision_day(tx: Tx, subject: str) -> None:
    """Tell, once, that the finance department has not decided a complaint in time."""
    tender_id = (await complaints.get_complaint_of(tx, UUID(subject))).tender_id
    await tenders.lock_tender_of(tx, tender_id)
    complaint = await complaints.get_complaint_of(tx, UUID(subject))
    if complaint.status != "lodged":
        return
    overdue = complaint.become_overdue()
    await complaints.save_complaint(tx, overdue)
    await emit(tx, overdue, told(ComplaintOverdue, overdue))


@jobs.due("breach-unanswered")
async def pass_objection_day(tx: Tx, subject: str) -> None:
    """A breach that the provider has not objected to in time counts."""
    await agreements.find_locked(tx, (await breaches.get_breach_of(tx, UUID(subject))).agreement_id)
    breach = await breaches.get_breach_of(tx, UUID(subject))
    if breach.status != "recorded":
        return
    confirmed = breach.pass_in_silence(tx.now)
    await breaches.save_breach(tx, confirmed)
    await emit(tx, confirmed, told(BreachConfirmed, confirmed))


@jobs.due("settle-keys")
async def settle_missing_keys(tx: Tx, subject: str) -> None:
    """The time for keys is over: a bid without its key is invalid."""
    tender = await tenders.lock_tender_of(tx, UUID(subject))
    if tender.status != "opened" or tender.keys_settled_at is not None:
        return
    settled = []
    for bid in await bids.list_standing_bids(tx, tender.id):
        if bid.status == "opened":
            bid = bid.refuse("no-key")
            await bids.save_bid(tx, bid)
        settled.append(bid)
    await settle_keys(tx, tender, settled)
