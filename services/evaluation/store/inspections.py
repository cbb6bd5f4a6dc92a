"""Inspections in the database."""

from collections.abc import Sequence
from uuid import UUID

from libs.common.auth import ALL_ROWS, Rows
from libs.common.db import Tx
from libs.common.pages import PageRequest
from services.evaluation.domain.inspections import Inspection


async def add_inspection(tx: Tx, inspection: Inspection) -> None:
    await tx.do(
        """
        INSERT INTO inspections (id, version, agreement_id, provider_id, division, kind, on_site,
                                 from_day, to_day, due_day, policy_version, status, codes)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
        """,
        inspection.id,
        inspection.version,
        inspection.agreement_id,
        inspection.provider_id,
        inspection.division,
        inspection.kind,
        inspection.on_site,
        inspection.from_day,
        inspection.to_day,
        inspection.due_day,
        inspection.policy_version,
        inspection.status,
        inspection.codes,
    )


async def lock_inspection(tx: Tx, inspection_id: UUID, rows: Rows) -> Inspection:
    return await tx.get(
        Inspection,
        """
        SELECT id, version, agreement_id, provider_id, division, kind, on_site, from_day, to_day,
               due_day, policy_version, status, figures, conclusion, codes, findings,
               completed_by, completed_at
          FROM inspections
         WHERE id = $1
           AND division LIKE ANY ($2)
           AND ($3::uuid IS NULL OR provider_id = $3)
           FOR UPDATE
        """,
        inspection_id,
        rows.divisions,
        rows.org,
    )


async def lock_inspection_for_job(tx: Tx, inspection_id: UUID) -> Inspection:
    return await lock_inspection(tx, inspection_id, ALL_ROWS)


async def lock_planned_inspections(tx: Tx, agreement_id: UUID) -> Sequence[Inspection]:
    """All of an agreement that still stand, so that a changed term can be compared with them."""
    return await tx.all(
        Inspection,
        """
          SELECT id, version, agreement_id, provider_id, division, kind, on_site, from_day,
                 to_day, due_day, policy_version, status, figures, conclusion, codes, findings,
                 completed_by, completed_at
            FROM inspections
           WHERE agreement_id = $1
             AND status <> 'cancelled'
        ORDER BY id
             FOR UPDATE
        """,
        agreement_id,
    )


async def get_inspection(tx: Tx, inspection_id: UUID, rows: Rows) -> Inspection:
    return await tx.get(
        Inspection,
        """
        SELECT id, version, agreement_id, provider_id, division, kind, on_site, from_day, to_day,
               due_day, policy_version, status, figures, conclusion, codes, findings,
               completed_by, completed_at
          FROM inspections
         WHERE id = $1
           AND division LIKE ANY ($2)
           AND ($3::uuid IS NULL OR provider_id = $3)
        """,
        inspection_id,
        rows.divisions,
        rows.org,
    )


async def list_inspections(
    tx: Tx, rows: Rows, agreement_id: UUID | None, status: str | None, page: PageRequest
) -> list[Inspection]:
    return await tx.all(
        Inspection,
        """
          SELECT id, version, agreement_id, provider_id, division, kind, on_site, from_day,
                 to_day, due_day, policy_version, status, figures, conclusion, codes, findings,
                 completed_by, completed_at
            FROM inspections
           WHERE division LIKE ANY ($1)
             AND ($2::uuid IS NULL OR provider_id = $2)
             AND ($3::uuid IS NULL OR agreement_id = $3)
             AND ($4::text IS NULL OR status = $4)
             AND ($5::uuid IS NULL OR id > $5)
        ORDER BY id
           LIMIT $6
        """,
        rows.divisions,
        rows.org,
        agreement_id,
        status,
        page.after_id,
        page.limit,
    )


async def save_inspection(tx: Tx, inspection: Inspection) -> None:
    await tx.do(
        """
        UPDATE inspections
           SET version = $2,
               status = $3,
               figures = $4,
               conclusion = $5,
               codes = $6,
               findings = $7,
               completed_by = $8,
               completed_at = $9
         WHERE id = $1
        """,
        inspection.id,
        inspection.version,
        inspection.status,
        inspection.figures,
        inspection.conclusion,
        inspection.codes,
        inspection.findings,
        inspection.completed_by,
        inspection.completed_at,
    )
