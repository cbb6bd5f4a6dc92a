"""Reviews and corrections in the database."""

from uuid import UUID

from libs.common.auth import Rows
from libs.common.db import Tx
from libs.common.pages import PageRequest
from services.evaluation.domain.reviews import Correction, Review


async def add_review(tx: Tx, review: Review) -> None:
    await tx.do(
        """
        INSERT INTO reviews (id, version, result_id, provider_id, division, indicator,
                             reason_code, text, asked_by, asked_at, decide_due_day)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        """,
        review.id,
        review.version,
        review.result_id,
        review.provider_id,
        review.division,
        review.indicator,
        review.reason_code,
        review.text,
        review.asked_by,
        review.asked_at,
        review.decide_due_day,
    )


async def get_review(tx: Tx, review_id: UUID, rows: Rows) -> Review:
    return await tx.get(
        Review,
        """
        SELECT id, version, result_id, provider_id, division, indicator, reason_code, text,
               asked_by, asked_at, decide_due_day, outcome, points_bp, decision_code,
               decided_by, decided_at
          FROM reviews
         WHERE id = $1
           AND division LIKE ANY ($2)
           AND ($3::uuid IS NULL OR provider_id = $3)
        """,
        review_id,
        rows.divisions,
        rows.org,
    )


async def lock_review(tx: Tx, review_id: UUID, rows: Rows) -> Review:
    """Take it after the result's lock, as every command on a result does."""
    return await tx.get(
        Review,
        """
        SELECT id, version, result_id, provider_id, division, indicator, reason_code, text,
               asked_by, asked_at, decide_due_day, outcome, points_bp, decision_code,
               decided_by, decided_at
          FROM reviews
         WHERE id = $1
           AND division LIKE ANY ($2)
           AND ($3::uuid IS NULL OR provider_id = $3)
           FOR UPDATE
        """,
        review_id,
        rows.divisions,
        rows.org,
    )


async def list_reviews(
    tx: Tx, rows: Rows, result_id: UUID | None, page: PageRequest
) -> list[Review]:
    return await tx.all(
        Review,
        """
          SELECT id, version, result_id, provider_id, division, indicator, reason_code, text,
                 asked_by, asked_at, decide_due_day, outcome, points_bp, decision_code,
                 decided_by, decided_at
            FROM reviews
           WHERE division LIKE ANY ($1)
             AND ($2::uuid IS NULL OR provider_id = $2)
             AND ($3::uuid IS NULL OR result_id = $3)
             AND ($4::uuid IS NULL OR id > $4)
        ORDER BY id
           LIMIT $5
        """,
        rows.divisions,
        rows.org,
        result_id,
        page.after_id,
        page.limit,
    )


async def count_open_reviews(tx: Tx, result_id: UUID) -> int:
    count: int = await tx.value(
        "SELECT count(*) FROM reviews WHERE result_id = $1 AND outcome IS NULL", result_id
    )
    return count


async def save_decision(tx: Tx, review: Review) -> None:
    await tx.do(
        """
        UPDATE reviews
           SET version = $2,
               outcome = $3,
               points_bp = $4,
               decision_code = $5,
               decided_by = $6,
               decided_at = $7
         WHERE id = $1
        """,
        review.id,
        review.version,
        review.outcome,
        review.points_bp,
        review.decision_code,
        review.decided_by,
        review.decided_at,
    )


async def add_correction(tx: Tx, correction: Correction) -> None:
    await tx.do(
        """
        INSERT INTO corrections (id, version, result_id, division, indicator, points_bp,
                                 reason_code, proposed_by, proposed_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """,
        correction.id,
        correction.version,
        correction.result_id,
        correction.division,
        correction.indicator,
        correction.points_bp,
        correction.reason_code,
        correction.proposed_by,
        correction.proposed_at,
    )


async def lock_correction(tx: Tx, correction_id: UUID, rows: Rows) -> Correction:
    return await tx.get(
        Correction,
        """
        SELECT id, version, result_id, division, indicator, points_bp, reason_code,
               proposed_by, proposed_at, confirmed_by, confirmed_at
          FROM corrections
         WHERE id = $1
           AND division LIKE ANY ($2)
           FOR UPDATE
        """,
        correction_id,
        rows.divisions,
    )


async def save_confirmation(tx: Tx, correction: Correction) -> None:
    await tx.do(
        """
        UPDATE corrections
           SET version = $2,
               confirmed_by = $3,
               confirmed_at = $4
         WHERE id = $1
        """,
        correction.id,
        correction.version,
        correction.confirmed_by,
        correction.confirmed_at,
    )
