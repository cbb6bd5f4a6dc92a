"""What scheduling does when time passes."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from libs.common.clock import legal_day
from libs.common.contract import told
from libs.common.db import Tx
from libs.common.jobs import Jobs
from libs.common.outbox import emit
from services.scheduling import actions, events
from services.scheduling.domain.workplans import lags
from services.scheduling.store import activities, observations, policies, workplans

jobs: Final = Jobs()


@jobs.due("look-at-progress")
async def look_at_progress(tx: Tx, subject: str) -> None:
    """At a month's end, tell which outputs are behind; an agreement that has ended is left."""
    plan = await workplans.lock_workplan(tx, UUID(subject))
    as_of = legal_day(tx.now - timedelta(microseconds=1))
    if plan.status != "in_force" or as_of > plan.to_day:
        return
    policy = await policies.get_policy(tx, as_of)
    for lag in lags(plan, as_of, policy.rules.behind_bp):
        behind = told(events.WorkplanBehind, lag, id=plan.id, agreement_id=plan.id, as_of=as_of)
        await emit(tx, plan, behind)


@jobs.due("miss-observation")
async def miss_observation(tx: Tx, subject: str) -> None:
    """The observer recorded nothing: the activity stays, unobserved, and some are called back."""
    activity = await activities.lock_activity_for_job(tx, UUID(subject))
    observation = await observations.lock_observation(tx, activity.id)
    if observation is None or observation.status != "assigned":
        return
    if activity.status in ("draft", "cancelled"):
        return
    rules = (await policies.get_policy(tx, tx.today)).rules
    refs = await observations.draw_call_backs(tx, activity.id, rules.call_backs)
    missed = observation.miss(refs)
    await observations.save_observation(tx, missed)
    await activities.save_activity(tx, activity.observed("missed"))
    await emit(tx, missed, told(events.ObservationMissed, missed, title=activity.title))


@jobs.due("accept-in-silence")
async def accept_in_silence(tx: Tx, subject: str) -> None:
    """The reviewer kept silent for the days of the policy: accepted provisionally, and flagged."""
    activity = await activities.lock_activity_for_job(tx, UUID(subject))
    if activity.status != "reported" or activity.review_due_at != tx.now:
        return
    policy = await policies.get_policy(tx, tx.today)
    await actions.accept_report(tx, activity, policy, None)
