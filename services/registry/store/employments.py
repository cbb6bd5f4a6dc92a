"""Employments in the database."""

from uuid import UUID

from libs.common.auth import ALL_ROWS, Rows
from libs.common.db import Tx
from libs.common.pages import PageRequest
from services.registry.domain.workers import Employment


async def add_employment(tx: Tx, employment: Employment) -> None:
    await tx.do(
        """
        INSERT INTO employments (id, version, worker_id, organisation_id, full_time,
                                 from_day, to_day, status)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """,
        employment.id,
        employment.version,
        employment.worker_id,
        employment.organisation_id,
        employment.full_time,
        employment.from_day,
        employment.to_day,
        employment.status,
    )


async def lock_employment(tx: Tx, employment_id: UUID, rows: Rows) -> Employment:
    return await tx.get(
        Employment,
        """
        SELECT e.id, e.version, e.worker_id, e.organisation_id, e.full_time,
               e.from_day, e.to_day, e.status
          FROM employments e
          JOIN workers w ON w.id = e.worker_id
         WHERE e.id = $1
           AND CASE
               WHEN $3::uuid IS NULL THEN w.division LIKE ANY ($2)
               ELSE e.organisation_id = $3
               END
           FOR UPDATE OF e
        """,
        employment_id,
        rows.divisions,
        rows.org,
    )


async def lock_due_employment(tx: Tx, employment_id: UUID) -> Employment:
    """An employment for a job, which acts for nobody."""
    return await lock_employment(tx, employment_id, ALL_ROWS)


async def lock_employments_of_organisation(tx: Tx, organisation_id: UUID) -> list[Employment]:
    return await tx.all(
        Employment,
        """
          SELECT id, version, worker_id, organisation_id, full_time, from_day, to_day, status
            FROM employments
           WHERE organisation_id = $1
             AND status IN ('planned', 'standing')
        ORDER BY id
             FOR UPDATE
        """,
        organisation_id,
    )


async def list_employments_of(tx: Tx, worker_id: UUID) -> list[Employment]:
    """All that a worker has or will have; what has ended is history."""
    return await tx.all(
        Employment,
        """
          SELECT id, version, worker_id, organisation_id, full_time, from_day, to_day, status
            FROM employments
           WHERE worker_id = $1
             AND status IN ('planned', 'standing')
        ORDER BY id
        """,
        worker_id,
    )


async def list_employments(
    tx: Tx, rows: Rows, worker_id: UUID | None, page: PageRequest
) -> list[Employment]:
    return await tx.all(
        Employment,
        """
          SELECT e.id, e.version, e.worker_id, e.organisation_id, e.full_time,
                 e.from_day, e.to_day, e.status
            FROM employments e
            JOIN workers w ON w.id = e.worker_id
           WHERE CASE
                 WHEN $2::uuid IS NULL THEN w.division LIKE ANY ($1)
                 ELSE e.organisation_id = $2
                 END
             AND ($3::uuid IS NULL OR e.worker_id = $3)
             AND ($4::uuid IS NULL OR e.id > $4)
        ORDER BY e.id
           LIMIT $5
        """,
        rows.divisions,
        rows.org,
        worker_id,
        page.after_id,
        page.limit,
    )


async def save_employment(tx: Tx, employment: Employment) -> None:
    await tx.do(
        """
        UPDATE employments
           SET version = $2,
               to_day = $3,
               status = $4
         WHERE id = $1
        """,
        employment.id,
        employment.version,
        employment.to_day,
        employment.status,
    )
