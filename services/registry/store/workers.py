"""Workers in the database: the name is read only where a statement says so."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from libs.common.auth import ALL_ROWS, Rows
from libs.common.db import Tx
from libs.common.errors import NotFound
from libs.common.pages import DeltaRequest
from services.registry.domain.workers import (
    CertificateLevel,
    Check,
    RegistrationStatus,
    Worker,
    WorkerKind,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerRecord:
    """A worker as read; name and file number are null for who does not need them."""

    id: UUID
    version: int
    name: str | None
    file_number: str | None
    kind: WorkerKind
    division: str
    employer_id: UUID | None
    part_time_ids: tuple[UUID, ...]
    certificate_level: CertificateLevel | None
    certificate_valid: bool
    registration_status: RegistrationStatus | None
    registration_until: date | None
    minors_check_until: date | None


async def add_worker(tx: Tx, worker: Worker, name: str, file_number: str | None) -> None:
    await tx.do(
        """
        INSERT INTO workers (id, version, kind, name, file_number, division, enrolled_by,
                             part_time_ids, certificate_valid)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """,
        worker.id,
        worker.version,
        worker.kind,
        name,
        file_number,
        worker.division,
        worker.enrolled_by,
        worker.part_time_ids,
        worker.certificate_valid,
    )


async def lock_worker(tx: Tx, worker_id: UUID, rows: Rows) -> Worker:
    worker = await find_worker(tx, worker_id, rows)
    if worker is None:
        raise NotFound("worker")
    return worker


async def find_worker(tx: Tx, worker_id: UUID, rows: Rows) -> Worker | None:
    """The worker, if the caller may act for them, locked: their employment stays as it is."""
    return await tx.find(
        Worker,
        """
        SELECT id, version, kind, division, enrolled_by, employer_id, part_time_ids,
               certificate_level, certificate_valid,
               registration_status, registration_until, minors_check_until
          FROM workers
         WHERE id = $1
           AND CASE
               WHEN $3::uuid IS NULL THEN division LIKE ANY ($2)
               ELSE $3 = ANY (part_time_ids || ARRAY[employer_id, enrolled_by])
               END
           FOR UPDATE
        """,
        worker_id,
        rows.divisions,
        rows.org,
    )


async def lock_any_worker(tx: Tx, worker_id: UUID) -> Worker:
    """A worker for a job, or for what the caller has been let through to already."""
    return await lock_worker(tx, worker_id, ALL_ROWS)


async def get_worker(tx: Tx, worker_id: UUID, rows: Rows, named: bool) -> WorkerRecord:
    return await tx.get(
        WorkerRecord,
        """
        SELECT id, version, CASE WHEN $4 THEN name END AS name,
               CASE WHEN $4 THEN file_number END AS file_number, kind, division,
               employer_id, part_time_ids, certificate_level, certificate_valid,
               registration_status, registration_until, minors_check_until
          FROM workers
         WHERE id = $1
           AND CASE
               WHEN $3::uuid IS NULL THEN division LIKE ANY ($2)
               ELSE $3 = ANY (part_time_ids || ARRAY[employer_id, enrolled_by])
               END
        """,
        worker_id,
        rows.divisions,
        rows.org,
        named,
    )


async def list_workers(tx: Tx, rows: Rows, named: bool, page: DeltaRequest) -> list[WorkerRecord]:
    return await tx.all(
        WorkerRecord,
        """
          SELECT id, version, CASE WHEN $3 THEN name END AS name,
                 CASE WHEN $3 THEN file_number END AS file_number, kind, division,
                 employer_id, part_time_ids, certificate_level, certificate_valid,
                 registration_status, registration_until, minors_check_until
            FROM workers
           WHERE CASE
                 WHEN $2::uuid IS NULL THEN division LIKE ANY ($1)
                 ELSE $2 = ANY (part_time_ids || ARRAY[employer_id, enrolled_by])
                 END
             AND ($4::uuid IS NULL OR id > $4)
             AND ($6::text[] IS NULL OR id = ANY ($6::text[]::uuid[]))
        ORDER BY id
           LIMIT $5
        """,
        rows.divisions,
        rows.org,
        named,
        page.after_id,
        page.limit,
        page.changed,
    )


async def save_worker(tx: Tx, worker: Worker) -> None:
    await tx.do(
        """
        UPDATE workers
           SET version = $2,
               enrolled_by = $3,
               employer_id = $4,
               part_time_ids = $5,
               certificate_level = $6,
               certificate_valid = $7,
               registration_status = $8,
               registration_until = $9,
               minors_check_until = $10
         WHERE id = $1
        """,
        worker.id,
        worker.version,
        worker.enrolled_by,
        worker.employer_id,
        worker.part_time_ids,
        worker.certificate_level,
        worker.certificate_valid,
        worker.registration_status,
        worker.registration_until,
        worker.minors_check_until,
    )


async def add_check(tx: Tx, check: Check) -> None:
    await tx.do(
        """
        INSERT INTO checks (id, worker_id, kind, passed, day, valid_until)
             VALUES ($1, $2, $3, $4, $5, $6)
        """,
        check.id,
        check.worker_id,
        check.kind,
        check.passed,
        check.day,
        check.valid_until,
    )
