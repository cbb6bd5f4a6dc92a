"""A view of another service was emptied: it gets from the log what it had heard."""

from datetime import UTC, datetime, timedelta
from typing import Final

from libs.common import resending
from libs.common.contract import event
from libs.common.db import Tx
from libs.common.notices import VIEW_EMPTIED
from services.notifications.catalogue import TYPES
from services.notifications.reactions.event_log import reactions

BEGINNING: Final = datetime(2020, 1, 1, tzinfo=UTC)
"""Before the first event there is."""
UNDER_WAY: Final = timedelta(minutes=1)
"""What was told before the emptying reaches the log within this time, or is held back in it."""


@event(*sorted(kind for kind in TYPES if kind.endswith(f".{VIEW_EMPTIED}")))
class ViewEmptied:
    """Which view of the service is to be filled again, and with what."""

    view: str
    types: tuple[str, ...]


@reactions.effect(ViewEmptied)
async def send_log_again(tx: Tx, heard: ViewEmptied) -> None:
    """Send the log of those types to the queue of that service, for that view alone."""
    receiver = tx.cause.source.rpartition(":")[2]
    until = tx.wall + UNDER_WAY
    await resending.add(tx, resending.LOG, receiver, heard.types, BEGINNING, until, heard.view)
