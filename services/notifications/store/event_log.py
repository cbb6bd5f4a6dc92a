"""The event log in the database: arrivals, their numbering, and the feed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from libs.common.auth import Rows
from libs.common.contract import answer
from libs.common.db import Tx
from libs.common.envelope import Envelope, encode
from libs.common.ids import first_id_at
from libs.common.publisher import Letter
from libs.common.resending import BATCH, Batch, Resending
from services.notifications.domain.feeds import Filter, Start

NUMBERING: Final = 0x5A45_0101
STRETCH: Final = 5_000
"""So many positions are looked through at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One event in the feed, as it was published."""

    position: int
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Portion:
    """The next events of the feed, and the position to go on after."""

    events: list[Row]
    following: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Logged(Letter):
    """One event of the log, to be sent again."""

    position: int


@answer
class Gap:
    """Events held back because one before them has not arrived; its service can send it again."""

    source: str
    subject: str
    epoch: int
    missing: int
    """The sequence that has not arrived."""
    held_back: int
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldBack:
    """How many events have no place in the feed yet, and how long the first has waited."""

    event_log_held_back: int
    event_log_held_back_longest_seconds: float


async def lock_numbering(tx: Tx) -> None:
    """One at a time, until the commit: a position that is seen means that all before it are."""
    await tx.do("SELECT pg_advisory_xact_lock($1)", NUMBERING)


async def add_event(tx: Tx, envelope: Envelope) -> None:
    await tx.do(
        """
        INSERT INTO event_log (event_id, source, subject, epoch, sequence, type, division,
                               arrived_at, body)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """,
        envelope.id,
        envelope.source,
        envelope.subject,
        envelope.epoch,
        envelope.sequence,
        envelope.type,
        envelope.division,
        tx.wall,
        encode(envelope),
    )


async def number_events(tx: Tx, source: str, subject: str, epoch: int) -> int:
    """Number what follows without a gap on what is numbered; how many rows that were.

    A statement after the lock's, or it would not see what was numbered while it waited.
    """
    return await tx.do(
        """
        WITH RECURSIVE ready AS (
                SELECT event_id, sequence
                  FROM event_log AS first
                 WHERE source = $1
                   AND subject = $2
                   AND epoch = $3
                   AND position IS NULL
                   AND (sequence = 1
                        OR EXISTS (SELECT
                                     FROM event_log AS earlier
                                    WHERE earlier.source = $1
                                      AND earlier.subject = $2
                                      AND earlier.epoch = $3
                                      AND earlier.sequence = first.sequence - 1
                                      AND earlier.position IS NOT NULL))
                 UNION ALL
                SELECT later.event_id, later.sequence
                  FROM ready
                  JOIN event_log AS later
                    ON later.source = $1
                   AND later.subject = $2
                   AND later.epoch = $3
                   AND later.sequence = ready.sequence + 1
                   AND later.position IS NULL),
        raised AS (
                UPDATE feed_end
                   SET position = position + (SELECT count(*) FROM ready)
             RETURNING position)
        UPDATE event_log AS mine
           SET position = raised.position - ((SELECT max(sequence) FROM ready) - ready.sequence)
          FROM ready, raised
         WHERE mine.event_id = ready.event_id
        """,
        source,
        subject,
        epoch,
    )


async def read_end(tx: Tx) -> int:
    """The last position given out, in this snapshot."""
    position: int = await tx.value("SELECT position FROM feed_end")
    return position


async def find_position(tx: Tx, start: Start) -> int | None:
    """The position to go on after; None when nothing has arrived since the instant."""
    if start.after is not None:
        return start.after
    first: int | None = await tx.value(
        "SELECT min(position) - 1 FROM event_log WHERE arrived_at >= $1", start.since
    )
    return first


async def list_events(tx: Tx, after: int, rows: Rows, wanted: Filter) -> list[Row]:
    """Of one stretch of the feed, so that a question for what is rare makes no long search."""
    return await tx.all(
        Row,
        """
          SELECT position, body
            FROM event_log
           WHERE position > $1
             AND position <= $2
             AND division LIKE ANY ($3)
             AND (cardinality($4::text[]) = 0 OR type = ANY ($4))
             AND starts_with(division, $5)
             AND ($6::text IS NULL OR subject = $6)
             AND ($7::timestamptz IS NULL OR arrived_at < $7)
             AND ($8::text IS NULL
                  OR EXISTS (SELECT
                               FROM subscriptions AS agreed
                              WHERE agreed.account = $8
                                AND may_see(agreed, event_log.type, event_log.division, $9)))
        ORDER BY position
           LIMIT $10
        """,
        after,
        after + STRETCH,
        rows.divisions,
        wanted.types,
        wanted.division,
        wanted.subject,
        wanted.until,
        wanted.account,
        tx.today,
        wanted.limit,
    )


async def read_portion(tx: Tx, start: Start, rows: Rows, wanted: Filter) -> Portion:
    """What a caller gets of the feed next: every way to follow it comes through here."""
    end = await read_end(tx)
    position = await find_position(tx, start)
    if position is None:
        return Portion(events=[], following=end)
    found = await list_events(tx, position, rows, wanted)
    looked = min(position + STRETCH, max(end, position))
    return Portion(
        events=found, following=found[-1].position if len(found) == wanted.limit else looked
    )


async def list_for_resending(tx: Tx, asked: Resending) -> Batch:
    """The next events of the log that were asked for, in the order of the feed.

    A stretch of positions at a time, so that rare types make no long search. Nothing follows when
    the end of the feed is reached, the time asked for is over, and nothing of it is held back.
    """
    end, stretch_end = await read_end(tx), asked.place + STRETCH
    rows = await tx.all(
        _Logged,
        """
          SELECT position, event_id, type, body
            FROM event_log
           WHERE position > $1
             AND position <= $2
             AND type = ANY ($3::text[])
             AND event_id >= $4
             AND event_id < $5
        ORDER BY position
           LIMIT $6
        """,
        asked.place,
        stretch_end,
        list(asked.types),
        first_id_at(asked.since),
        first_id_at(asked.until),
        BATCH,
    )
    place = rows[-1].position if len(rows) == BATCH else min(stretch_end, end)
    is_over = place >= end and tx.wall > asked.until
    return Batch(letters=rows, place=place, whole=is_over and not await _is_held_back(tx, asked))


async def _is_held_back(tx: Tx, asked: Resending) -> bool:
    """Whether one of these has arrived and waits for the event before it."""
    held: bool = await tx.value(
        """
        SELECT EXISTS (SELECT
                         FROM event_log
                        WHERE position IS NULL
                          AND type = ANY ($1::text[])
                          AND event_id >= $2
                          AND event_id < $3)
        """,
        list(asked.types),
        first_id_at(asked.since),
        first_id_at(asked.until),
    )
    return held


async def list_gaps(tx: Tx, before: datetime) -> list[Gap]:
    """Where events have been held back since before that wall time, the oldest first."""
    return await tx.all(
        Gap,
        """
          SELECT held.source, held.subject, held.epoch,
                 coalesce((SELECT max(sequence)
                             FROM event_log AS numbered
                            WHERE numbered.source = held.source
                              AND numbered.subject = held.subject
                              AND numbered.epoch = held.epoch
                              AND numbered.position IS NOT NULL), 0) + 1 AS missing,
                 count(*) AS held_back,
                 min(held.arrived_at) AS since
            FROM event_log AS held
           WHERE held.position IS NULL
        GROUP BY held.source, held.subject, held.epoch
          HAVING min(held.arrived_at) < $1
        ORDER BY since
           LIMIT 200
        """,
        before,
    )


async def count_held_back(tx: Tx) -> int:
    held: int = await tx.value("SELECT count(*) FROM event_log WHERE position IS NULL")
    return held


async def measure_held_back(tx: Tx, wall: datetime) -> HeldBack:
    return await tx.get(
        HeldBack,
        """
        SELECT count(*) AS event_log_held_back,
               coalesce(extract(epoch FROM $1::timestamptz - min(arrived_at)), 0)::float8
                    AS event_log_held_back_longest_seconds
          FROM event_log
         WHERE position IS NULL
        """,
        wall,
    )
