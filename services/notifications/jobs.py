"""What notifications does when a day comes: agreements with other systems end."""

from typing import Final
from uuid import UUID

from libs.common.auth import ALL_ROWS
from libs.common.contract import told
from libs.common.db import Tx
from libs.common.jobs import Jobs
from libs.common.outbox import emit
from services.notifications import events
from services.notifications.actions import EXPIRE, WARN
from services.notifications.store import subscriptions as store

jobs: Final = Jobs()


@jobs.due(WARN)
async def warn_of_subscription(tx: Tx, subject: str) -> None:
    """The last day of a subscription is near: whoever answers for it is reminded."""
    found = await store.lock_subscription(tx, UUID(subject), ALL_ROWS)
    if found.expires_soon(tx.today):
        await emit(tx, found, told(events.SubscriptionExpiring, found))


@jobs.due(EXPIRE)
async def expire_subscription(tx: Tx, subject: str) -> None:
    """The last day of a subscription is over; readers were stopped by the day itself."""
    found = await store.lock_subscription(tx, UUID(subject), ALL_ROWS)
    expired = found.expire(tx.today)
    if expired is not None:
        await store.save_subscription(tx, expired)
        await emit(tx, expired, told(events.SubscriptionExpired, expired))
