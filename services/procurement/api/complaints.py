"""Complaints 投诉 to the finance department: lodge, withdraw, suspend, decide, read."""

from typing import Final
from uuid import UUID

from libs.common.clock import add_working_days, end_of
from libs.common.contract import Period, Text, body, told
from libs.common.db import Tx
from libs.common.http import Call, Routes
from libs.common.ids import new_id
from libs.common.jobs import clear_timers, set_timer
from libs.common.outbox import emit
from libs.common.pages import Page, PageRequest, page
from services.procurement.actions import check_untied, settle_finding
from services.procurement.domain.complaints import Complaint, check_complaint
from services.procurement.domain.remedies import Finding
from services.procurement.domain.tenders import Tender
from services.procurement.events.challenges import (
    ComplaintDecided,
    ComplaintLodged,
    ComplaintSuspended,
    ComplaintWithdrawn,
)
from services.procurement.store import challenges, policies, tenders, views
from services.procurement.store import complaints as store

routes: Final = Routes()


@body
class Grievance:
    """What is held against the answer, or that there was none."""

    grounds: Text


@body
class Suspension:
    """For how many calendar days the tender stands still."""

    days: Period


@routes.post("/challenges/{challenge_id}/complaint", scope="procurement:challenge", status=201)
async def lodge_complaint(tx: Tx, call: Call, challenge_id: UUID, body: Grievance) -> Complaint:
    """Take an own challenge to the finance department, if the answer does not satisfy or has not
    come in time (政府采购法 art. 55)."""
    tender_id = (await challenges.get_challenge(tx, challenge_id, call.rows)).tender_id
    tender = await tenders.lock_tender_of(tx, tender_id)
    challenge = await challenges.get_challenge_of(tx, challenge_id)
    call.expect(challenge)
    check_complaint(challenge, tx.today)
    policy = await policies.get_policy(tx, tender.legal_profile, tender.policy_version)
    calendar = await views.list_exceptions(tx, tx.today)
    complaint = Complaint(
        id=new_id(),
        version=1,
        challenge_id=challenge.id,
        tender_id=tender.id,
        title=tender.title,
        division=tender.division,
        purchaser_id=tender.purchaser_id,
        organisation_id=challenge.organisation_id,
        grounds=body.grounds,
        status="lodged",
        lodged_by=call.person,
        lodged_at=tx.now,
        decide_due_day=add_working_days(tx.today, policy.challenge_rule.decide_days, calendar),
    )
    await store.add_complaint(tx, complaint)
    await challenges.save_challenge(tx, challenge.escalate())
    await set_timer(tx, "complaint-overdue", complaint.id, end_of(complaint.decide_due_day))
    await emit(tx, complaint, told(ComplaintLodged, complaint))
    return complaint


@routes.post("/complaints/{complaint_id}/withdrawal", scope="procurement:challenge")
async def withdraw_complaint(tx: Tx, call: Call, complaint_id: UUID) -> Complaint:
    """Take an own complaint back, which ends the proceedings (财政部令第94号 art. 30)."""
    _, complaint = await _locked(tx, call, complaint_id)
    withdrawn = complaint.withdraw()
    await store.save_complaint(tx, withdrawn)
    await clear_timers(tx, "complaint-overdue", withdrawn.id)
    await emit(tx, withdrawn, told(ComplaintWithdrawn, withdrawn))
    return withdrawn


@routes.post("/complaints/{complaint_id}/suspension", scope="procurement:decide-complaint")
async def suspend_tender(tx: Tx, call: Call, complaint_id: UUID, body: Suspension) -> Complaint:
    """Suspend the tender while the complaint is looked into (政府采购法 art. 57): no bids are
    opened, nothing is reviewed, awarded, drafted or signed."""
    tender, complaint = await _locked(tx, call, complaint_id)
    policy = await policies.get_policy(tx, tender.legal_profile, tender.policy_version)
    suspended = complaint.suspend(body.days, policy.challenge_rule.suspend_days, tx.today)
    await check_untied(tx, call.person, tender, complaint.organisation_id)
    await store.save_complaint(tx, suspended)
    await emit(tx, suspended, told(ComplaintSuspended, suspended))
    return suspended


@routes.post("/complaints/{complaint_id}/decision", scope="procurement:decide-complaint")
async def decide_complaint(tx: Tx, call: Call, complaint_id: UUID, body: Finding) -> Complaint:
    """Decide a complaint as the finance department (政府采购法 art. 56); what is upheld is
    put right at once (财政部令第94号 art. 31, 32)."""
    tender, complaint = await _locked(tx, call, complaint_id)
    decided = complaint.decide(body, call.person, tx.now)
    await check_untied(tx, call.person, tender, complaint.organisation_id)
    await store.save_complaint(tx, decided)
    await clear_timers(tx, "complaint-overdue", decided.id)
    await emit(tx, decided, told(ComplaintDecided, decided))
    await settle_finding(tx, tender, body)
    return decided


@routes.get("/complaints/{complaint_id}", scope="procurement:read-challenges")
async def read_complaint(tx: Tx, call: Call, complaint_id: UUID) -> Complaint:
    """One complaint with its decision; a provider sees its own."""
    return await store.get_complaint(tx, complaint_id, call.rows)


@routes.get("/complaints", scope="procurement:read-challenges")
async def list_complaints(
    tx: Tx, call: Call, page_request: PageRequest, tender_id: UUID | None = None
) -> Page[Complaint]:
    """Complaints in the caller's divisions; a provider sees its own."""
    found = await store.list_complaints(tx, call.rows, page_request, tender_id)
    return await page(tx, page_request, found)


async def _locked(tx: Tx, call: Call, complaint_id: UUID) -> tuple[Tender, Complaint]:
    """The complaint as it stands under the lock of its tender."""
    tender_id = (await store.get_complaint(tx, complaint_id, call.rows)).tender_id
    tender = await tenders.lock_tender_of(tx, tender_id)
    complaint = await store.get_complaint_of(tx, complaint_id)
    call.expect(complaint)
    return tender, complaint
