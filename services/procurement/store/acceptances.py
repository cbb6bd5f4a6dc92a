"""Acceptances in the database, with the sealed results and the persons behind them."""

from uuid import UUID

from libs.common.db import Tx
from services.procurement.domain.acceptances import Acceptance
from services.procurement.domain.payments import Result


async def add_acceptance(tx: Tx, acceptance: Acceptance) -> None:
    await tx.do(
        """
        INSERT INTO acceptances (id, version, agreement_id, division, day, outcome,
                                 expense_statement, leftover_amount, opinion_summary_code,
                                 remarks, person)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        """,
        acceptance.id,
        acceptance.version,
        acceptance.agreement_id,
        acceptance.division,
        acceptance.day,
        acceptance.outcome,
        acceptance.expense_statement,
        acceptance.leftover_amount,
        acceptance.opinion_summary_code,
        acceptance.remarks,
        acceptance.person,
    )


async def find_acceptance(tx: Tx, agreement_id: UUID) -> Acceptance | None:
    return await tx.find(
        Acceptance,
        """
        SELECT id, version, agreement_id, division, day, outcome, expense_statement,
               leftover_amount, opinion_summary_code, remarks, person
          FROM acceptances
         WHERE agreement_id = $1
        """,
        agreement_id,
    )


async def find_result(tx: Tx, agreement_id: UUID) -> Result | None:
    return await tx.find(
        Result,
        """
        SELECT agreement_id, result_id, round, version, score_bp, band, balance_share_bp,
               policy_version, sealed_at, correction
          FROM agreement_results
         WHERE agreement_id = $1
        """,
        agreement_id,
    )


async def put_result(tx: Tx, result: Result) -> bool:
    """Keep the last round's highest version; False if this one is not newer than what stands."""
    return bool(
        await tx.do(
            """
            INSERT INTO agreement_results AS mine
                        (agreement_id, result_id, round, version, score_bp, band,
                         balance_share_bp, policy_version, sealed_at, correction)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            ON CONFLICT (agreement_id)
              DO UPDATE SET result_id = excluded.result_id,
                            round = excluded.round,
                            version = excluded.version,
                            score_bp = excluded.score_bp,
                            band = excluded.band,
                            balance_share_bp = excluded.balance_share_bp,
                            policy_version = excluded.policy_version,
                            sealed_at = excluded.sealed_at,
                            correction = excluded.correction
                      WHERE (excluded.round, excluded.version) > (mine.round, mine.version)
            """,
            result.agreement_id,
            result.result_id,
            result.round,
            result.version,
            result.score_bp,
            result.band,
            result.balance_share_bp,
            result.policy_version,
            result.sealed_at,
            result.correction,
        )
    )


async def add_evaluation_person(tx: Tx, agreement_id: UUID, person: str) -> None:
    await tx.do(
        """
        INSERT INTO evaluation_persons (agreement_id, person)
             VALUES ($1, $2)
        ON CONFLICT DO NOTHING
        """,
        agreement_id,
        person,
    )


async def list_evaluation_persons(tx: Tx, agreement_id: UUID) -> list[str]:
    return await tx.all(
        str, "SELECT person FROM evaluation_persons WHERE agreement_id = $1", agreement_id
    )


async def list_judges(tx: Tx, agreement_id: UUID) -> list[str]:
    """Who has evaluated or accepted: none of them approves money of this agreement."""
    return await tx.all(
        str,
        """
        SELECT person
          FROM evaluation_persons
         WHERE agreement_id = $1
         UNION
        SELECT person
          FROM acceptances
         WHERE agreement_id = $1
        """,
        agreement_id,
    )
