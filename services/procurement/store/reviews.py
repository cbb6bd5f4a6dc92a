"""Scores and reviews in the database: added, never changed."""

from datetime import datetime
from uuid import UUID

from libs.common.db import Tx
from services.procurement.domain.ranking import Track
from services.procurement.domain.reviews import Review
from services.procurement.domain.scores import Score
from services.procurement.domain.tenders import Tender


async def add_score(tx: Tx, score: Score) -> None:
    await tx.do(
        """
        INSERT INTO scores (id, tender_id, bid_id, member, marks, round)
             VALUES ($1, $2, $3, $4, $5, $6)
        """,
        score.id,
        score.tender_id,
        score.bid_id,
        score.member,
        score.marks,
        score.round,
    )


async def list_scores(tx: Tx, tender: Tender, members: tuple[str, ...]) -> list[Score]:
    """What these members gave in this round: a recused member's scores do not count."""
    return await tx.all(
        Score,
        """
          SELECT id, tender_id, bid_id, member, marks, round
            FROM scores
           WHERE tender_id = $1
             AND member = ANY ($2)
             AND round = $3
        ORDER BY id
        """,
        tender.id,
        members,
        tender.round,
    )


async def list_tracks(
    tx: Tx,
    organisations: list[UUID],
    domains: tuple[str, ...],
    since: datetime,
    before: datetime,
) -> list[Track]:
    """Averages of what was sealed in the period, each agreement by its last result then."""
    return await tx.all(
        Track,
        """
          SELECT provider_id AS organisation_id, count(*) AS results,
                 floor(avg(score_bp))::integer AS average_bp
            FROM (  SELECT DISTINCT ON (agreement_id) provider_id, score_bp
                      FROM sealed_results
                     WHERE provider_id = ANY ($1)
                       AND domain = ANY ($2)
                       AND sealed_at >= $3
                       AND coalesce(told_at, sealed_at) < $4
                  ORDER BY agreement_id, round DESC, version DESC) AS standing
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
        INSERT INTO reviews (id, round, record, policy_version, lines, decided_by, decided_day)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
        """,
        review.id,
        review.round,
        review.record,
        review.policy_version,
        review.lines,
        review.decided_by,
        review.decided_day,
    )


async def get_review(tx: Tx, tender_id: UUID, round_: int | None = None) -> Review:
    """The review of that round, or the last one."""
    return await tx.get(
        Review,
        """
          SELECT id, round, record, policy_version, lines, decided_by, decided_day
            FROM reviews
           WHERE id = $1
             AND ($2::integer IS NULL OR round = $2)
        ORDER BY round DESC
           LIMIT 1
        """,
        tender_id,
        round_,
    )
