"""After a database came back from a backup: a new epoch, and word of how far it reaches."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from libs.common import notices
from libs.common.db import Database, Tx, background
from libs.common.ids import made_at
from libs.common.outbox import emit

NAMED: Final = 1_000
"""Ids that the notice names: commits do not come in the order of ids, but nearly so."""
MILLISECOND: Final = timedelta(milliseconds=1)
SPAN: Final = timedelta(minutes=10)
BEGINNING: Final = datetime(2020, 1, 1, tzinfo=UTC)
"""Before the first event there is."""


class StillRunning(SystemExit):
    """The service uses its database: stop its API and worker first, then call this again."""


class _Database:
    """What is told of a database is told of the one that the service has."""

    id = "database"


async def begin_epoch(database: Database) -> int:
    """Raise the epoch, count every subject from 1 again, and tell how far this database reaches.

    With the owner's rights, while the service is stopped: a process keeps the epoch that it
    started in. Minutes since 1970, so that two restores of one backup begin two epochs.
    """
    async with database.transaction(background("restore")) as tx:
        if sessions := await tx.value(_SESSIONS, f"sanshe_{database.service}"):
            raise StillRunning(f"{StillRunning.__doc__} {sessions} sessions are open.")
        epoch: int = await tx.value(_RAISE, tx.wall)
        tx.city = replace(tx.city, epoch=epoch)
        known = await tx.all(UUID, _LATEST, NAMED)
        await tx.do("DELETE FROM subjects")
        await emit(tx, _Database(), await _reach(tx, epoch, known))
    return epoch


async def _reach(tx: Tx, epoch: int, known: list[UUID]) -> Any:
    if known:
        since, named = reach(known)
    else:
        since, named = await tx.value(_LAST_HOUR) or BEGINNING, ()
    return notices.database_restored(tx.service)(epoch=epoch, since=since, known=named)


def reach(known: Sequence[UUID]) -> tuple[datetime, tuple[UUID, ...]]:
    """Until when everything is here, of the latest ids that are, and which ids there are later.

    Of the millisecond of the last of `NAMED` there may be more, which are not named.
    """
    oldest = made_at(known[-1])
    if len(known) == NAMED:
        oldest += MILLISECOND
    since = max(oldest, made_at(known[0]) - SPAN)
    return since, tuple(id for id in known if made_at(id) >= since)


_SESSIONS: Final = """
SELECT count(*)
  FROM pg_stat_activity
 WHERE datname = current_database()
   AND usename = $1
"""

_RAISE: Final = """
   UPDATE city
      SET epoch = greatest(epoch + 1, (extract(epoch FROM $1::timestamptz) / 60)::integer)
RETURNING epoch
"""

_LATEST: Final = "SELECT event_id FROM outbox ORDER BY event_id DESC LIMIT $1"
_LAST_HOUR: Final = "SELECT max(hour) FROM totals WHERE direction = 'emitted'"
