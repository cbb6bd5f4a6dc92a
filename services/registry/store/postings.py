"""Postings in the database."""

from datetime import date
from uuid import UUID

from libs.common.auth import ALL_ROWS, Rows
from libs.common.db import Tx
from libs.common.pages import DeltaRequest
from services.registry.domain.postings import Posting


async def add_posting(tx: Tx, posting: Posting) -> None:
    await tx.do(
        """
        INSERT INTO postings (id, version, worker_id, organisation_id, station_id, division,
                              from_day, to_day, status)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """,
        posting.id,
        posting.version,
        posting.worker_id,
        posting.organisation_id,
        posting.station_id,
        posting.division,
        posting.from_day,
        posting.to_day,
        posting.status,
    )


async def lock_posting(tx: Tx, posting_id: UUID, rows: Rows) -> Posting:
    return await tx.get(
        Posting,
        """
        SELECT id, version, worker_id, organisation_id, station_id, division,
               from_day, to_day, status
          FROM postings
         WHERE id = $1
           AND CASE
               WHEN $3::uuid IS NULL THEN division LIKE ANY ($2)
               ELSE organisation_id = $3
               END
           FOR UPDATE
        """,
        posting_id,
        rows.divisions,
        rows.org,
    )


async def lock_due_posting(tx: Tx, posting_id: UUID) -> Posting:
    """A posting for a job, which acts for nobody."""
    return await lock_posting(tx, posting_id, ALL_ROWS)


async def lock_postings_of(tx: Tx, worker_id: UUID, organisation_id: UUID) -> list[Posting]:
    """What an employer has the worker do, or will."""
    return await tx.all(
        Posting,
        """
          SELECT id, version, worker_id, organisation_id, station_id, division,
                 from_day, to_day, status
            FROM postings
           WHERE worker_id = $1
             AND organisation_id = $2
             AND status IN ('planned', 'standing')
        ORDER BY id
             FOR UPDATE
        """,
        worker_id,
        organisation_id,
    )


async def lock_postings_in(tx: Tx, division: str) -> list[Posting]:
    return await tx.all(
        Posting,
        """
          SELECT id, version, worker_id, organisation_id, station_id, division,
                 from_day, to_day, status
            FROM postings
           WHERE division = $1
             AND status IN ('planned', 'standing')
        ORDER BY id
             FOR UPDATE
        """,
        division,
    )


async def is_posted(tx: Tx, posting: Posting) -> bool:
    """Whether the worker serves that community for that employer on some of those days."""
    return bool(
        await tx.value(
            """
            SELECT EXISTS (
                   SELECT
                     FROM postings
                    WHERE worker_id = $1
                      AND organisation_id = $2
                      AND division = $3
                      AND status <> 'withdrawn'
                      AND daterange(from_day, to_day, '[]')
                          && daterange($4::date, $5::date, '[]')
                   )
            """,
            posting.worker_id,
            posting.organisation_id,
            posting.division,
            posting.from_day,
            posting.to_day,
        )
    )


async def is_staffed(tx: Tx, station_id: UUID, today: date) -> bool:
    """Whether somebody works from that station, or will."""
    return bool(
        await tx.value(
            """
            SELECT EXISTS (
                   SELECT
                     FROM postings
                    WHERE station_id = $1
                      AND status IN ('planned', 'standing')
                      AND (to_day IS NULL OR to_day >= $2)
                   )
            """,
            station_id,
            today,
        )
    )


async def list_communities_of(tx: Tx, worker_id: UUID) -> list[str]:
    """The communities that a worker serves at present."""
    return await tx.all(
        str,
        """
          SELECT DISTINCT division
            FROM postings
           WHERE worker_id = $1
             AND status = 'standing'
        """,
        worker_id,
    )


async def list_postings(tx: Tx, rows: Rows, prefix: str, page: DeltaRequest) -> list[Posting]:
    return await tx.all(
        Posting,
        """
          SELECT id, version, worker_id, organisation_id, station_id, division,
                 from_day, to_day, status
            FROM postings
           WHERE CASE
                 WHEN $2::uuid IS NULL THEN division LIKE ANY ($1)
                 ELSE organisation_id = $2
                 END
             AND starts_with(division, $3)
             AND ($4::uuid IS NULL OR id > $4)
             AND ($6::text[] IS NULL OR id = ANY ($6::text[]::uuid[]))
        ORDER BY id
           LIMIT $5
        """,
        rows.divisions,
        rows.org,
        prefix,
        page.after_id,
        page.limit,
        page.changed,
    )


async def save_posting(tx: Tx, posting: Posting) -> None:
    await tx.do(
        """
        UPDATE postings
           SET version = $2,
               to_day = $3,
               status = $4
         WHERE id = $1
        """,
        posting.id,
        posting.version,
        posting.to_day,
        posting.status,
    )
