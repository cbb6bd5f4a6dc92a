"""Sending again, to one service, what has been published before: the same ids, in batches."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from prometheus_client import Counter

from libs.common.contract import answer
from libs.common.db import Database, Tx, background
from libs.common.ids import first_id_at, new_id
from libs.common.publisher import FOR_REACTION, FOR_SERVICE, Letter, Publisher

log = structlog.get_logger()

BATCH: Final = 500
PAUSE: Final = timedelta(seconds=5)
"""Before what was not confirmed is sent once more, or a source is looked at again."""
OUTBOX: Final = "outbox"
LOG: Final = "log"
_sent = Counter(
    "sanshe_events_resent_total", "Events sent again, confirmed", ["service", "receiver"]
)


@answer
class Resending:
    """Events of some types that are sent again to one service, and how far that has come."""

    id: UUID
    source: str
    """`outbox`, kept seven days, or `log`, which keeps everything."""
    receiver: str
    """The service that is to hear them; its inbox knows what has arrived before."""
    reaction: str | None
    """The one reaction it is for, where a view is rebuilt."""
    types: tuple[str, ...]
    since: datetime
    until: datetime
    """The events whose ids were made from `since` until before this instant."""
    place: int
    sent: int
    asked_at: datetime
    trouble: str | None
    """Why the last batch was not confirmed; `PublishError`: no queue took it."""
    done_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What comes next: events, the place that they reach to, and whether nothing follows."""

    letters: Sequence[Letter]
    place: int
    whole: bool


Source = Callable[[Tx, Resending], Awaitable[Batch]]


async def add(
    tx: Tx,
    source: str,
    receiver: str,
    types: tuple[str, ...],
    since: datetime,
    until: datetime,
    reaction: str | None = None,
) -> Resending:
    """Have these events sent again; the leader begins as soon as this is committed."""
    return await tx.get(
        Resending,
        _ADD,
        new_id(),
        source,
        receiver,
        reaction,
        list(types),
        since,
        until,
        tx.origin.actor,
        tx.wall,
    )


async def list_latest(tx: Tx) -> list[Resending]:
    """The latest two hundred."""
    return await tx.all(Resending, _LATEST)


async def from_outbox(tx: Tx, asked: Resending) -> Batch:
    """What was published in that time, in order; what was not yet, the relay publishes."""
    rows = await tx.all(
        _Placed,
        _FROM_OUTBOX,
        first_id_at(asked.since),
        first_id_at(asked.until),
        list(asked.types),
        asked.place,
        BATCH,
    )
    place = rows[-1].place if rows else asked.place
    return Batch(letters=rows, place=place, whole=len(rows) < BATCH)


class Sender:
    """Carries resendings out, one batch at a time; a kill loses at most the note of one batch."""

    def __init__(
        self, database: Database, publisher: Publisher, sources: Mapping[str, Source]
    ) -> None:
        self._database = database
        self._publisher = publisher
        self._sources = sources

    async def run_once(self) -> bool:
        """Send the next batch that is due; False when none is. No transaction is open meanwhile."""
        async with self._database.transaction(background("resending")) as tx:
            asked = await tx.find(Resending, _NEXT, tx.wall)
            if asked is None:
                return False
            batch = await self._sources[asked.source](tx, asked)
        trouble = await self._publish(asked, batch)
        async with self._database.transaction(background("resending")) as tx:
            if trouble is not None:
                await tx.do(_PUT_OFF, asked.id, tx.wall + PAUSE, type(trouble).__name__)
            else:
                due = tx.wall if batch.place > asked.place else tx.wall + PAUSE
                done = tx.wall if batch.whole else None
                await tx.do(_ADVANCE, asked.id, batch.place, len(batch.letters), due, done)
        return True

    async def _publish(self, asked: Resending, batch: Batch) -> BaseException | None:
        """None when the broker has all of it; if not, all of it is sent once more."""
        if not batch.letters:
            return None
        try:
            outcomes = await self._publisher.publish(batch.letters, *_addressed(asked))
        except Exception as failure:
            outcomes = {asked.id: failure}
        trouble = next((outcome for outcome in outcomes.values() if outcome is not None), None)
        if trouble is not None:
            log.warning("resending-not-confirmed", id=str(asked.id), error=repr(trouble))
            await self.close()
            return trouble
        _sent.labels(self._database.service, asked.receiver).inc(len(batch.letters))
        return None

    async def close(self) -> None:
        """Drop the link to the broker; the next batch makes a new one."""
        await self._publisher.close()


def _addressed(asked: Resending) -> tuple[str, dict[str, str]]:
    """The queue and the headers. A publisher has the one exchange that it always has, and everybody
    else leaves aside what is marked; who keeps the log may write to each service's queue."""
    if asked.source == OUTBOX:
        return "", {FOR_SERVICE: asked.receiver}
    return f"sanshe.{asked.receiver}", {FOR_REACTION: asked.reaction} if asked.reaction else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Placed(Letter):
    place: int


_ADD: Final = """
INSERT INTO resendings (id, source, receiver, reaction, types, since, until, asked_by, asked_at,
                        due_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)
  RETURNING *
"""

_NEXT: Final = """
  SELECT *
    FROM resendings
   WHERE done_at IS NULL
     AND due_at <= $1
     AND asked_at > $1::timestamptz - interval '7 days'
ORDER BY due_at, id
   LIMIT 1
"""

_LATEST: Final = "SELECT * FROM resendings ORDER BY id DESC LIMIT 200"

_ADVANCE: Final = """
UPDATE resendings
   SET place = $2,
       sent = sent + $3,
       due_at = $4,
       trouble = NULL,
       done_at = $5
 WHERE id = $1
"""

_PUT_OFF: Final = "UPDATE resendings SET due_at = $2, trouble = $3 WHERE id = $1"

_FROM_OUTBOX: Final = """
  SELECT place, event_id, type, body
    FROM outbox
   WHERE event_id >= $1
     AND event_id < $2
     AND type = ANY ($3::text[])
     AND published_at IS NOT NULL
     AND place > $4
ORDER BY place
   LIMIT $5
"""
