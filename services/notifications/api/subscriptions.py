"""Subscriptions: proposed by one official, approved by two others, stopped by any."""

from typing import Any, Final
from uuid import UUID

from libs.common.contract import Day, Text, body, told
from libs.common.db import Tx
from libs.common.http import Call, Routes
from libs.common.ids import new_id
from libs.common.outbox import emit
from libs.common.pages import Page, PageRequest, page
from services.notifications import actions, events
from services.notifications.catalogue import TYPES
from services.notifications.domain.subscriptions import Subscription, Terms, propose
from services.notifications.store import subscriptions as store

routes: Final = Routes()


@body
class Extension:
    """A later last day."""

    until_day: Day


@body
class Reason:
    """Why it is stopped, without a word of any person."""

    reason: Text


@routes.post("/subscriptions", scope="notifications:subscribe", status=201)
async def propose_subscription(tx: Tx, call: Call, body: Terms) -> Subscription:
    """Propose an agreement with another system of government; it gives nothing until two others
    have approved it."""
    own = call.caller.divisions
    proposed = propose(new_id(), body, call.person, own=own, known=TYPES, today=tx.today)
    await store.add_subscription(tx, proposed)
    await emit(tx, proposed, told(events.SubscriptionProposed, proposed))
    return proposed


@routes.post("/subscriptions/{subscription_id}/approvals", scope="notifications:subscribe")
async def approve_subscription(tx: Tx, call: Call, subscription_id: UUID) -> Subscription:
    """Approve what another has proposed; the second approval puts it in force."""
    found = await _lock(tx, call, subscription_id)
    approved = found.approve(call.person, tx.today)
    await store.save_subscription(tx, approved)
    if approved.proposed_until is None:
        await emit(tx, approved, told(events.SubscriptionApproved, approved))
        await actions.set_timers(tx, approved)
    return approved


@routes.post("/subscriptions/{subscription_id}/extension", scope="notifications:subscribe")
async def extend_subscription(
    tx: Tx, call: Call, subscription_id: UUID, body: Extension
) -> Subscription:
    """Propose a later last day; until two others approve it the former one holds."""
    extended = (await _lock(tx, call, subscription_id)).extend(
        call.person, body.until_day, tx.today
    )
    return await _save(tx, extended, events.SubscriptionProposed)


@routes.post("/subscriptions/{subscription_id}/suspension", scope="notifications:subscribe")
async def suspend_subscription(
    tx: Tx, call: Call, subscription_id: UUID, body: Reason
) -> Subscription:
    """Stop a subscription at once, until it is resumed: one person is enough for that."""
    suspended = (await _lock(tx, call, subscription_id)).suspend(body.reason)
    return await _save(tx, suspended, events.SubscriptionSuspended)


@routes.post("/subscriptions/{subscription_id}/resumption", scope="notifications:subscribe")
async def resume_subscription(tx: Tx, call: Call, subscription_id: UUID) -> Subscription:
    """Let a suspended subscription go on as it was approved."""
    resumed = (await _lock(tx, call, subscription_id)).resume()
    return await _save(tx, resumed, events.SubscriptionResumed)


@routes.post("/subscriptions/{subscription_id}/end", scope="notifications:subscribe")
async def end_subscription(tx: Tx, call: Call, subscription_id: UUID, body: Reason) -> Subscription:
    """End a subscription before its last day, or decline what is proposed; it stops at once."""
    ended = (await _lock(tx, call, subscription_id)).end(body.reason)
    return await _save(tx, ended, events.SubscriptionEnded)


@routes.get("/subscriptions", scope="notifications:read-subscriptions")
async def list_subscriptions(tx: Tx, call: Call, page_request: PageRequest) -> Page[Subscription]:
    """Agreements with other systems on events of the caller's divisions alone."""
    found = await store.list_subscriptions(tx, call.rows, page_request)
    return await page(tx, page_request, found)


@routes.get("/subscriptions/{subscription_id}", scope="notifications:read-subscriptions")
async def get_subscription(tx: Tx, call: Call, subscription_id: UUID) -> Subscription:
    """One agreement with another system."""
    return await store.get_subscription(tx, subscription_id, call.rows)


async def _lock(tx: Tx, call: Call, subscription_id: UUID) -> Subscription:
    found = await store.lock_subscription(tx, subscription_id, call.rows)
    call.expect(found)
    return found


async def _save(tx: Tx, one: Subscription, event: type[Any]) -> Subscription:
    await store.save_subscription(tx, one)
    await emit(tx, one, told(event, one))
    return one
