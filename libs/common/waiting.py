"""What cannot be handled now, or not by itself: rows instead of a requeue, and never dropped."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from libs.common.db import Tx
from libs.common.envelope import Envelope
from libs.common.errors import NotYet
from libs.common.ids import new_id

NOT_YET_FOR: Final = timedelta(hours=24)
"""How long (wall time) a missing precondition is waited for."""
FAILURES: Final = 5
"""How often anything else may fail before a person has to look."""


EVERY: Final = "*"
"""In the place of a reaction's name: the message could not be given to any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A message that one reaction could not handle yet."""

    id: UUID
    reaction: str
    event_id: UUID
    type: str
    body: bytes
    attempts: int
    failures: int
    since: datetime


async def add(tx: Tx, reaction: str, envelope: Envelope, raw: bytes, failure: Exception) -> None:
    """Let a reaction to an event wait a second, then longer and longer."""
    failed = 0 if isinstance(failure, NotYet) else 1
    await tx.do(
        _WAIT,
        new_id(),
        reaction,
        envelope.id,
        envelope.type,
        envelope.subject,
        raw,
        _reason(failure),
        failed,
        tx.wall,
    )


async def park(tx: Tx, reaction: str, envelope: Envelope | None, raw: bytes, reason: str) -> None:
    """Keep a message for a person to look at."""
    known = (envelope.id, envelope.type, envelope.subject) if envelope else (None, None, None)
    await tx.do(_PARK, new_id(), reaction, *known, raw, reason, tx.wall)


async def lock_next(tx: Tx) -> Waiting | None:
    """The row that has been due longest and that nobody else holds."""
    return await tx.find(Waiting, _NEXT, tx.wall)


async def remove(tx: Tx, row: Waiting) -> None:
    """It has been done."""
    await tx.do("DELETE FROM waiting WHERE id = $1", row.id)


async def put_off(tx: Tx, row: Waiting, failure: Exception) -> bool:
    """Wait longer after another failure, at most five minutes; True when it is parked instead."""
    failures = row.failures + (not isinstance(failure, NotYet))
    parked = failures >= FAILURES or tx.wall - row.since > NOT_YET_FOR
    due = tx.wall + timedelta(seconds=min(300, 2 ** min(row.attempts, 9)))
    state = "parked" if parked else "waiting"
    await tx.do(_LATER, row.id, state, due, failures, _reason(failure))
    return parked


def _reason(failure: Exception) -> str:
    """What an operator may read: never the message, which could quote a value."""
    return getattr(failure, "code", None) or type(failure).__name__


_WAIT: Final = """
INSERT INTO waiting (id, reaction, event_id, type, subject, body, reason,
                     attempts, failures, since, due_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8, $9::timestamptz, $9 + interval '1 second')
ON CONFLICT (event_id, reaction) DO NOTHING
"""

_PARK: Final = """
INSERT INTO waiting (id, reaction, event_id, type, subject, body, reason,
                     attempts, failures, since, due_at, state)
     VALUES ($1, $2, $3, $4, $5, $6, $7, 1, 1, $8, $8, 'parked')
ON CONFLICT (event_id, reaction) DO NOTHING
"""

_NEXT: Final = """
    SELECT id, reaction, event_id, type, body, attempts, failures, since
      FROM waiting
     WHERE state = 'waiting'
       AND due_at <= $1
  ORDER BY due_at
     LIMIT 1
FOR UPDATE SKIP LOCKED
"""

_LATER: Final = """
UPDATE waiting
   SET state = $2,
       due_at = $3,
       failures = $4,
       reason = $5,
       attempts = attempts + 1
 WHERE id = $1
"""
