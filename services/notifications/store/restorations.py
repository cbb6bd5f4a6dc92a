"""Restored databases, and what the log has from them that they have forgotten."""

from datetime import datetime
from typing import Final
from uuid import UUID

from libs.common.contract import answer
from libs.common.db import Tx
from libs.common.ids import first_id_at, new_id


@answer
class Restoration:
    """A service's database came from a backup, and what it told later is forgotten there."""

    id: UUID
    source: str
    epoch: int
    since: datetime
    told_at: datetime
    closed_by: str | None
    """Who has said what has become of it …"""
    closed_at: datetime | None
    conclusion: str | None
    confirmed_by: str | None
    """… and who has said the same: now it is closed."""
    confirmed_at: datetime | None


@answer
class Forgotten:
    """An event that its own service does not know any more; others have acted on it."""

    event_id: UUID
    type: str
    subject: str
    sequence: int
    arrived_at: datetime


async def add_restoration(
    tx: Tx, source: str, epoch: int, since: datetime, known: tuple[UUID, ...]
) -> None:
    await tx.do(
        """
        INSERT INTO restorations (id, source, epoch, since, known, told_at)
             VALUES ($1, $2, $3, $4, $5, $6)
        """,
        new_id(),
        source,
        epoch,
        since,
        list(known),
        tx.wall,
    )


async def lock_restoration(tx: Tx, restoration_id: UUID) -> Restoration:
    return await tx.get(
        Restoration,
        """
        SELECT id, source, epoch, since, told_at, closed_by, closed_at, conclusion,
               confirmed_by, confirmed_at
          FROM restorations
         WHERE id = $1
           FOR UPDATE
        """,
        restoration_id,
    )


async def save_conclusion(
    tx: Tx, restoration_id: UUID, person: str, conclusion: str
) -> Restoration:
    return await tx.get(
        Restoration,
        """
           UPDATE restorations
              SET closed_by = $2,
                  closed_at = $3,
                  conclusion = $4
            WHERE id = $1
        RETURNING id, source, epoch, since, told_at, closed_by, closed_at, conclusion,
                  confirmed_by, confirmed_at
        """,
        restoration_id,
        person,
        tx.wall,
        conclusion,
    )


async def save_closed(tx: Tx, restoration_id: UUID, person: str) -> Restoration:
    return await tx.get(
        Restoration,
        """
           UPDATE restorations
              SET confirmed_by = $2,
                  confirmed_at = $3
            WHERE id = $1
        RETURNING id, source, epoch, since, told_at, closed_by, closed_at, conclusion,
                  confirmed_by, confirmed_at
        """,
        restoration_id,
        person,
        tx.wall,
    )


async def list_restorations(tx: Tx) -> list[Restoration]:
    """The latest two hundred, the open ones first."""
    return await tx.all(
        Restoration,
        """
          SELECT id, source, epoch, since, told_at, closed_by, closed_at, conclusion,
                 confirmed_by, confirmed_at
            FROM restorations
        ORDER BY confirmed_at DESC NULLS FIRST, id DESC
           LIMIT 200
        """,
    )


async def list_forgotten(tx: Tx, found: Restoration, after: UUID | None) -> list[Forgotten]:
    """In the order in which they were made, two hundred after that one."""
    return await tx.all(
        Forgotten,
        _FORGOTTEN,
        found.id,
        first_id_at(found.since),
        after or UUID(int=0),
    )


async def get_restoration(tx: Tx, restoration_id: UUID) -> Restoration:
    return await tx.get(
        Restoration,
        """
        SELECT id, source, epoch, since, told_at, closed_by, closed_at, conclusion,
               confirmed_by, confirmed_at
          FROM restorations
         WHERE id = $1
        """,
        restoration_id,
    )


async def count_forgotten(tx: Tx) -> int:
    """Of all restorations that are not closed yet."""
    total = 0
    for one in await list_restorations(tx):
        if one.confirmed_at is None:
            total += await tx.value(_COUNT, one.id, first_id_at(one.since))
    return total


_COUNT: Final = """
SELECT count(*)
  FROM event_log e
  JOIN restorations r ON r.source = e.source
                     AND r.epoch > e.epoch
 WHERE r.id = $1
   AND e.event_id >= $2
   AND e.event_id <> ALL (r.known)
"""

_FORGOTTEN: Final = """
  SELECT e.event_id, e.type, e.subject, e.sequence, e.arrived_at
    FROM event_log e
    JOIN restorations r ON r.source = e.source
                       AND r.epoch > e.epoch
   WHERE r.id = $1
     AND e.event_id >= $2
     AND e.event_id > $3
     AND e.event_id <> ALL (r.known)
ORDER BY e.event_id
   LIMIT 200
"""
