"""What commands, timers and readers of subscriptions have in common."""

from libs.common.clock import end_of, start_of
from libs.common.db import Tx
from libs.common.http import Call
from libs.common.jobs import clear_timers, set_timer
from services.notifications.domain.subscriptions import (
    WARNED_BEFORE,
    Subscription,
    why_nothing,
)
from services.notifications.store import subscriptions as store

EXPIRE = "expire-subscription"
WARN = "warn-of-subscription"


async def set_timers(tx: Tx, one: Subscription) -> None:
    """Warn before its last day, unless that is near as it is approved; expire after it."""
    assert one.until_day is not None, "what is approved has a last day"
    for job in (WARN, EXPIRE):
        await clear_timers(tx, job, one.id)
    warned_at = start_of(one.until_day - WARNED_BEFORE)
    if warned_at > tx.now:
        await set_timer(tx, WARN, one.id, warned_at)
    await set_timer(tx, EXPIRE, one.id, end_of(one.until_day))


async def bound_account(tx: Tx, call: Call) -> str | None:
    """The account whose agreements bound what is read; none for those who serve the city."""
    if call.is_any("official", "auditor", "operator"):
        return None
    account = call.caller.subject
    found = await store.list_of_account(tx, account)
    if not any(one.is_in_force(tx.today) for one in found):
        raise why_nothing(found)
    return account
