"""Results and their editions in the database."""

from datetime import datetime
from uuid import UUID

from libs.common.auth import Rows
from libs.common.db import Tx
from libs.common.pages import PageRequest
from services.evaluation.domain.results import Edition, Result


async def add_result(tx: Tx, result: Result) -> None:
    await tx.do(
        """
        INSERT INTO results (id, version, commission_id, agreement_id, provider_id, purchaser_id,
                             evaluator_id, division, domain, round, edition, score_bp, band,
                             balance_share_bp, policy_version, status, scored_by, review_waived,
                             correction)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,
                     $18, $19)
        """,
        result.id,
        result.version,
        result.commission_id,
        result.agreement_id,
        result.provider_id,
        result.purchaser_id,
        result.evaluator_id,
        result.division,
        result.domain,
        result.round,
        result.edition,
        result.score_bp,
        result.band,
        result.balance_share_bp,
        result.policy_version,
        result.status,
        result.scored_by,
        result.review_waived,
        result.correction,
    )


async def lock_result(tx: Tx, result_id: UUID, rows: Rows) -> Result:
    """A provider reaches its own results once it has been told of them."""
    return await tx.get(
        Result,
        """
        SELECT id, version, commission_id, agreement_id, provider_id, purchaser_id, evaluator_id,
               division, domain, round, edition, score_bp, band, balance_share_bp, policy_version,
               status, scored_by, notified_by, review_until, review_waived, sealed_by, sealed_at,
               correction
          FROM results
         WHERE id = $1
           AND division LIKE ANY ($2)
           AND ($3::uuid IS NULL OR (provider_id = $3 AND status <> 'scored'))
           FOR UPDATE
        """,
        result_id,
        rows.divisions,
        rows.org,
    )


async def get_result(tx: Tx, result_id: UUID, rows: Rows) -> Result:
    return await tx.get(
        Result,
        """
        SELECT id, version, commission_id, agreement_id, provider_id, purchaser_id, evaluator_id,
               division, domain, round, edition, score_bp, band, balance_share_bp, policy_version,
               status, scored_by, notified_by, review_until, review_waived, sealed_by, sealed_at,
               correction
          FROM results
         WHERE id = $1
           AND division LIKE ANY ($2)
           AND ($3::uuid IS NULL
                OR evaluator_id = $3
                OR (provider_id = $3 AND status <> 'scored'))
        """,
        result_id,
        rows.divisions,
        rows.org,
    )


async def list_results(
    tx: Tx, rows: Rows, provider_id: UUID | None, status: str | None, page: PageRequest
) -> list[Result]:
    return await tx.all(
        Result,
        """
          SELECT id, version, commission_id, agreement_id, provider_id, purchaser_id,
                 evaluator_id, division, domain, round, edition, score_bp, band, balance_share_bp,
                 policy_version, status, scored_by, notified_by, review_until, review_waived,
                 sealed_by, sealed_at, correction
            FROM results
           WHERE division LIKE ANY ($1)
             AND ($2::uuid IS NULL
                  OR evaluator_id = $2
                  OR (provider_id = $2 AND status <> 'scored'))
             AND ($3::uuid IS NULL OR provider_id = $3)
             AND ($4::text IS NULL OR status = $4)
             AND ($5::uuid IS NULL OR id > $5)
        ORDER BY id
           LIMIT $6
        """,
        rows.divisions,
        rows.org,
        provider_id,
        status,
        page.after_id,
        page.limit,
    )


async def save_result(tx: Tx, result: Result) -> None:
    await tx.do(
        """
        UPDATE results
           SET version = $2,
               edition = $3,
               score_bp = $4,
               band = $5,
               balance_share_bp = $6,
               status = $7,
               notified_by = $8,
               review_until = $9,
               review_waived = $10,
               sealed_by = $11,
               sealed_at = $12,
               correction = $13
         WHERE id = $1
        """,
        result.id,
        result.version,
        result.edition,
        result.score_bp,
        result.band,
        result.balance_share_bp,
        result.status,
        result.notified_by,
        result.review_until,
        result.review_waived,
        result.sealed_by,
        result.sealed_at,
        result.correction,
    )


async def add_edition(tx: Tx, result_id: UUID, edition: Edition) -> None:
    await tx.do(
        """
        INSERT INTO editions (result_id, edition, score_bp, band, balance_share_bp,
                              policy_version, lines, reason_code, made_by, confirmed_by,
                              made_at, sealed_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        """,
        result_id,
        edition.edition,
        edition.score_bp,
        edition.band,
        edition.balance_share_bp,
        edition.policy_version,
        edition.lines,
        edition.reason_code,
        edition.made_by,
        edition.confirmed_by,
        edition.made_at,
        edition.sealed_at,
    )


async def get_edition(tx: Tx, result_id: UUID, number: int) -> Edition:
    return await tx.get(
        Edition,
        """
        SELECT edition, score_bp, band, balance_share_bp, policy_version, lines, reason_code,
               made_by, confirmed_by, made_at, sealed_at
          FROM editions
         WHERE result_id = $1
           AND edition = $2
        """,
        result_id,
        number,
    )


async def list_editions(tx: Tx, result_id: UUID) -> list[Edition]:
    return await tx.all(
        Edition,
        """
          SELECT edition, score_bp, band, balance_share_bp, policy_version, lines, reason_code,
                 made_by, confirmed_by, made_at, sealed_at
            FROM editions
           WHERE result_id = $1
        ORDER BY edition
        """,
        result_id,
    )


async def seal_edition(tx: Tx, result_id: UUID, number: int, now: datetime) -> None:
    await tx.do(
        """
        UPDATE editions
           SET sealed_at = $3
         WHERE result_id = $1
           AND edition = $2
        """,
        result_id,
        number,
        now,
    )


async def list_sealed_scores(tx: Tx, provider_id: UUID, since: datetime) -> list[int]:
    """The scores of a provider's agreements sealed since then; a re-evaluation replaces the first
    score."""
    return await tx.all(
        int,
        """
          SELECT DISTINCT ON (agreement_id) score_bp
            FROM results
           WHERE provider_id = $1
             AND status = 'sealed'
             AND sealed_at >= $2
        ORDER BY agreement_id, round DESC
        """,
        provider_id,
        since,
    )
