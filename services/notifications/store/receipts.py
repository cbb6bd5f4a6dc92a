"""Receipts in the database: what is acknowledged, what is done, what nobody has taken on."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from libs.common.auth import Caller, Rows
from libs.common.db import Tx
from libs.common.pages import PageRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Unacknowledged:
    """A message about something overdue that nobody answerable has acknowledged."""

    id: UUID
    event_type: str
    text: str
    at: datetime
    person: str | None
    """Whose inbox it is in: a person's, by an opaque id,"""
    organisation_id: UUID | None
    """or that of the role in this organisation,"""
    division: str | None
    """or in office for this division."""
    role: str | None
    readers: int
    """How many have read it."""


async def add_acknowledgement(tx: Tx, message_id: UUID, person: str) -> None:
    """The first one of this person counts; whoever acknowledges has read."""
    await tx.do(
        """
        INSERT INTO readings (message_id, person, read_at, acknowledged_at)
             VALUES ($1, $2, $3, $3)
        ON CONFLICT (message_id, person) DO UPDATE
                SET acknowledged_at = coalesce(readings.acknowledged_at, excluded.acknowledged_at)
        """,
        message_id,
        person,
        tx.now,
    )


async def count_unread(tx: Tx, caller: Caller, rows: Rows) -> int:
    """All that this person has not read and that is not done."""
    count: int = await tx.value(
        """
        SELECT count(*)
          FROM messages m
     LEFT JOIN done d ON d.subject = m.subject AND d.event_type = m.event_type AND d.at >= m.at
         WHERE d.subject IS NULL
           AND NOT EXISTS (SELECT
                             FROM readings r
                            WHERE r.message_id = m.id
                              AND r.person = $1)
           AND (m.person = $1
                OR (m.organisation_id = $2 AND m.role = ANY ($3))
                OR (m.role = ANY ($3)
                    AND (m.division LIKE ANY ($4)
                         OR m.area LIKE ANY ($4)
                         OR EXISTS (SELECT
                                      FROM unnest($4::text[]) AS mine
                                     WHERE starts_with(mine, m.area)))))
        """,
        caller.person,
        caller.org,
        sorted(caller.roles),
        rows.divisions,
    )
    return count


async def list_unacknowledged(
    tx: Tx, types: tuple[str, ...], rows: Rows, language: str, page: PageRequest
) -> list[Unacknowledged]:
    """Of these types, about those divisions, not done, and acknowledged by nobody."""
    return await tx.all(
        Unacknowledged,
        """
          SELECT m.id, m.event_type, CASE $3 WHEN 'en' THEN m.en ELSE m.zh END AS text, m.at,
                 m.person, m.organisation_id, m.division, m.role,
                 (SELECT count(*) FROM readings r WHERE r.message_id = m.id) AS readers
            FROM messages m
       LEFT JOIN done d ON d.subject = m.subject AND d.event_type = m.event_type AND d.at >= m.at
           WHERE m.event_type = ANY ($1)
             AND m.concerns LIKE ANY ($2)
             AND d.subject IS NULL
             AND NOT EXISTS (SELECT
                               FROM readings r
                              WHERE r.message_id = m.id
                                AND r.acknowledged_at IS NOT NULL)
             AND ($4::uuid IS NULL OR m.id > $4)
        ORDER BY m.id
           LIMIT $5
        """,
        list(types),
        rows.divisions,
        language,
        page.after_id,
        page.limit,
    )


async def add_done(tx: Tx, subject: str, event_types: list[str]) -> None:
    """From this moment back, what these types reminded of for the subject is done."""
    await tx.do(
        """
        INSERT INTO done (subject, event_type, at)
             SELECT $1, event_type, $3
               FROM unnest($2::text[]) AS event_type
        ON CONFLICT (subject, event_type) DO UPDATE SET at = greatest(done.at, excluded.at)
        """,
        subject,
        event_types,
        tx.now,
    )
