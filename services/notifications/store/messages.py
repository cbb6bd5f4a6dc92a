"""Messages in the database: told once, and found by whoever they are for."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from libs.common.auth import Caller, Rows
from libs.common.db import Tx
from libs.common.pages import PageRequest
from services.notifications.domain.messages import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxItem:
    """A message as somebody finds it: `text` is in the caller's language."""

    id: UUID
    event_id: UUID
    event_type: str
    template: str
    template_version: int
    text: str
    at: datetime
    read_at: datetime | None
    """When this person read it; others who share the inbox read for themselves."""
    acknowledged_at: datetime | None
    """When this person said that they see to it."""
    done: bool
    """What it reminds of has been done meanwhile, or need not be done any more."""


async def add_message(tx: Tx, message: Message) -> None:
    addressee = message.addressee
    await tx.do(
        """
        INSERT INTO messages (id, event_id, event_type, template, template_version, addressee,
                              person, organisation_id, division, area, role, zh, en, at,
                              subject, concerns)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
        ON CONFLICT (event_id, addressee, template) DO NOTHING
        """,
        message.id,
        message.event_id,
        message.event_type,
        message.template,
        message.template_version,
        str(addressee),
        addressee.person,
        addressee.organisation_id,
        addressee.division,
        addressee.area,
        addressee.role,
        message.zh,
        message.en,
        message.at,
        message.subject,
        message.concerns,
    )


async def list_inbox(
    tx: Tx, caller: Caller, rows: Rows, language: str, limit: int
) -> list[InboxItem]:
    """What the person has not read first, the newest of it at the top; nothing that is done."""
    return await tx.all(
        InboxItem,
        """
          SELECT m.id, m.event_id, m.event_type, m.template, m.template_version,
                 CASE $5 WHEN 'en' THEN m.en ELSE m.zh END AS text, m.at, r.read_at,
                 r.acknowledged_at, d.subject IS NOT NULL AS done
            FROM messages m
       LEFT JOIN readings r ON r.message_id = m.id AND r.person = $1
       LEFT JOIN done d ON d.subject = m.subject AND d.event_type = m.event_type AND d.at >= m.at
           WHERE d.subject IS NULL
             AND (m.person = $1
                  OR (m.organisation_id = $2 AND m.role = ANY ($3))
                  OR (m.role = ANY ($3)
                      AND (m.division LIKE ANY ($4)
                           OR m.area LIKE ANY ($4)
                           OR EXISTS (SELECT
                                        FROM unnest($4::text[]) AS mine
                                       WHERE starts_with(mine, m.area)))))
        ORDER BY r.read_at IS NOT NULL, m.id DESC
           LIMIT $6
        """,
        caller.person,
        caller.org,
        sorted(caller.roles),
        rows.divisions,
        language,
        limit,
    )


async def list_messages(
    tx: Tx, caller: Caller, rows: Rows, language: str, page: PageRequest
) -> list[InboxItem]:
    """All of them in the order they were told, read or not."""
    return await tx.all(
        InboxItem,
        """
          SELECT m.id, m.event_id, m.event_type, m.template, m.template_version,
                 CASE $5 WHEN 'en' THEN m.en ELSE m.zh END AS text, m.at, r.read_at,
                 r.acknowledged_at, d.subject IS NOT NULL AS done
            FROM messages m
       LEFT JOIN readings r ON r.message_id = m.id AND r.person = $1
       LEFT JOIN done d ON d.subject = m.subject AND d.event_type = m.event_type AND d.at >= m.at
           WHERE (m.person = $1
                  OR (m.organisation_id = $2 AND m.role = ANY ($3))
                  OR (m.role = ANY ($3)
                      AND (m.division LIKE ANY ($4)
                           OR m.area LIKE ANY ($4)
                           OR EXISTS (SELECT
                                        FROM unnest($4::text[]) AS mine
                                       WHERE starts_with(mine, m.area)))))
             AND ($6::uuid IS NULL OR m.id > $6)
        ORDER BY m.id
           LIMIT $7
        """,
        caller.person,
        caller.org,
        sorted(caller.roles),
        rows.divisions,
        language,
        page.after_id,
        page.limit,
    )


async def get_message(
    tx: Tx, message_id: UUID, caller: Caller, rows: Rows, language: str
) -> InboxItem:
    return await tx.get(
        InboxItem,
        """
          SELECT m.id, m.event_id, m.event_type, m.template, m.template_version,
                 CASE $5 WHEN 'en' THEN m.en ELSE m.zh END AS text, m.at, r.read_at,
                 r.acknowledged_at, d.subject IS NOT NULL AS done
            FROM messages m
       LEFT JOIN readings r ON r.message_id = m.id AND r.person = $1
       LEFT JOIN done d ON d.subject = m.subject AND d.event_type = m.event_type AND d.at >= m.at
           WHERE (m.person = $1
                  OR (m.organisation_id = $2 AND m.role = ANY ($3))
                  OR (m.role = ANY ($3)
                      AND (m.division LIKE ANY ($4)
                           OR m.area LIKE ANY ($4)
                           OR EXISTS (SELECT
                                        FROM unnest($4::text[]) AS mine
                                       WHERE starts_with(mine, m.area)))))
             AND m.id = $6
        """,
        caller.person,
        caller.org,
        sorted(caller.roles),
        rows.divisions,
        language,
        message_id,
    )


async def add_reading(tx: Tx, message_id: UUID, person: str) -> None:
    """The first reading counts."""
    await tx.do(
        """
        INSERT INTO readings (message_id, person, read_at)
             VALUES ($1, $2, $3)
        ON CONFLICT DO NOTHING
        """,
        message_id,
        person,
        tx.now,
    )
