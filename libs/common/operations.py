"""What every service answers about itself: its totals, its rehearsal clock, whether it is quiet."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from libs.common.contract import Instant, answer, body
from libs.common.db import Tx
from libs.common.errors import Unknown
from libs.common.http import Call, Routes

OPERATE: Final = "operations:read"
MOVE_CLOCK: Final = "rehearsal:move-clock"


@answer
class TypeTotal:
    """Count and exclusive-or of the ids of events of one type."""

    type: str
    reaction: str
    """The reaction that heard them; empty for what was emitted."""
    count: int
    xor: str
    """128 bits as 32 hexadecimal digits."""


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


async def totals(tx: Tx, direction: str) -> list[TypeTotal]:
    """Sums over all hours, by type and reaction."""
    return await tx.all(
        TypeTotal,
        """
          SELECT type, reaction, sum(count)::bigint AS count,
                 lpad(to_hex(substring(bit_xor(xor) FROM 1 FOR 64)::bit(64)::bigint), 16, '0')
                 || lpad(to_hex(substring(bit_xor(xor) FROM 65 FOR 64)::bit(64)::bigint), 16, '0')
                 AS xor
            FROM totals
           WHERE direction = $1
        GROUP BY type, reaction
        ORDER BY type, reaction
        """,
        direction,
    )


def operations() -> Routes:
    """The operations that every service has, beside its own routes."""
    routes = Routes()

    @routes.get("/operations/events", scope=OPERATE)
    async def count_events(tx: Tx, call: Call) -> EventTotals:
        """What was emitted and heard, by type, as count and exclusive-or of the ids."""
        return EventTotals(emitted=await totals(tx, "emitted"), heard=await totals(tx, "heard"))

    return routes


def rehearsal() -> Routes:
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
        """Whether no job is due, no event unpublished, and no reaction waiting."""
        _only_in_a_rehearsal(tx)
        row = await tx.get(Backlog, _BACKLOG, tx.now)
        return Settled(
            settled=not (row.due_jobs or row.unpublished or row.waiting),
            clock=tx.now,
            next_due=row.next_due,
            due_jobs=row.due_jobs,
            unpublished=row.unpublished,
            waiting=row.waiting,
            parked=row.parked,
            emitted=await totals(tx, "emitted"),
            heard=await totals(tx, "heard"),
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


def _only_in_a_rehearsal(tx: Tx) -> None:
    if not tx.city.rehearsal:
        raise Unknown


_BACKLOG: Final = """
SELECT (SELECT count(*) FROM timers WHERE due_at <= $1) AS due_jobs,
       (SELECT min(due_at) FROM timers WHERE due_at > $1) AS next_due,
       (SELECT count(*) FROM outbox WHERE published_at IS NULL) AS unpublished,
       (SELECT count(*) FROM waiting WHERE state = 'waiting') AS waiting,
       (SELECT count(*) FROM waiting WHERE state = 'parked') AS parked
"""
