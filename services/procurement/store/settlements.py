"""Settlements in the database, with the views they are made from: added, never changed."""

from uuid import UUID

from libs.common.contract import answer
from libs.common.db import Tx
from services.procurement.domain.settlements import Settlement


async def add_settlement(tx: Tx, settlement: Settlement) -> None:
    await tx.do(
        """
        INSERT INTO settlements (id, version, agreement_id, division, day, delivered, delivered_bp,
                                 lines, result_id, value_amount, most_amount, deductions,
                                 deducted_amount, earned_amount, paid_amount, claimed_amount,
                                 owed_amount, proposed_by, confirmed_by)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,
                     $18, $19)
        """,
        settlement.id,
        settlement.version,
        settlement.agreement_id,
        settlement.division,
        settlement.day,
        settlement.delivered,
        settlement.delivered_bp,
        settlement.lines,
        settlement.result_id,
        settlement.value_amount,
        settlement.most_amount,
        settlement.deductions,
        settlement.deducted_amount,
        settlement.earned_amount,
        settlement.paid_amount,
        settlement.claimed_amount,
        settlement.owed_amount,
        settlement.proposed_by,
        settlement.confirmed_by,
    )


async def find_settlement(tx: Tx, agreement_id: UUID) -> Settlement | None:
    return await tx.find(
        Settlement,
        """
        SELECT id, version, agreement_id, division, day, delivered, delivered_bp, lines, result_id,
               value_amount, most_amount, deductions, deducted_amount, earned_amount, paid_amount,
               claimed_amount, owed_amount, proposed_by, confirmed_by
          FROM settlements
         WHERE agreement_id = $1
        """,
        agreement_id,
    )


async def put_output_count(tx: Tx, output_id: UUID, agreement_id: UUID, counted: int) -> None:
    await tx.do(
        """
        INSERT INTO output_counts (id, agreement_id, counted)
             VALUES ($1, $2, $3)
        ON CONFLICT (id)
          DO UPDATE SET agreement_id = excluded.agreement_id,
                        counted = excluded.counted
        """,
        output_id,
        agreement_id,
        counted,
    )


@answer
class Counted:
    """How much of an output was accepted so far."""

    output_id: UUID
    counted: int


async def list_counted(tx: Tx, agreement_id: UUID) -> list[Counted]:
    return await tx.all(
        Counted,
        "SELECT id AS output_id, counted FROM output_counts WHERE agreement_id = $1",
        agreement_id,
    )


async def put_rectification(
    tx: Tx, rectification_id: UUID, agreement_id: UUID, result_id: UUID | None, status: str
) -> None:
    await tx.do(
        """
        INSERT INTO rectifications (id, agreement_id, result_id, status)
             VALUES ($1, $2, $3, $4)
        ON CONFLICT (id)
          DO UPDATE SET agreement_id = excluded.agreement_id,
                        result_id = excluded.result_id,
                        status = excluded.status
        """,
        rectification_id,
        agreement_id,
        result_id,
        status,
    )


async def is_rectification_missed(tx: Tx, agreement_id: UUID) -> bool:
    """Whether the provider has let the one chance to put a failed result right go by."""
    return bool(
        await tx.value(
            """
            SELECT EXISTS (SELECT
                             FROM rectifications
                            WHERE agreement_id = $1
                              AND result_id IS NOT NULL
                              AND status = 'overdue')
            """,
            agreement_id,
        )
    )
