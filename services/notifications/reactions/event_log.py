"""Every event of the platform goes into the log, and from there into the feed."""

from typing import Final

from libs.common.bus import Reactions
from libs.common.db import Tx
from libs.common.envelope import Envelope
from services.notifications.catalogue import TYPES
from services.notifications.store import event_log as store

reactions: Final = Reactions()


@reactions.every(sorted(TYPES))
async def event_log(tx: Tx, heard: Envelope) -> None:
    """Keep the event, and number what can be numbered with it.

    The lock is the first statement, so whoever waits for it sees all that was numbered before.
    """
    await store.lock_numbering(tx)
    await store.add_event(tx, heard)
    await store.number_events(tx, heard.source, heard.subject, heard.epoch)
