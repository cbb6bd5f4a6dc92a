"""Commissions in the database."""

from uuid import UUID

from libs.common.auth import ALL_ROWS, Rows
from libs.common.db import Tx
from libs.common.pages import PageRequest
from services.evaluation.domain.commissions import Commission


async def add_commission(tx: Tx, commission: Commission) -> None:
    await tx.do(
        """
        INSERT INTO commissions (id, version, agreement_id, provider_id, purchaser_id, division,
                                 domain, title, policy_version, seed_commitment, frame_closes_at,
                                 agreement_sequence, visitors, scorers, ties, status, round)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
                     $17)
        """,
        commission.id,
        commission.version,
        commission.agreement_id,
        commission.provider_id,
        commission.purchaser_id,
        commission.division,
        commission.domain,
        commission.title,
        commission.policy_version,
        commission.seed_commitment,
        commission.frame_closes_at,
        commission.agreement_sequence,
        commission.visitors,
        commission.scorers,
        commission.ties,
        commission.status,
        commission.round,
    )


async def lock_commission(tx: Tx, commission_id: UUID, rows: Rows) -> Commission:
    """A caller bound to an organisation commands only what that evaluator was given."""
    return await tx.get(
        Commission,
        """
        SELECT id, version, agreement_id, provider_id, purchaser_id, division, domain, title,
               policy_version, seed_commitment, frame_closes_at, agreement_sequence,
               evaluator_id, visitors, scorers, ties, status, round
          FROM commissions
         WHERE id = $1
           AND division LIKE ANY ($2)
           AND ($3::uuid IS NULL OR evaluator_id = $3)
           FOR UPDATE
        """,
        commission_id,
        rows.divisions,
        rows.org,
    )


async def lock_commission_for_job(tx: Tx, commission_id: UUID) -> Commission:
    return await lock_commission(tx, commission_id, ALL_ROWS)


async def lock_commission_of(tx: Tx, agreement_id: UUID) -> Commission | None:
    """The latest evaluation of an agreement."""
    return await tx.find(
        Commission,
        """
          SELECT id, version, agreement_id, provider_id, purchaser_id, division, domain, title,
                 policy_version, seed_commitment, frame_closes_at, agreement_sequence,
                 evaluator_id, visitors, scorers, ties, status, round
            FROM commissions
           WHERE agreement_id = $1
        ORDER BY round DESC
           LIMIT 1
             FOR UPDATE
        """,
        agreement_id,
    )


async def get_commission(tx: Tx, commission_id: UUID, rows: Rows) -> Commission:
    return await tx.get(
        Commission,
        """
        SELECT id, version, agreement_id, provider_id, purchaser_id, division, domain, title,
               policy_version, seed_commitment, frame_closes_at, agreement_sequence,
               evaluator_id, visitors, scorers, ties, status, round
          FROM commissions
         WHERE id = $1
           AND division LIKE ANY ($2)
           AND ($3::uuid IS NULL OR $3 IN (evaluator_id, provider_id))
        """,
        commission_id,
        rows.divisions,
        rows.org,
    )


async def list_commissions(
    tx: Tx, rows: Rows, agreement_id: UUID | None, status: str | None, page: PageRequest
) -> list[Commission]:
    return await tx.all(
        Commission,
        """
          SELECT id, version, agreement_id, provider_id, purchaser_id, division, domain, title,
                 policy_version, seed_commitment, frame_closes_at, agreement_sequence,
                 evaluator_id, visitors, scorers, ties, status, round
            FROM commissions
           WHERE division LIKE ANY ($1)
             AND ($2::uuid IS NULL OR $2 IN (evaluator_id, provider_id))
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


async def save_commission(tx: Tx, commission: Commission) -> None:
    await tx.do(
        """
        UPDATE commissions
           SET version = $2,
               frame_closes_at = $3,
               agreement_sequence = $4,
               evaluator_id = $5,
               visitors = $6,
               scorers = $7,
               ties = $8,
               status = $9
         WHERE id = $1
        """,
        commission.id,
        commission.version,
        commission.frame_closes_at,
        commission.agreement_sequence,
        commission.evaluator_id,
        commission.visitors,
        commission.scorers,
        commission.ties,
        commission.status,
    )
