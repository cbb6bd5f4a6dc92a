"""The read log: who read pictures as they were uploaded."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from libs.common.auth import Rows
from libs.common.db import Tx
from libs.common.ids import first_id_at
from libs.common.pages import PageRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Somebody read a picture as it was uploaded, with all that its file says."""

    id: UUID
    at: datetime
    person: str
    activity_id: UUID
    sha256: str
    purpose: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadLately:
    """How many were read."""

    originals_read_last_hour: int


async def add_reading(tx: Tx, reading: Reading) -> None:
    await tx.do(
        """
        INSERT INTO read_log (id, at, person, activity_id, sha256, purpose)
             VALUES ($1, $2, $3, $4, $5, $6)
        """,
        reading.id,
        reading.at,
        reading.person,
        reading.activity_id,
        reading.sha256,
        reading.purpose,
    )


async def list_readings(tx: Tx, rows: Rows, page: PageRequest) -> list[Reading]:
    return await tx.all(
        Reading,
        """
          SELECT l.id, l.at, l.person, l.activity_id, l.sha256, l.purpose
            FROM read_log AS l
            JOIN activities AS a ON a.id = l.activity_id
           WHERE a.division LIKE ANY ($1)
             AND ($2::uuid IS NULL OR l.id > $2)
        ORDER BY l.id
           LIMIT $3
        """,
        rows.divisions,
        page.after_id,
        page.limit,
    )


async def measure_reading(tx: Tx, since: datetime) -> ReadLately:
    """Since that wall time, by the ids of the readings."""
    return await tx.get(
        ReadLately,
        """
        SELECT count(*) AS originals_read_last_hour
          FROM read_log
         WHERE id >= $1
        """,
        first_id_at(since),
    )
