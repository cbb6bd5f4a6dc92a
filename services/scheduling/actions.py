"""What more than one caller does: planning, assigning, recording who came, and settling reports."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from libs.common.clock import add_working_days, end_of
from libs.common.contract import told
from libs.common.db import Tx
from libs.common.errors import NotYet, Refusal
from libs.common.ids import new_id
from libs.common.jobs import clear_timers, set_timer
from libs.common.outbox import emit
from services.scheduling import events
from services.scheduling.domain import reports
from services.scheduling.domain.activities import Activity
from services.scheduling.domain.assignments import Assignment, Role, assign
from services.scheduling.domain.attendance import Arrival, Attended, CheckIn, Outcome, judge
from services.scheduling.domain.plans import Counts, Plan, draft
from services.scheduling.domain.policies import Policy, Rules
from services.scheduling.domain.reports import Review
from services.scheduling.domain.workplans import OutputProgress
from services.scheduling.store import activities as activity_store
from services.scheduling.store import assignments as assignment_store
from services.scheduling.store import attendance as attendance_store
from services.scheduling.store import reports as report_store
from services.scheduling.store import views, workers, workplans

NO_ACTIVITIES = Counts(activities=0, afterwards=0, observed=0, waived=0)


async def plan_activity(
    tx: Tx, plan: Plan, policy: Policy, series_id: UUID | None = None
) -> Activity:
    """Draft an activity; under an agreement its plan is locked, so that quotas hold."""
    agreement, counts = None, NO_ACTIVITIES
    if plan.agreement_id is not None:
        agreement = await workplans.lock_agreement(tx, plan.agreement_id)
        if agreement.provider_id != plan.organisation_id:
            raise NotYet("agreement")
        counts = await activity_store.count_activities(tx, agreement.id)
    activity = draft(new_id(), plan, agreement, counts, policy, tx.now, series_id)
    await activity_store.add_activity(tx, activity)
    return activity


async def assign_worker(
    tx: Tx, activity: Activity, worker_id: str, role: Role, rules: Rules
) -> Assignment:
    """Assign a worker of the organisation; the database refuses what overlaps."""
    worker = await workers.lock_worker(tx, worker_id)
    if worker is None:
        raise NotYet("worker")
    agreement = await views.find_agreement(tx, activity.agreement_id)
    tied = agreement is not None and await workers.is_tied(
        tx, worker_id, agreement.purchaser_id, "direct"
    )
    assignment = assign(new_id(), activity, worker, role, rules, tied=tied)
    await assignment_store.add_assignment(tx, assignment)
    return assignment


async def cancel_activity(tx: Tx, activity: Activity, reason: str) -> Activity:
    """Call an activity off; its workers and its room are free again, and nobody need observe it."""
    cancelled = activity.cancel(reason)
    await activity_store.save_activity(tx, cancelled)
    for assignment in await assignment_store.lock_assignments(tx, cancelled.id):
        await assignment_store.save_assignment(tx, assignment.cancel())
    await clear_timers(tx, "miss-observation", cancelled.id)
    await emit(tx, cancelled, told(events.ActivityCancelled, cancelled))
    return cancelled


async def record_check_ins(
    tx: Tx, activity: Activity, arrivals: Sequence[Arrival], uploaded_by: str, rules: Rules
) -> list[Outcome | Refusal]:
    """Keep each arrival (whose ids differ) once, and tell of those that are new.

    An id that another upload adds at this moment is judged again, against what it added.
    """
    existing = {
        found.id: found
        for found in await attendance_store.list_check_ins_by_id(tx, [a.id for a in arrivals])
    }
    serving = None if activity.basis in ("community", "joint") else activity.organisation_id
    known = await views.find_recipients(tx, [a.recipient_ref for a in arrivals], serving)
    outcomes = [judge(a, activity, existing.get(a.id), known, rules) for a in arrivals]
    fresh = [a for a, outcome in zip(arrivals, outcomes, strict=True) if outcome == "created"]
    added = await attendance_store.add_check_ins(tx, activity.id, fresh, uploaded_by)
    drafts = [a for a, outcome in zip(arrivals, outcomes, strict=True) if outcome == "draft"]
    await attendance_store.add_drafts(tx, activity.id, {new_id(): a for a in drafts}, uploaded_by)
    for check_in in added:
        await tell_attendance(tx, activity, check_in)
    raced = {a.id for a in fresh} - {check_in.id for check_in in added}
    for place, arrival in enumerate(arrivals):
        if arrival.id in raced:
            [outcomes[place]] = await record_check_ins(tx, activity, [arrival], uploaded_by, rules)
    return outcomes


async def tell_attendance(tx: Tx, activity: Activity, check_in: CheckIn) -> None:
    """Tell of one check-in, in the division of its activity."""
    await emit(
        tx,
        Attended(id=check_in.id, division=activity.division),
        told(
            events.AttendanceRecorded,
            check_in,
            agreement_id=activity.agreement_id,
            organisation_id=activity.organisation_id,
            person_times=int(check_in.counts),
        ),
    )


async def await_review(tx: Tx, activity_id: UUID, rules: Rules) -> datetime:
    """Until when a reviewer may keep silent; any earlier wait is over."""
    exceptions = await views.list_exceptions(tx, tx.today)
    due = end_of(add_working_days(tx.today, rules.review_days, exceptions))
    await clear_timers(tx, "accept-in-silence", activity_id)
    await set_timer(tx, "accept-in-silence", activity_id, due)
    return due


async def accept_report(
    tx: Tx, activity: Activity, policy: Policy, reviewer: str | None
) -> Activity:
    """Accept, by a reviewer or (None) by silence, and count it towards its output."""
    output = await _lock_output(tx, activity)
    accepted = reports.accept(activity, output, provisional=reviewer is None)
    await activity_store.save_activity(tx, accepted)
    await _keep_review(tx, accepted, policy, reviewer, "accept")
    await emit(tx, accepted, told(events.ActivityAccepted, accepted))
    await _count(tx, output, activity, accepted)
    return accepted


async def return_report(
    tx: Tx, activity: Activity, policy: Policy, reviewer: str, codes: tuple[str, ...]
) -> Activity:
    """Return to the author, who has as many days as for a first report, and take back what a
    provisional acceptance had counted."""
    output = await _lock_output(tx, activity)
    exceptions = await views.list_exceptions(tx, tx.today)
    due = add_working_days(tx.today, policy.rules.report_days, exceptions)
    returned = reports.send_back(activity, codes, due)
    await activity_store.save_activity(tx, returned)
    await _keep_review(tx, returned, policy, reviewer, "return")
    reasons = tuple(
        told(events.ReturnReason, text) for text in policy.rules.texts_of(returned.return_codes)
    )
    await emit(tx, returned, told(events.ActivityReturned, returned, reasons=reasons))
    await _count(tx, output, activity, returned)
    return returned


async def _keep_review(
    tx: Tx, activity: Activity, policy: Policy, reviewer: str | None, outcome: reports.Outcome
) -> None:
    review = Review(
        id=new_id(),
        activity_id=activity.id,
        reviewer=reviewer,
        outcome=outcome,
        codes=activity.return_codes,
        provisional=reviewer is None,
        at=tx.now,
        policy_version=policy.version,
    )
    await report_store.add_review(tx, review)


async def _lock_output(tx: Tx, activity: Activity) -> OutputProgress | None:
    """The output that an activity counts towards, its plan locked."""
    if activity.agreement_id is None:
        return None
    plan = await workplans.lock_workplan(tx, activity.agreement_id)
    return plan.output(activity.output_id)


async def _count(tx: Tx, output: OutputProgress | None, before: Activity, after: Activity) -> None:
    """Tell the output's new count, if this decision changed it."""
    units = after.output_units - before.output_units
    if output is not None and units != 0:
        counted = output.count(units, units * after.person_times)
        await workplans.save_output(tx, counted)
        await emit(tx, counted, told(events.OutputCounted, counted))
