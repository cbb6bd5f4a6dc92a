"""A service's database came from a backup: what it has forgotten is in the log."""

from datetime import datetime
from uuid import UUID

from libs.common.contract import event
from libs.common.db import Tx
from libs.common.notices import DATABASE_RESTORED
from services.notifications.catalogue import TYPES
from services.notifications.reactions.event_log import reactions
from services.notifications.store import restorations as store


@event(*sorted(kind for kind in TYPES if kind.endswith(f".{DATABASE_RESTORED}")))
class DatabaseRestored:
    """How far the restored database reaches."""

    epoch: int
    since: datetime
    known: tuple[UUID, ...]


@reactions.effect(DatabaseRestored)
async def note_restoration(tx: Tx, heard: DatabaseRestored) -> None:
    """Note it, so that what the service has forgotten is listed for a person to decide on."""
    await store.add_restoration(tx, tx.cause.source, heard.epoch, heard.since, heard.known)
