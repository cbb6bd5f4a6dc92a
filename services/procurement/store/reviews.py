"""Scores and reviews in the database: added, never changed."""

from datetime import datetime
from uuid import UUID

from libs.common.db import Tx
from services.procurement.domain.ranking import Track
from services.procurement.domain.reviews import Review
from services.procurement.domain.scores import Score


async def add_score(tx: Tx, score: Score) -> None:
    await tx.do(
        """
        INSERT INTO scores (id, tender_id, bid_id, member, marks)
             VALUES ($1, $2, $3, $4, $5)
        """,
        score.id,
        score.tender_id,
        score.bid_id,
        score.member,
        score.marks,
    )


async def list_scores(tx: Tx, tender_id: UUID, members: tuple[str, ...]) -> list[Score]:
    """What these members gave: a recused member's scores do not count."""
    return await tx.all(
        Score,
        """
          SELECT id, tender_id, bid_id, member, marks
            FROM scores
           WHERE tender_id = $1
             AND member = ANY ($2)
        ORDER BY id
        """,
        tender_id,
        members,
    )


async def list_tracks(
    tx: Tx,
    organisations: list[UUID],
    domains: tuple[str, ...],
    since: datetime,
    before: datetime,
) -> list[Track]:
    """Averages of what was sealed in the period, each commission by its last version then."""
    return await tx.all(
        Track,
        """
          SELECT provider_id AS organisation_id, count(*) AS results,
                 floor(avg(score_bp))::integer AS average_bp
            FROM (  SELECT DISTINCT ON (commission_id) provider_id, score_bp
                      FROM sealed_results
                     WHERE provider_id = ANY ($1)
                       AND domain = ANY ($2)
                       AND sealed_at >= $3
                       AND sealed_at < $4
                  ORDER BY commission_id, version DESC) AS standing
        GROUP BY provider_id
        ORDER BY provider_id
        """,
        organisations,
        domains,
        since,
        before,
    )


async def add_review(tx: Tx, review: Review) -> None:
    await tx.do(
        """
        INSERT INTO reviews (id, record, policy_version, lines, decided_by, decided_day)
             VALUES ($1, $2, $3, $4, $5, $6)
        """,
        review.id,
        review.record,
        review.policy_version,
        review.lines,
        review.decided_by,
        review.decided_day,
    )


async def get_review(tx: Tx, tender_id: UUID) -> Review:
    return await tx.get(
        Review,
        """
        SELECT id, record, policy_version, lines, decided_by, decided_day
          FROM reviews
         WHERE id = $1
        """,
        tender_id,
    )
