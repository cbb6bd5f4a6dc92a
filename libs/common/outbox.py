"""Telling others: `emit` writes an event beside the change, the relay publishes it in order."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final, Protocol
from uuid import UUID

import asyncpg
import structlog
from prometheus_client import Counter, Gauge, Histogram

from libs.common import clock
from libs.common.db import Database, Tx
from libs.common.envelope import Envelope, encode_around_sequence
from libs.common.errors import Unreachable
from libs.common.ids import age_of, new_id
from libs.common.publisher import REFUSED, Letter, Outcomes, Publisher

log = structlog.get_logger()

BATCH: Final = 500
POLL_SECONDS: Final = 0.25
NOTIFY_PAUSE: Final = 0.05
DELAYS: Final = (0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 900, 3600)
"""Seconds on the way of an event: what is usual, what is promised, what an outage makes."""
_delay = Histogram(
    "sanshe_outbox_publish_seconds",
    "From the making of an event until the broker has confirmed it",
    ["service"],
    buckets=DELAYS,
)
_refused = Counter("sanshe_outbox_refused_total", "Events returned or refused", ["service"])
_unconfirmed = Counter(
    "sanshe_outbox_unconfirmed_total", "Events sent without an answer, and sent again", ["service"]
)
_age = Gauge(
    "sanshe_outbox_oldest_age_seconds",
    "Age of the oldest unpublished event that is not held back",
    ["service"],
)
_beat = Gauge("sanshe_relay_heartbeat_timestamp_seconds", "When the relay last looked", ["service"])


class Aggregate(Protocol):
    """Anything with an identity that events are told of."""

    @property
    def id(self) -> UUID | str: ...


async def emit(tx: Tx, aggregate: Aggregate, event: Any) -> None:
    """Tell an event of this aggregate, if and only if the transaction commits.

    The subject's counter is raised first, and its row stays locked until the commit: whoever
    speaks of the same subject waits, so the order of `place` is the order of `sequence`.
    """
    origin, city, subject = tx.origin, tx.city, str(aggregate.id)
    envelope = Envelope(
        id=new_id(),
        type=type(event).event_types[0],
        source=f"urn:sanshe:{city.division}:{tx.service}",
        subject=subject,
        time=await tx.telling_time(),
        sequence=0,
        epoch=city.epoch,
        division=getattr(aggregate, "division", None) or city.division,
        correlation=origin.correlation,
        causation=origin.causation,
        actor=origin.actor,
        rehearsal=city.rehearsal,
        data=event,
    )
    head, tail = encode_around_sequence(envelope)
    await tx.do(_TELL, subject, envelope.id, envelope.type, head, tail)


class Bell:
    """Wakes the leader's loops: at once in this process, by a throttled NOTIFY in others."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiters: set[asyncio.Event] = set()
        self._notified = 0.0
        self.local = False
        """True while this process holds the leader, who needs no NOTIFY."""

    async def ring(self) -> None:
        """Say that something may have been written; called after a commit."""
        self.heard()
        if not self.local and time.monotonic() - self._notified > NOTIFY_PAUSE:
            self._notified = time.monotonic()
            # What was committed stays so: the leader looks again by itself.
            with suppress(Unreachable):
                await self._database.notify("outbox")

    def heard(self, *_: object) -> None:
        """Something has been written here, or a NOTIFY of another process has arrived."""
        for waiter in self._waiters:
            waiter.set()

    @contextmanager
    def waiter(self) -> Iterator["Waiter"]:
        """One loop's own ear for the bell: no ring between two waits is missed."""
        event = asyncio.Event()
        self._waiters.add(event)
        try:
            yield Waiter(event)
        finally:
            self._waiters.discard(event)


class Waiter:
    """Waits for the bell, but never longer than a poll."""

    def __init__(self, event: asyncio.Event) -> None:
        self._event = event

    async def wait(self, seconds: float = POLL_SECONDS) -> None:
        """Until rung, or for that long."""
        # No wait_for: until Python 3.12 it swallows a cancellation that comes with the ring, and
        # whoever waits in a loop would then go on for ever.
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._event.wait()
        self._event.clear()


