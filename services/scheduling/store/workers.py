"""Workers and their ties, as the registry tells of them."""

from uuid import UUID

from libs.common.db import Tx
from services.scheduling.domain.known import Worker


async def put_worker(tx: Tx, worker: Worker) -> None:
    await tx.do(
        """
        INSERT INTO workers (id, employer_id, part_time_ids, certificate_level,
                             certificate_valid, registration_status, minors_check_until)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (id) DO UPDATE
                SET employer_id = excluded.employer_id,
                    part_time_ids = excluded.part_time_ids,
                    certificate_level = excluded.certificate_level,
                    certificate_valid = excluded.certificate_valid,
                    registration_status = excluded.registration_status,
                    minors_check_until = excluded.minors_check_until
        """,
        worker.id,
        worker.employer_id,
        worker.part_time_ids,
        worker.certificate_level,
        worker.certificate_valid,
        worker.registration_status,
        worker.minors_check_until,
    )


async def lock_worker(tx: Tx, worker_id: str) -> Worker | None:
    """Nothing new is heard of the worker before this commits: either the news is seen here, or
    this is seen by whoever frees work because of it."""
    return await tx.find(
        Worker,
        """
        SELECT id, employer_id, part_time_ids, certificate_level, certificate_valid,
               registration_status, minors_check_until
          FROM workers
         WHERE id = $1
           FOR SHARE
        """,
        worker_id,
    )


async def works_for(tx: Tx, person: str, organisation_id: UUID | None) -> bool:
    """Whether a person works for that organisation, full-time or part-time."""
    return bool(
        await tx.value(
            """
            SELECT true
              FROM workers
             WHERE id = $1
               AND (employer_id = $2 OR $2 = ANY (part_time_ids))
            """,
            person,
            organisation_id,
        )
    )


async def put_tie(
    tx: Tx, tie_id: str, person: str, organisation_id: UUID, degree: str, status: str
) -> None:
    await tx.do(
        """
        INSERT INTO ties (id, person, organisation_id, degree, status)
             VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (id) DO UPDATE
                SET person = excluded.person,
                    organisation_id = excluded.organisation_id,
                    degree = excluded.degree,
                    status = excluded.status
        """,
        tie_id,
        person,
        organisation_id,
        degree,
        status,
    )


async def is_tied(
    tx: Tx, person: str, organisation_id: UUID | None, degree: str | None = None
) -> bool:
    """Whether a tie of that degree (or any) stands between a person and an organisation."""
    return bool(
        await tx.value(
            """
            SELECT true
              FROM ties
             WHERE person = $1
               AND organisation_id = $2
               AND status = 'standing'
               AND ($3::text IS NULL OR degree = $3)
             LIMIT 1
            """,
            person,
            organisation_id,
            degree,
        )
    )
