"""What every service answers about itself: its totals, its rehearsal clock, whether it is quiet."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from libs.common.bus import Reactions
from libs.common.contract import Instant, answer, body
from libs.common.db import Tx
from libs.common.errors import Unknown
from libs.common.http import Call, Routes
from libs.common.listening import TypeTotal, count_heard

READ: Final = "operations:read"
REPAIR: Final = "operations:repair"
PROBE: Final = "operations:probe"
MOVE_CLOCK: Final = "rehearsal:move-clock"


@answer
class EventTotals:
    """What this service has emitted, and what each of its reactions has heard."""

    emitted: list[TypeTotal]
    heard: list[TypeTotal]


@answer
class Settled:
    """Whether this service is quiet at its instant, judged from its database alone."""

    settled: bool
    clock: datetime
    next_due: datetime | None
    """When the next timer is due; nobody may move the clock past it."""
    due_jobs: int
    unpublished: int
    waiting: int
    parked: int
    emitted: list[TypeTotal]
    heard: list[TypeTotal]


@body
class NewInstant:
    """Where a rehearsal's clock is moved to; an instant in the past moves nothing."""

    instant: Instant


@answer
class ClockReading:
    """The business clock of this service."""

    instant: datetime


async def count_emitted(tx: Tx) -> list[TypeTotal]:
    """Sums over all hours of what was told, by type."""
    return await tx.all(TypeTotal, _EMITTED)


def operations(reactions: Reactions) -> Routes:
    """The operations that every service has, beside its own routes."""
    routes = Routes()

    @routes.get("/operations/events", scope=READ)
    async def count_events(tx: Tx, call: Call) -> EventTotals:
        """What was emitted and heard, by type, as count and exclusive-or of the ids."""
        return EventTotals(emitted=await count_emitted(tx), heard=await count_heard(tx, reactions))

    return routes


def rehearsal(reactions: Reactions) -> Routes:
    """The clock of a rehearsal. In a live city these answer 404."""
    routes = Routes()

    @routes.put("/clock", scope=MOVE_CLOCK, creates=True)
    async def move_clock(tx: Tx, call: Call, body: NewInstant) -> ClockReading:
        """Move the business clock forward; an earlier instant answers the present one."""
        _only_in_a_rehearsal(tx)
        instant = await tx.value(
            """
               UPDATE rehearsal_clock
                  SET instant = greatest(instant, $1)
            RETURNING instant
            """,
            body.instant,
        )
        return ClockReading(instant=instant)

    @routes.get("/settled", scope=MOVE_CLOCK)
    async def read_settled(tx: Tx, call: Call) -> Settled:
        """Whether no job is due, no event to be published (again), and no reaction waiting."""
        _only_in_a_rehearsal(tx)
        row = await tx.get(Backlog, _BACKLOG, tx.now)
        return Settled(
            settled=not (row.due_jobs or row.unpublished or row.waiting or row.resendings),
            clock=tx.now,
            next_due=row.next_due,
            due_jobs=row.due_jobs,
            unpublished=row.unpublished,
            waiting=row.waiting,
            parked=row.parked,
            emitted=await count_emitted(tx),
            heard=await count_heard(tx, reactions),
        )

    return routes


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """What is still to be done."""

    due_jobs: int
    next_due: datetime | None
    unpublished: int
    waiting: int
    parked: int
    resendings: int


def _only_in_a_rehearsal(tx: Tx) -> None:
    if not tx.city.rehearsal:
        raise Unknown


_BACKLOG: Final = """
SELECT (SELECT count(*) FROM timers WHERE due_at <= $1) AS due_jobs,
       (SELECT min(due_at) FROM timers WHERE due_at > $1) AS next_due,
       (SELECT count(*) FROM outbox WHERE published_at IS NULL) AS unpublished,
       (SELECT count(*) FROM waiting WHERE state = 'waiting') AS waiting,
       (SELECT count(*) FROM waiting WHERE state = 'parked') AS parked,
       (SELECT count(*) FROM resendings WHERE done_at IS NULL AND trouble IS NULL) AS resendings
"""

_EMITTED: Final = """
  SELECT type, reaction, sum(count)::bigint AS count, hex_of(bit_xor(xor)) AS xor
    FROM totals
   WHERE direction = 'emitted'
GROUP BY type, reaction
ORDER BY type
"""