class Unconfirmed(Exception):
    """The broker has not said what became of some rows."""


class Relay:
    """Publishes unpublished rows in order, with confirms, on the leader's connection."""

    def __init__(self, service: str, publisher: Publisher) -> None:
        self._publisher = publisher
        self._service = service
        self._delay = _delay.labels(service)
        self._refused = _refused.labels(service)
        self._unconfirmed = _unconfirmed.labels(service)

    async def run_once(self, connection: asyncpg.Connection, lock: asyncio.Lock) -> int:
        """Publish one batch; how many rows there were. Raises if the broker did not say what
        became of each: what is unknown is sent again."""
        _beat.labels(self._service).set_to_current_time()
        async with lock:
            rows = await connection.fetch(_UNPUBLISHED, clock.wall(), BATCH)
        _age.labels(self._service).set(_oldest(rows))
        if not rows:
            return 0
        outcomes = await self._publish([Letter(**row) for row in rows])
        done = [id for id, failure in outcomes.items() if failure is None]
        refused = [id for id, failure in outcomes.items() if isinstance(failure, REFUSED)]
        async with lock, connection.transaction():
            if done:
                await connection.execute(_MARK, done, clock.wall())
            if refused:
                await connection.execute(_HOLD_BACK, refused, clock.wall())
        for event_id in done:
            self._delay.observe(age_of(event_id))
        if refused:
            log.warning("events-refused", count=len(refused), error=repr(outcomes[refused[0]]))
            self._refused.inc(len(refused))
        if unknown := len(rows) - len(done) - len(refused):
            self._unconfirmed.inc(unknown)
            raise Unconfirmed(f"{unknown} rows")
        return len(rows)

    async def _publish(self, letters: list[Letter]) -> Outcomes:
        # A step by itself: the fault laboratory kills a worker just before it.
        return await self._publisher.publish(letters)

    async def close(self) -> None:
        """Drop the link to the broker; the next batch makes a new one."""
        await self._publisher.close()

    async def retire(self) -> None:
        """Close, and show nothing that only a leader knows."""
        await self.close()
        for gauge in (_age, _beat):
            gauge.remove_by_labels({"service": self._service})


def _oldest(rows: list[asyncpg.Record]) -> float:
    if not rows:
        return 0.0
    return age_of(rows[0]["event_id"])


_TELL: Final = """
WITH counted AS (
    INSERT INTO subjects AS known (id, sequence)
         VALUES ($1, 1)
    ON CONFLICT (id) DO UPDATE SET sequence = known.sequence + 1
      RETURNING sequence)
INSERT INTO outbox (event_id, type, subject, body)
     SELECT $2, $3, $1, $4::bytea || convert_to(lpad(sequence::text, 19, '0'), 'UTF8') || $5::bytea
       FROM counted
"""

_UNPUBLISHED: Final = """
  SELECT event_id, type, body
    FROM outbox AS mine
   WHERE published_at IS NULL
     AND NOT EXISTS (SELECT FROM outbox AS earlier
                      WHERE earlier.subject = mine.subject
                        AND earlier.place <= mine.place
                        AND earlier.published_at IS NULL
                        AND earlier.retry_at > $1)
ORDER BY place
   LIMIT $2
"""

_MARK: Final = """
WITH marked AS (
       UPDATE outbox
          SET published_at = $2
        WHERE event_id = ANY ($1::uuid[])
          AND published_at IS NULL
    RETURNING event_id, type)
INSERT INTO totals AS known (direction, reaction, type, hour, lane, count, xor)
     SELECT 'emitted', '', type, hour_of(event_id), 0, count(*), bit_xor(bits_of(event_id))
       FROM marked
   GROUP BY type, hour_of(event_id)
ON CONFLICT (direction, reaction, type, hour, lane)
  DO UPDATE SET count = known.count + excluded.count, xor = known.xor # excluded.xor
"""

_HOLD_BACK: Final = """
UPDATE outbox
   SET attempts = attempts + 1,
       retry_at = $2::timestamptz + least(60, power(2, least(attempts, 6))) * interval '1 second'
 WHERE event_id = ANY ($1::uuid[])
"""
