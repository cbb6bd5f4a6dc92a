"""The read log, and totals."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from libs.common.auth import Rows
from libs.common.contract import answer
from libs.common.db import Tx
from libs.common.ids import first_id_at
from libs.common.pages import PageRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Somebody read a recipient's personal data; a repeated request is a reading of its own."""

    id: UUID
    asked_as: UUID
    """The first reading of the same request."""
    at: datetime
    person: str
    recipient_ref: UUID
    kind: Literal["reading", "reveal"]
    purpose: str
    visit_id: UUID | None


@answer
class DomainTotal:
    """How many are served in one domain."""

    domain: str
    organisation_persons: int


@answer
class Count:
    """How many recipients are open and closed."""

    open: int
    closed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadLately:
    """How many records of one kind were read."""

    kind: Literal["reading", "reveal"]
    personal_data_read_last_hour: int


async def add_reading(tx: Tx, reading: Reading) -> None:
    await tx.do(
        """
        INSERT INTO read_log (id, asked_as, at, person, recipient_ref, kind, purpose, visit_id)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """,
        reading.id,
        reading.asked_as,
        reading.at,
        reading.person,
        reading.recipient_ref,
        reading.kind,
        reading.purpose,
        reading.visit_id,
    )


async def get_reading(tx: Tx, reading_id: UUID, person: str) -> Reading:
    """One's own reading, for its repetition."""
    return await tx.get(
        Reading,
        """
        SELECT id, asked_as, at, person, recipient_ref, kind, purpose, visit_id
          FROM read_log
         WHERE id = $1
           AND person = $2
        """,
        reading_id,
        person,
    )


async def list_readings(tx: Tx, rows: Rows, page: PageRequest) -> list[Reading]:
    return await tx.all(
        Reading,
        """
          SELECT l.id, l.asked_as, l.at, l.person, l.recipient_ref, l.kind, l.purpose, l.visit_id
            FROM read_log l
            JOIN recipients r ON r.id = l.recipient_ref
           WHERE r.division LIKE ANY ($1)
             AND ($2::uuid IS NULL OR l.id > $2)
        ORDER BY l.id
           LIMIT $3
        """,
        rows.divisions,
        page.after_id,
        page.limit,
    )


async def measure_reading(tx: Tx, since: datetime) -> list[ReadLately]:
    """Since that wall time, by the ids of the readings."""
    return await tx.all(
        ReadLately,
        """
          SELECT kind, count(*) AS personal_data_read_last_hour
            FROM read_log
           WHERE id >= $1
        GROUP BY kind
        """,
        first_id_at(since),
    )


async def count_recipients(tx: Tx, rows: Rows) -> Count:
    return await tx.get(
        Count,
        """
        SELECT count(*) FILTER (WHERE status = 'open') AS open,
               count(*) FILTER (WHERE status = 'closed') AS closed
          FROM recipients
         WHERE division LIKE ANY ($1)
        """,
        rows.divisions,
    )


async def count_domains(tx: Tx, rows: Rows) -> list[DomainTotal]:
    return await tx.all(
        DomainTotal,
        """
          SELECT domain, count(*) AS organisation_persons
            FROM recipients, unnest(domains) AS domain
           WHERE division LIKE ANY ($1)
             AND status = 'open'
        GROUP BY domain
        ORDER BY domain
        """,
        rows.divisions,
    )
