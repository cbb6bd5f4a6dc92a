"""Observers 现场监督员: named, waived, and what they record."""

from typing import Final
from uuid import UUID

from libs.common.contract import Count, Token, body, told
from libs.common.db import Tx
from libs.common.errors import NotFound
from libs.common.http import Call, Routes
from libs.common.ids import new_id
from libs.common.jobs import clear_timers, set_timer
from libs.common.outbox import emit
from services.scheduling import events
from services.scheduling.domain.activities import Activity
from services.scheduling.domain.observations import (
    Bonds,
    NotTheObserver,
    Observation,
    Side,
    check_observer,
    name_observer,
    waive,
)
from services.scheduling.domain.policies import Policy
from services.scheduling.store import activities, policies, workers, workplans
from services.scheduling.store import observations as store

routes: Final = Routes()


@body
class Observer:
    """Who is to observe, from which side, and for which organisation if any."""

    person: Token
    side: Side
    organisation_id: UUID | None = None


@body
class Waiver:
    """Why no observer is needed for once: a code of the policy."""

    reason: Token


@body
class Record:
    """How many the observer counted, and a remark as a code."""

    counted: Count
    remark_code: Token | None = None


@routes.post("/activities/{activity_id}/observer", scope="scheduling:name-observer")
async def assign_observer(tx: Tx, call: Call, activity_id: UUID, body: Observer) -> Observation:
    """Name an observer, or another one: nobody of the agency, and nobody tied to it."""
    activity = await activities.lock_activity(tx, activity_id, call.rows)
    call.expect(activity)
    bonds = await _bonds(tx, activity, body)
    policy = await policies.get_policy(tx, tx.today)
    earlier = await store.lock_observation(tx, activity.id)
    if earlier is None:
        named = name_observer(new_id(), activity, body.person, body.side, bonds, policy, tx.now)
        await store.add_observation(tx, named)
    else:
        check_observer(activity, bonds, tx.now)
        named = earlier.reassign(body.person, body.side)
        await store.save_observation(tx, named)
    await _await_record(tx, activity, named, policy)
    await emit(tx, named, told(events.ObservationAssigned, named, title=activity.title))
    return named


@routes.post("/activities/{activity_id}/waiver", scope="scheduling:waive")
async def waive_observer(tx: Tx, call: Call, activity_id: UUID, body: Waiver) -> Observation:
    """Let an activity go without an observer, within the share that the policy allows."""
    activity = await activities.lock_activity(tx, activity_id, call.rows)
    call.expect(activity)
    policy = await policies.get_policy(tx, tx.today)
    agreement_id = activity.observed_under()
    await workplans.lock_agreement(tx, agreement_id)
    counts = await activities.count_activities(tx, agreement_id)
    waived = waive(new_id(), activity, body.reason, counts, policy)
    await store.add_observation(tx, waived)
    await activities.save_activity(tx, activity.observed("waived"))
    await emit(tx, waived, told(events.ObservationWaived, waived, title=activity.title))
    return waived


@routes.post("/activities/{activity_id}/observation", scope="scheduling:observe")
async def record_observation(tx: Tx, call: Call, activity_id: UUID, body: Record) -> Observation:
    """What the assigned observer saw; their count stands beside the organisation's."""
    activity = await activities.lock_activity(tx, activity_id, call.rows)
    call.expect(activity)
    observation = await store.lock_observation(tx, activity.id)
    if observation is None:
        raise NotTheObserver
    policy = await policies.get_policy(tx, tx.today)
    made = observation.make(call.person, body.counted, body.remark_code, tx.now, policy.rules)
    await store.save_observation(tx, made)
    await activities.save_activity(tx, activity.observed("made"))
    await clear_timers(tx, "miss-observation", activity.id)
    await emit(tx, made, told(events.ObservationMade, made, title=activity.title))
    return made


@routes.get("/activities/{activity_id}/observation", scope="scheduling:watch")
async def read_observation(tx: Tx, call: Call, activity_id: UUID) -> Observation:
    """The observation of an activity, with those to be called back if it was missed."""
    activity = await activities.get_activity(tx, activity_id, call.rows)
    observation = await store.find_observation(tx, activity.id)
    if observation is None:
        raise NotFound("observation")
    return observation


async def _bonds(tx: Tx, activity: Activity, observer: Observer) -> Bonds:
    """What binds the person, or the organisation that sends them, to the agency."""
    agency = activity.organisation_id
    return Bonds(
        works_there=agency == observer.organisation_id
        or await workers.works_for(tx, observer.person, agency),
        tied=await workers.is_tied(tx, observer.person, agency),
    )


async def _await_record(
    tx: Tx, activity: Activity, observation: Observation, policy: Policy
) -> None:
    await activities.save_activity(tx, activity.observed("assigned"))
    closes = observation.closes_at(policy.rules)
    await set_timer(tx, "miss-observation", activity.id, closes)
