"""Marks in the database."""

from collections.abc import Sequence
from uuid import UUID

from libs.common.db import Tx
from services.evaluation.domain.scores import Mark, ScorerMark


async def add_marks(tx: Tx, commission_id: UUID, scorer: str, marks: Sequence[Mark]) -> None:
    await tx.do_each(
        """
        INSERT INTO marks (commission_id, scorer, indicator, points_bp, reason_code)
             VALUES ($1, $2, $3, $4, $5)
        """,
        [
            (commission_id, scorer, mark.indicator, mark.points_bp, mark.reason_code)
            for mark in marks
        ],
    )


async def list_marks(tx: Tx, commission_id: UUID) -> list[ScorerMark]:
    return await tx.all(
        ScorerMark,
        """
          SELECT scorer, indicator, points_bp, reason_code
            FROM marks
           WHERE commission_id = $1
        ORDER BY scorer, indicator
        """,
        commission_id,
    )
