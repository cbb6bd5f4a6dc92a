"""Assignments in the database."""

from datetime import datetime
from uuid import UUID

from libs.common.auth import Rows
from libs.common.db import Tx
from libs.common.pages import DeltaRequest
from services.scheduling.domain.assignments import Assignment


async def add_assignment(tx: Tx, assignment: Assignment) -> None:
    await tx.do(
        """
        INSERT INTO assignments (id, version, activity_id, organisation_id, division, worker_id,
                                 role, certified, starts_at, ends_at, status)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        """,
        assignment.id,
        assignment.version,
        assignment.activity_id,
        assignment.organisation_id,
        assignment.division,
        assignment.worker_id,
        assignment.role,
        assignment.certified,
        assignment.starts_at,
        assignment.ends_at,
        assignment.status,
    )


async def lock_assignment(tx: Tx, assignment_id: UUID, rows: Rows) -> Assignment:
    return await tx.get(
        Assignment,
        """
        SELECT *
          FROM assignments
         WHERE id = $1
           AND division LIKE ANY ($2)
           AND ($3::uuid IS NULL OR organisation_id = $3)
           FOR UPDATE
        """,
        assignment_id,
        rows.divisions,
        rows.org,
    )


async def lock_assignments(tx: Tx, activity_id: UUID) -> list[Assignment]:
    """Who is assigned to an activity."""
    return await tx.all(
        Assignment,
        """
          SELECT *
            FROM assignments
           WHERE activity_id = $1
             AND status = 'standing'
        ORDER BY id
             FOR UPDATE
        """,
        activity_id,
    )


async def lock_later_of(tx: Tx, worker_id: str, after: datetime) -> list[Assignment]:
    """A worker's standing assignments that start after that instant."""
    return await tx.all(
        Assignment,
        """
          SELECT *
            FROM assignments
           WHERE worker_id = $1
             AND status = 'standing'
             AND starts_at > $2
        ORDER BY id
             FOR UPDATE
        """,
        worker_id,
        after,
    )


async def find_lead(tx: Tx, activity_id: UUID) -> Assignment | None:
    return await tx.find(
        Assignment,
        """
        SELECT *
          FROM assignments
         WHERE activity_id = $1
           AND role = 'lead'
           AND status = 'standing'
        """,
        activity_id,
    )


async def list_assignments(
    tx: Tx,
    rows: Rows,
    page: DeltaRequest,
    activity_id: UUID | None,
    worker_id: str | None,
    status: str | None,
) -> list[Assignment]:
    return await tx.all(
        Assignment,
        """
          SELECT *
            FROM assignments
           WHERE division LIKE ANY ($1)
             AND ($2::uuid IS NULL OR organisation_id = $2)
             AND ($3::uuid IS NULL OR activity_id = $3)
             AND ($4::text IS NULL OR worker_id = $4)
             AND ($5::text IS NULL OR status = $5)
             AND ($6::uuid IS NULL OR id > $6)
             AND ($8::text[] IS NULL OR id = ANY ($8::text[]::uuid[]))
        ORDER BY id
           LIMIT $7
        """,
        rows.divisions,
        rows.org,
        activity_id,
        worker_id,
        status,
        page.after_id,
        page.limit,
        page.changed,
    )


async def save_assignment(tx: Tx, assignment: Assignment) -> None:
    await tx.do(
        """
        UPDATE assignments
           SET version = $2,
               starts_at = $3,
               ends_at = $4,
               status = $5,
               reason = $6
         WHERE id = $1
        """,
        assignment.id,
        assignment.version,
        assignment.starts_at,
        assignment.ends_at,
        assignment.status,
        assignment.reason,
    )


async def is_under_agreement(tx: Tx, activity_id: UUID) -> bool:
    """Whether certificates are asked for at that activity."""
    return bool(
        await tx.value(
            "SELECT true FROM activities WHERE id = $1 AND basis = 'agreement'", activity_id
        )
    )
