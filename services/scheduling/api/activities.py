"""Activities: draft, publish, reschedule, cancel, hold."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from libs.common.changes import followed
from libs.common.clock import add_working_days
from libs.common.contract import Count, DivisionCode, Instant, Name, Token, body, told
from libs.common.db import Tx
from libs.common.errors import Conflict, Fault, Forbidden, Invalid, NotYet
from libs.common.http import Call, Routes
from libs.common.jobs import clear_timers, set_timer
from libs.common.outbox import emit
from libs.common.pages import DeltaRequest, Page, page
from services.scheduling import actions, events
from services.scheduling.domain.activities import Activity, Basis, Kind, Status
from services.scheduling.domain.assignments import Assignment
from services.scheduling.domain.plans import Plan, check_in_force, check_room, check_term
from services.scheduling.domain.sentences import WITHOUT_STATION
from services.scheduling.store import activities as store
from services.scheduling.store import assignments, attendance, observations, policies, views
from services.scheduling.store import workplans as workplan_store

routes: Final = Routes()


class RoomWithoutStation(Invalid):
    """A room is named together with the station that it belongs to."""

    zh = "填写场地时须同时填写所属站点。"


class LeadOrManagerRequired(Conflict):
    """Only the lead of this activity, or a manager, can say that it was held; ask one of them."""

    zh = "只有活动负责人或机构管理人员才能确认活动已开展，请由其办理。"


@body
class ActivityDraft:
    """What is to be done, on which basis, when and where."""

    basis: Basis
    kind: Kind
    title: Name
    agreement_id: UUID | None = None
    output_id: UUID | None = None
    organisation_id: UUID | None = None
    division: DivisionCode
    place: Name
    station_id: UUID | None = None
    room_id: UUID | None = None
    starts_at: Instant
    ends_at: Instant
    lead_worker_id: Token | None = None
    expected_persons: Count
    recorded_afterwards: bool = False


@body
class Rescheduling:
    """Another time, and perhaps another place."""

    starts_at: Instant
    ends_at: Instant
    place: Name | None = None


@body
class Cancellation:
    """Why it is not held, as a code."""

    reason: Token


@body
class Holding:
    """That it took place."""

    volunteers: Count


@routes.post("/activities", scope="scheduling:plan", status=201)
async def draft_activity(tx: Tx, call: Call, body: ActivityDraft) -> Activity:
    """Draft an activity: under an agreement of the caller's, or on another basis.

    Under an agreement the organisation is the provider; a community plans what is
    self-organised. Work may be recorded afterwards within the hours of the policy.
    """
    organisation = await holder_of(tx, call, body.basis, body.organisation_id, body.division)
    await _check_place(tx, body)
    policy = await policies.get_policy(tx, tx.today)
    plan = told(Plan, body, organisation_id=organisation)
    activity = await actions.plan_activity(tx, plan, policy)
    if body.lead_worker_id is not None:
        await actions.assign_worker(tx, activity, body.lead_worker_id, "lead", policy.rules)
    return activity


@routes.post("/activities/{activity_id}/publication", scope="scheduling:plan")
async def publish_activity(tx: Tx, call: Call, activity_id: UUID) -> Activity:
    """Announce a draft; refused while a required observer is not named and not waived."""
    activity = await store.lock_own_activity(tx, activity_id, call.rows)
    call.expect(activity)
    await _check_in_force(tx, activity)
    published = activity.publish(tx.now, has_lead=await _certified_lead(tx, activity) is not None)
    await store.save_activity(tx, published)
    await emit(tx, published, told(events.ActivityPublished, published))
    return published


@routes.post("/activities/{activity_id}/rescheduling", scope="scheduling:plan")
async def reschedule_activity(
    tx: Tx, call: Call, activity_id: UUID, body: Rescheduling
) -> Activity:
    """Move an activity; its workers, its room and its observer move along, if they are free."""
    activity = await store.lock_own_activity(tx, activity_id, call.rows)
    call.expect(activity)
    policy = await policies.get_policy(tx, tx.today)
    place = body.place or activity.place
    moved = activity.reschedule(body.starts_at, body.ends_at, place, tx.now, policy.rules)
    agreement = await views.find_agreement(tx, activity.agreement_id)
    if agreement is not None:
        check_term(agreement, moved.starts_at, moved.ends_at)
    await store.save_activity(tx, moved)
    for assignment in await assignments.lock_assignments(tx, moved.id):
        await assignments.save_assignment(tx, assignment.move(moved.starts_at, moved.ends_at))
    if moved.status == "published":
        await emit(tx, moved, told(events.ActivityRescheduled, moved))
    await _move_observation(tx, moved)
    return moved


@routes.post("/activities/{activity_id}/cancellation", scope="scheduling:plan")
async def cancel_activity(tx: Tx, call: Call, activity_id: UUID, body: Cancellation) -> Activity:
    """Call an activity off; its workers and its room are free again."""
    activity = await store.lock_own_activity(tx, activity_id, call.rows)
    call.expect(activity)
    return await actions.cancel_activity(tx, activity, body.reason)


@routes.post("/activities/{activity_id}/holding", scope="scheduling:hold")
async def hold_activity(tx: Tx, call: Call, activity_id: UUID, body: Holding) -> Activity:
    """Say that an activity took place, with the counts known so far; late check-ins still count."""
    activity = await store.lock_own_activity(tx, activity_id, call.rows)
    call.expect(activity)
    lead = await _certified_lead(tx, activity)
    if not call.is_any("agency-manager", "community") and (
        lead is None or lead.worker_id != call.person
    ):
        raise LeadOrManagerRequired
    rules = (await policies.get_policy(tx, tx.today)).rules
    exceptions = await views.list_exceptions(tx, tx.today)
    due = add_working_days(tx.today, rules.report_days, exceptions)
    tally = await attendance.tally(tx, activity.id)
    held = activity.hold(tx.now, tally, body.volunteers, due, has_lead=lead is not None)
    await store.save_activity(tx, held)
    await emit(tx, held, told(events.ActivityHeld, held))
    return held


@routes.get("/activities/{activity_id}", scope="scheduling:read")
async def read_activity(tx: Tx, call: Call, activity_id: UUID) -> Activity:
    """One activity; its counts are those of its last step (held, reported)."""
    return await store.get_activity(tx, activity_id, call.rows)


@routes.get("/activities", scope="scheduling:read")
async def list_activities(
    tx: Tx,
    call: Call,
    page_request: DeltaRequest,
    agreement_id: UUID | None = None,
    status: Status | None = None,
    late: bool = False,
) -> Page[Activity]:
    """Activities of the caller's; `late` are those published and long over, yet not held."""
    rules = (await policies.get_policy(tx, tx.today)).rules
    before = tx.now - timedelta(hours=rules.unheld_hours) if late else None
    asked = await followed(
        tx, page_request, "activities", places=call.rows.divisions, owners=call.rows.owners
    )
    found = await store.list_activities(tx, call.rows, asked, agreement_id, status, before)
    return await page(tx, asked, found)


