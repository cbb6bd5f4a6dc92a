"""What cannot be handled now, or not by itself: rows instead of a requeue, and never dropped."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from libs.common.contract import answer
from libs.common.db import Tx
from libs.common.envelope import Envelope
from libs.common.errors import NotYet
from libs.common.ids import new_id
from libs.common.pages import PageRequest

NOT_YET_FOR: Final = timedelta(hours=24)
"""How long (wall time) a missing precondition is waited for."""
FAILURES: Final = 5
"""How often anything else may fail before a person has to look."""
EVERY: Final = "*"
"""In the place of a reaction's name: the message could not be given to any."""
NOBODY_REACTS: Final = "nobody-reacts"
"""The reason of what is parked only until a release comes that knows it."""
AT_ONCE: Final = 500
"""So many parked messages are handed to their reactions in one transaction."""


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


@answer
class Message:
    """A message that one reaction, or none (`*`), could deal with: nothing of what it says."""

    id: UUID
    reaction: str
    type: str | None
    """Unknown where the message cannot be read."""
    subject: str | None
    event_id: UUID | None
    reason: str
    """The code of what stands in the way."""
    state: str
    """`waiting`, `parked` or `discarded`."""
    attempts: int
    since: datetime
    due_at: datetime
    discard_reason: str | None
    proposed_by: str | None
    proposed_at: datetime | None
    discarded_by: str | None
    discarded_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Unknown:
    """A message that nobody reacted to when it came."""

    id: UUID
    reaction: str
    type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """A message as it is decided on."""

    id: UUID
    reaction: str
    state: str
    body: bytes
    proposed_by: str | None


async def add(tx: Tx, reaction: str, envelope: Envelope, raw: bytes, failure: Exception) -> None:
    """Let a reaction to an event wait a second, then longer and longer."""
    of, failures = (envelope.id, envelope.type, envelope.subject), 1 - isinstance(failure, NotYet)
    reason = _reason(failure)
    await tx.do(_ADD, new_id(), reaction, *of, raw, reason, failures, tx.wall, "waiting")


async def park(tx: Tx, reaction: str, envelope: Envelope | None, raw: bytes, reason: str) -> None:
    """Keep a message for a person to look at."""
    of = (envelope.id, envelope.type, envelope.subject) if envelope else (None, None, None)
    await tx.do(_ADD, new_id(), reaction, *of, raw, reason, 1, tx.wall, "parked")


async def lock_next(tx: Tx) -> Waiting | None:
    """The row that has been due longest and that nobody else holds."""
    return await tx.find(Waiting, _NEXT, tx.wall)


async def remove(tx: Tx, row: Waiting) -> None:
    """It has been done."""
    await tx.do("DELETE FROM waiting WHERE id = $1", row.id)


async def put_off(tx: Tx, row: Waiting, failure: Exception) -> bool:
    """Wait longer after another failure, at most five minutes; True when it is parked instead."""
    failures = row.failures + (not isinstance(failure, NotYet))
    hopeless = failures >= FAILURES or tx.wall - row.since > NOT_YET_FOR
    parked = hopeless or _reason(failure) == NOBODY_REACTS
    due = tx.wall + timedelta(seconds=min(300, 2 ** min(row.attempts, 9)))
    state = "parked" if parked else "waiting"
    await tx.do(_LATER, row.id, state, due, failures, _reason(failure))
    return parked


async def list_messages(
    tx: Tx, asked: PageRequest, state: str | None, reaction: str | None, kind: str | None
) -> list[Message]:
    """Of one state, reaction or type if named; what was discarded only if it is asked for."""
    return await tx.all(Message, _LIST, asked.after_id, state, reaction, kind, asked.limit)


async def get_message(tx: Tx, message_id: UUID) -> Message:
    """One, or `NotFound`."""
    return await tx.get(Message, "SELECT * FROM waiting WHERE id = $1", message_id)


async def get_body(tx: Tx, message_id: UUID) -> bytes:
    """What arrived, byte for byte."""
    body: bytes = await tx.value("SELECT body FROM waiting WHERE id = $1", message_id)
    return body


async def lock_message(tx: Tx, message_id: UUID) -> Parked | None:
    """One, to be decided on."""
    return await tx.find(Parked, "SELECT * FROM waiting WHERE id = $1 FOR UPDATE", message_id)


