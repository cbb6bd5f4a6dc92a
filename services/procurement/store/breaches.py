"""Breaches in the database; they change under the lock of their agreement."""

from uuid import UUID

from libs.common.auth import Rows
from libs.common.db import Tx
from libs.common.pages import PageRequest
from services.procurement.domain.breaches import Breach


async def add_breach(tx: Tx, breach: Breach) -> None:
    await tx.do(
        """
        INSERT INTO breaches (id, version, agreement_id, division, purchaser_id, provider_id, code,
                              title, share_bp, amount, day, evidence_kind, evidence_id, account,
                              status, recorded_by, recorded_at, answer_due_day)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,
                     $18)
        """,
        breach.id,
        breach.version,
        breach.agreement_id,
        breach.division,
        breach.purchaser_id,
        breach.provider_id,
        breach.code,
        breach.title,
        breach.share_bp,
        breach.amount,
        breach.day,
        breach.evidence_kind,
        breach.evidence_id,
        breach.account,
        breach.status,
        breach.recorded_by,
        breach.recorded_at,
        breach.answer_due_day,
    )


async def get_breach(tx: Tx, breach_id: UUID, rows: Rows) -> Breach:
    return await tx.get(
        Breach,
        """
        SELECT id, version, agreement_id, division, purchaser_id, provider_id, code, title,
               share_bp, amount, day, evidence_kind, evidence_id, account, status, recorded_by,
               recorded_at, answer_due_day, objection, objected_by, objected_at, reasons,
               decided_by, decided_at
          FROM breaches
         WHERE id = $1
           AND division LIKE ANY ($2)
           AND ($3::uuid IS NULL OR provider_id = $3)
        """,
        breach_id,
        rows.divisions,
        rows.org,
    )


async def get_breach_of(tx: Tx, breach_id: UUID) -> Breach:
    """The breach that a timer names, or that is read again under the lock."""
    return await tx.get(
        Breach,
        """
        SELECT id, version, agreement_id, division, purchaser_id, provider_id, code, title,
               share_bp, amount, day, evidence_kind, evidence_id, account, status, recorded_by,
               recorded_at, answer_due_day, objection, objected_by, objected_at, reasons,
               decided_by, decided_at
          FROM breaches
         WHERE id = $1
        """,
        breach_id,
    )


async def list_breaches_of(tx: Tx, agreement_id: UUID) -> list[Breach]:
    """All breaches of an agreement, also those that were dropped."""
    return await tx.all(
        Breach,
        """
          SELECT id, version, agreement_id, division, purchaser_id, provider_id, code, title,
                 share_bp, amount, day, evidence_kind, evidence_id, account, status, recorded_by,
                 recorded_at, answer_due_day, objection, objected_by, objected_at, reasons,
                 decided_by, decided_at
            FROM breaches
           WHERE agreement_id = $1
        ORDER BY id
        """,
        agreement_id,
    )


async def list_breaches(
    tx: Tx, rows: Rows, page: PageRequest, agreement_id: UUID | None
) -> list[Breach]:
    return await tx.all(
        Breach,
        """
          SELECT id, version, agreement_id, division, purchaser_id, provider_id, code, title,
                 share_bp, amount, day, evidence_kind, evidence_id, account, status, recorded_by,
                 recorded_at, answer_due_day, objection, objected_by, objected_at, reasons,
                 decided_by, decided_at
            FROM breaches
           WHERE division LIKE ANY ($1)
             AND ($2::uuid IS NULL OR provider_id = $2)
             AND ($3::uuid IS NULL OR id > $3)
             AND ($4::uuid IS NULL OR agreement_id = $4)
        ORDER BY id
           LIMIT $5
        """,
        rows.divisions,
        rows.org,
        page.after_id,
        agreement_id,
        page.limit,
    )


async def save_breach(tx: Tx, breach: Breach) -> None:
    await tx.do(
        """
        UPDATE breaches
           SET version = $2,
               status = $3,
               objection = $4,
               objected_by = $5,
               objected_at = $6,
               reasons = $7,
               decided_by = $8,
               decided_at = $9
         WHERE id = $1
        """,
        breach.id,
        breach.version,
        breach.status,
        breach.objection,
        breach.objected_by,
        breach.objected_at,
        breach.reasons,
        breach.decided_by,
        breach.decided_at,
    )