async def holder_of(
    tx: Tx, call: Call, basis: Basis, organisation_id: UUID | None, division: str
) -> UUID | None:
    """Whose activity it is: the caller's organisation, or whom a community names."""
    org = call.rows.org
    if org is not None:
        if basis == "community":
            raise Forbidden
        if organisation_id not in (None, org):
            raise NotYet("organisation")
        return org
    if basis not in ("community", "joint"):
        raise Forbidden
    if not await views.is_within(tx, division, call.rows.divisions):
        raise NotYet("division")
    if organisation_id is not None and not await views.is_active_organisation(
        tx, organisation_id, call.rows.divisions
    ):
        raise NotYet("organisation")
    return organisation_id


async def _check_place(tx: Tx, body: ActivityDraft) -> None:
    if body.station_id is None:
        if body.room_id is not None:
            raise RoomWithoutStation(Fault("/room_id", WITHOUT_STATION))
        return
    station = await views.find_station(tx, body.station_id)
    if station is None:
        raise NotYet("station")
    check_room(station, body.room_id, body.expected_persons)


async def _check_in_force(tx: Tx, activity: Activity) -> None:
    if activity.agreement_id is not None:
        check_in_force(await workplan_store.lock_agreement(tx, activity.agreement_id))


async def _certified_lead(tx: Tx, activity: Activity) -> Assignment | None:
    lead = await assignments.find_lead(tx, activity.id)
    return lead if lead and (lead.certified or activity.basis != "agreement") else None


async def _move_observation(tx: Tx, activity: Activity) -> None:
    observation = await observations.lock_observation(tx, activity.id)
    if observation is None or observation.status != "assigned":
        return
    rules = (await policies.get_policy(tx, tx.today)).rules
    moved = observation.move(activity.starts_at, activity.ends_at)
    await observations.save_observation(tx, moved)
    await clear_timers(tx, "miss-observation", activity.id)
    await set_timer(tx, "miss-observation", activity.id, moved.closes_at(rules))
    await emit(tx, moved, told(events.ObservationAssigned, moved, title=activity.title))