async def lock_parked(tx: Tx, reaction: str | None, kind: str | None, most: int) -> list[Parked]:
    """What is parked of a reaction or type, but for what somebody else decides on."""
    return await tx.all(Parked, _LOCK_PARKED, reaction, kind, most)


async def try_again(tx: Tx, message_id: UUID) -> None:
    """Let it wait from now on, due now."""
    await tx.do(_TRY_AGAIN, message_id, tx.wall)


async def hand_out(tx: Tx, message_id: UUID, reactions: list[str]) -> None:
    """In the place of one message for nobody, let one wait for each of these."""
    for reaction in reactions:
        await tx.do(_HAND_OUT, new_id(), reaction, message_id, tx.wall)
    await tx.do("DELETE FROM waiting WHERE id = $1", message_id)


async def hand_out_known(tx: Tx, known: Mapping[str, list[str]]) -> int:
    """Let what nobody reacted to wait for those who do now, by type; how many messages that were.

    What a person proposes to discard is left to the second one.
    """
    pairs = [(kind, name) for kind, names in known.items() for name in (*names, EVERY)]
    types, names = [kind for kind, _ in pairs], [name for _, name in pairs]
    rows = await tx.all(_Unknown, _LOCK_KNOWN, NOBODY_REACTS, types, names, AT_ONCE)
    for row in rows:
        if row.reaction == EVERY:
            await hand_out(tx, row.id, known[row.type])
        else:
            await try_again(tx, row.id)
    return len(rows)


async def propose_discard(tx: Tx, message_id: UUID, reason: str, person: str) -> Message:
    """Note who would discard it, and why."""
    return await tx.get(Message, _PROPOSE, message_id, reason, person, tx.wall)


async def discard(tx: Tx, message_id: UUID, person: str) -> Message:
    """Note who agreed; the row stays."""
    return await tx.get(Message, _DISCARD, message_id, person, tx.wall)


def _reason(failure: Exception) -> str:
    """What an operator may read: never the message, which could quote a value."""
    return getattr(failure, "code", None) or type(failure).__name__


_ADD: Final = """
INSERT INTO waiting (id, reaction, event_id, type, subject, body, reason,
                     attempts, failures, since, due_at, state)
     VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8, $9::timestamptz, $9 + interval '1 second', $10)
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

_LIST: Final = """
  SELECT *
    FROM waiting
   WHERE ($1::uuid IS NULL OR id > $1)
     AND (state = $2 OR ($2::text IS NULL AND state <> 'discarded'))
     AND ($3::text IS NULL OR reaction = $3)
     AND ($4::text IS NULL OR type = $4)
ORDER BY id
   LIMIT $5
"""

_LOCK_PARKED: Final = """
    SELECT *
      FROM waiting
     WHERE state = 'parked'
       AND ($1::text IS NULL OR reaction = $1)
       AND ($2::text IS NULL OR type = $2)
  ORDER BY id
     LIMIT $3
FOR UPDATE SKIP LOCKED
"""

_LOCK_KNOWN: Final = """
    SELECT id, reaction, type
      FROM waiting
     WHERE state = 'parked'
       AND reason = $1
       AND proposed_at IS NULL
       AND (type, reaction) IN (SELECT * FROM unnest($2::text[], $3::text[]))
  ORDER BY id
     LIMIT $4
FOR UPDATE SKIP LOCKED
"""

_TRY_AGAIN: Final = """
UPDATE waiting
   SET state = 'waiting',
       since = $2,
       due_at = $2,
       failures = 0,
       discard_reason = NULL,
       proposed_by = NULL,
       proposed_at = NULL
 WHERE id = $1
"""

_HAND_OUT: Final = """
INSERT INTO waiting (id, reaction, event_id, type, subject, body, reason, attempts, failures,
                     since, due_at)
     SELECT $1, $2, event_id, type, subject, body, reason, attempts, 0, $4, $4
       FROM waiting
      WHERE id = $3
ON CONFLICT (event_id, reaction) DO NOTHING
"""

_PROPOSE: Final = """
   UPDATE waiting
      SET discard_reason = $2,
          proposed_by = $3,
          proposed_at = $4
    WHERE id = $1
RETURNING *
"""

_DISCARD: Final = """
   UPDATE waiting
      SET state = 'discarded',
          discarded_by = $2,
          discarded_at = $3
    WHERE id = $1
RETURNING *
"""
