"""Rectifications in the database."""

from uuid import UUID

from libs.common.auth import ALL_ROWS, Rows
from libs.common.db import Tx
from libs.common.pages import PageRequest
from services.evaluation.domain.rectifications import Rectification


async def add_rectification(tx: Tx, rectification: Rectification) -> None:
    await tx.do(
        """
        INSERT INTO rectifications (id, version, inspection_id, result_id, agreement_id,
                                    provider_id, division, codes, demand, due_day, ordered_by,
                                    status)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        """,
        rectification.id,
        rectification.version,
        rectification.inspection_id,
        rectification.result_id,
        rectification.agreement_id,
        rectification.provider_id,
        rectification.division,
        rectification.codes,
        rectification.demand,
        rectification.due_day,
        rectification.ordered_by,
        rectification.status,
    )


async def lock_rectification(tx: Tx, rectification_id: UUID, rows: Rows) -> Rectification:
    return await tx.get(
        Rectification,
        """
        SELECT id, version, inspection_id, result_id, agreement_id, provider_id, division, codes,
               demand, due_day, ordered_by, status, answer_text, answered_at, resolved_by,
               resolved_at
          FROM rectifications
         WHERE id = $1
           AND division LIKE ANY ($2)
           AND ($3::uuid IS NULL OR provider_id = $3)
           FOR UPDATE
        """,
        rectification_id,
        rows.divisions,
        rows.org,
    )


async def lock_rectification_for_job(tx: Tx, rectification_id: UUID) -> Rectification:
    return await lock_rectification(tx, rectification_id, ALL_ROWS)


async def find_rectification_of(tx: Tx, result_id: UUID) -> Rectification | None:
    """What was ordered on a result that the caller has locked, unless it was withdrawn."""
    return await tx.find(
        Rectification,
        """
        SELECT id, version, inspection_id, result_id, agreement_id, provider_id, division, codes,
               demand, due_day, ordered_by, status, answer_text, answered_at, resolved_by,
               resolved_at
          FROM rectifications
         WHERE result_id = $1
           AND status <> 'withdrawn'
           FOR UPDATE
        """,
        result_id,
    )


async def get_rectification(tx: Tx, rectification_id: UUID, rows: Rows) -> Rectification:
    return await tx.get(
        Rectification,
        """
        SELECT id, version, inspection_id, result_id, agreement_id, provider_id, division, codes,
               demand, due_day, ordered_by, status, answer_text, answered_at, resolved_by,
               resolved_at
          FROM rectifications
         WHERE id = $1
           AND division LIKE ANY ($2)
           AND ($3::uuid IS NULL OR provider_id = $3)
        """,
        rectification_id,
        rows.divisions,
        rows.org,
    )


async def list_rectifications(
    tx: Tx, rows: Rows, agreement_id: UUID | None, status: str | None, page: PageRequest
) -> list[Rectification]:
    return await tx.all(
        Rectification,
        """
          SELECT id, version, inspection_id, result_id, agreement_id, provider_id, division, codes,
                 demand, due_day, ordered_by, status, answer_text, answered_at, resolved_by,
                 resolved_at
            FROM rectifications
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


async def save_rectification(tx: Tx, rectification: Rectification) -> None:
    await tx.do(
        """
        UPDATE rectifications
           SET version = $2,
               status = $3,
               answer_text = $4,
               answered_at = $5,
               resolved_by = $6,
               resolved_at = $7
         WHERE id = $1
        """,
        rectification.id,
        rectification.version,
        rectification.status,
        rectification.answer_text,
        rectification.answered_at,
        rectification.resolved_by,
        rectification.resolved_at,
    )
