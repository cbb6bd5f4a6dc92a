"""Attendance: named check-ins one by one or in batches, headcounts, withdrawals."""

from typing import Annotated, Final, Literal
from uuid import UUID

from libs.common.changes import followed
from libs.common.contract import Count, Instant, Some, Token, answer, body, told
from libs.common.db import Tx
from libs.common.errors import Refusal
from libs.common.http import Call, Routes
from libs.common.ids import new_id
from libs.common.pages import DeltaRequest, Page, page
from services.scheduling import actions
from services.scheduling.domain.attendance import (
    Arrival,
    AttendanceSettled,
    CheckIn,
    CountedBy,
    Draft,
    Headcount,
    Method,
    Outcome,
    check_open,
    waves,
)
from services.scheduling.domain.observations import NotTheObserver
from services.scheduling.store import activities, observations, policies
from services.scheduling.store import attendance as store

routes: Final = Routes()


@body
class CheckInBody:
    """Who was there, at the device's time, taken by which device and collector."""

    recipient_ref: Token
    at: Instant
    device: Token
    collector: Token | None = None


@body
class BatchItem(CheckInBody):
    """The same, under the id that the device has given it."""

    id: UUID


@body
class Batch:
    """What a device has gathered while it was offline."""

    check_ins: Annotated[tuple[BatchItem, ...], Some(1, 200)]


@body
class HeadcountBody:
    """How many were present, counted or estimated, and by whom."""

    count: Count
    method: Method
    by: CountedBy


@answer
class CheckInKept:
    """What became of a check-in; a draft stands beside another content under the same id."""

    id: UUID
    activity_id: UUID
    outcome: Literal["created", "same", "draft"]
    draft: bool


@answer
class ItemOutcome:
    """What became of one check-in of a batch; `code` says why it was refused."""

    id: UUID
    outcome: Outcome
    code: str | None


@answer
class BatchOutcome:
    """What became of each, in the order of the batch."""

    items: tuple[ItemOutcome, ...]
    created: int
    same: int
    drafts: int
    refused: int


@routes.put(
    "/activities/{activity_id}/check-ins/{check_in_id}", scope="scheduling:attend", creates=True
)
async def check_in(
    tx: Tx, call: Call, activity_id: UUID, check_in_id: UUID, body: CheckInBody
) -> CheckInKept:
    """Check a person in under an id made by the device; judged at the device's time.

    The same again is 200; other content under the same id is kept as a draft beside it.
    """
    activity = await activities.get_own_activity(tx, activity_id, call.rows)
    rules = (await policies.get_policy(tx, tx.today)).rules
    check_open(activity, tx.now, rules)
    arrival = told(Arrival, body, id=check_in_id)
    [outcome] = await actions.record_check_ins(tx, activity, [arrival], call.person, rules)
    if isinstance(outcome, Refusal):
        raise outcome
    assert outcome != "refused", "a refusal is raised"
    call.created = outcome == "created"
    return CheckInKept(
        id=check_in_id, activity_id=activity.id, outcome=outcome, draft=outcome == "draft"
    )


@routes.post("/activities/{activity_id}/check-in-batches", scope="scheduling:attend")
async def check_in_batch(tx: Tx, call: Call, activity_id: UUID, body: Batch) -> BatchOutcome:
    """Check many in at once: what is refused names its reason, and the rest is kept."""
    activity = await activities.get_own_activity(tx, activity_id, call.rows)
    rules = (await policies.get_policy(tx, tx.today)).rules
    check_open(activity, tx.now, rules)
    arrivals = [told(Arrival, item) for item in body.check_ins]
    found: dict[int, Outcome | Refusal] = {}
    for places in waves(arrivals):
        wave = [arrivals[place] for place in places]
        outcomes = await actions.record_check_ins(tx, activity, wave, call.person, rules)
        found.update(zip(places, outcomes, strict=True))
    return _summary([_item(arrivals[place].id, found[place]) for place in sorted(found)])


@routes.post(
    "/activities/{activity_id}/check-ins/{check_in_id}/withdrawal", scope="scheduling:attend"
)
async def withdraw_check_in(
    tx: Tx, call: Call, activity_id: UUID, check_in_id: UUID
) -> CheckInKept:
    """Take a mistaken check-in back; another one of the same person counts in its place."""
    activity = await activities.lock_own_activity(tx, activity_id, call.rows)
    call.expect(activity)
    if activity.status == "accepted" and not activity.provisional:
        raise AttendanceSettled
    mistaken = await store.lock_check_in(tx, activity.id, check_in_id)
    withdrawn = mistaken.withdraw()
    await store.save_check_in(tx, withdrawn)
    await actions.tell_attendance(tx, activity, withdrawn)
    other = await store.lock_next_of_person(tx, mistaken) if mistaken.counts else None
    if other is not None:
        counting = other.count()
        await store.save_check_in(tx, counting)
        await actions.tell_attendance(tx, activity, counting)
    return CheckInKept(id=check_in_id, activity_id=activity.id, outcome="same", draft=False)


@routes.post("/activities/{activity_id}/headcounts", scope="scheduling:count", status=201)
async def count_heads(tx: Tx, call: Call, activity_id: UUID, body: HeadcountBody) -> Headcount:
    """How many were present, without names; by staff, or by the assigned observer."""
    lock = activities.lock_activity if body.by == "observer" else activities.lock_own_activity
    activity = await lock(tx, activity_id, call.rows)
    call.expect(activity)
    rules = (await policies.get_policy(tx, tx.today)).rules
    check_open(activity, tx.now, rules)
    if body.by == "observer":
        observation = await observations.find_observation(tx, activity.id)
        if observation is None or observation.observer != call.person:
            raise NotTheObserver
    headcount = told(
        Headcount, body, id=new_id(), activity_id=activity.id, person=call.person, at=tx.now
    )
    await store.add_headcount(tx, headcount)
    return headcount


@routes.get("/activities/{activity_id}/attendance", scope="scheduling:attendance")
async def list_attendance(
    tx: Tx, call: Call, activity_id: UUID, page_request: DeltaRequest
) -> Page[CheckIn]:
    """The sign-in sheet by reference, for the organisation itself; `counts` once a person."""
    activity = await activities.get_own_activity(tx, activity_id, call.rows)
    asked = await followed(tx, page_request, "check_ins", owners=[activity.id])
    return await page(tx, asked, await store.list_check_ins(tx, activity.id, asked))


@routes.get("/activities/{activity_id}/check-in-drafts", scope="scheduling:attendance")
async def list_drafts(
    tx: Tx, call: Call, activity_id: UUID, page_request: DeltaRequest
) -> Page[Draft]:
    """What contradicts a check-in under the same id, for a person to look at."""
    activity = await activities.get_own_activity(tx, activity_id, call.rows)
    asked = await followed(tx, page_request, "check_in_drafts", owners=[activity.id])
    return await page(tx, asked, await store.list_drafts(tx, activity.id, asked))


def _item(check_in_id: UUID, outcome: Outcome | Refusal) -> ItemOutcome:
    if isinstance(outcome, Refusal):
        return ItemOutcome(id=check_in_id, outcome="refused", code=outcome.code)
    return ItemOutcome(id=check_in_id, outcome=outcome, code=None)


def _summary(items: list[ItemOutcome]) -> BatchOutcome:
    outcomes = [item.outcome for item in items]
    return BatchOutcome(
        items=tuple(items),
        created=outcomes.count("created"),
        same=outcomes.count("same"),
        drafts=outcomes.count("draft"),
        refused=outcomes.count("refused"),
    )
