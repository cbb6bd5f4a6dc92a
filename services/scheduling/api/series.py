"""Series: activities that recur."""

from typing import Final
from uuid import UUID

from libs.common.changes import followed
from libs.common.contract import BasisPoints, Count, Day, DivisionCode, Instant, Name, body, told
from libs.common.db import Tx
from libs.common.http import Call, Routes
from libs.common.ids import new_id
from libs.common.outbox import emit
from libs.common.pages import DeltaRequest, Page, page
from services.scheduling import actions, events
from services.scheduling.api.activities import holder_of
from services.scheduling.domain.activities import Basis, Kind
from services.scheduling.domain.series import Series, occurrences
from services.scheduling.store import activities, policies, workplans

routes: Final = Routes()


@body
class SeriesDraft:
    """What recurs, by which rule (a part of RFC 5545), until which day."""

    basis: Basis
    kind: Kind
    title: Name
    agreement_id: UUID | None = None
    output_id: UUID | None = None
    organisation_id: UUID | None = None
    division: DivisionCode
    place: Name
    rrule: Name
    first_starts_at: Instant
    minutes: BasisPoints
    until: Day
    expected_persons: Count = 0


@routes.post("/series", scope="scheduling:plan", status=201)
async def plan_series(tx: Tx, call: Call, body: SeriesDraft) -> Series:
    """Plan all occurrences at once: a community's are published, others are drafts.

    Rules: FREQ=DAILY, FREQ=WEEKLY;BYDAY=…, FREQ=MONTHLY;BYMONTHDAY=… (-1 is the last day),
    each with INTERVAL if wanted; times are of Asia/Shanghai; the policy limits the horizon.
    """
    organisation = await holder_of(tx, call, body.basis, body.organisation_id, body.division)
    policy = await policies.get_policy(tx, tx.today)
    starts = occurrences(body.rrule, body.first_starts_at, body.until, policy.rules)
    series = told(
        Series,
        body,
        id=new_id(),
        version=1,
        organisation_id=organisation,
        occurrences=len(starts),
        policy_version=policy.version,
    )
    await workplans.add_series(tx, series)
    for plan in series.plans(starts, body.expected_persons):
        activity = await actions.plan_activity(tx, plan, policy, series.id)
        if series.basis == "community":
            published = activity.publish(tx.now, has_lead=False)
            await activities.save_activity(tx, published)
            await emit(tx, published, told(events.ActivityPublished, published))
    return series


@routes.get("/series", scope="scheduling:read")
async def list_series(tx: Tx, call: Call, page_request: DeltaRequest) -> Page[Series]:
    """Series of the caller's."""
    asked = await followed(
        tx, page_request, "series", places=call.rows.divisions, owners=call.rows.owners
    )
    return await page(tx, asked, await workplans.list_series(tx, call.rows, asked))
