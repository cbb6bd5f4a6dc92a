"""Challenges in the database; they change under the lock of their tender."""

from uuid import UUID

from libs.common.auth import ALL_ROWS, Rows
from libs.common.db import Tx
from libs.common.pages import PageRequest
from services.procurement.domain.challenges import Challenge


async def add_challenge(tx: Tx, challenge: Challenge) -> None:
    await tx.do(
        """
        INSERT INTO challenges (id, version, tender_id, title, division, purchaser_id,
                                organisation_id, about, step_at, grounds, status, raised_by,
                                raised_at, answer_due_day, complain_until)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
        """,
        challenge.id,
        challenge.version,
        challenge.tender_id,
        challenge.title,
        challenge.division,
        challenge.purchaser_id,
        challenge.organisation_id,
        challenge.about,
        challenge.step_at,
        challenge.grounds,
        challenge.status,
        challenge.raised_by,
        challenge.raised_at,
        challenge.answer_due_day,
        challenge.complain_until,
    )


async def get_challenge(tx: Tx, challenge_id: UUID, rows: Rows) -> Challenge:
    """A challenge in the caller's divisions; a provider sees its own alone."""
    return await tx.get(
        Challenge,
        """
        SELECT id, version, tender_id, title, division, purchaser_id, organisation_id, about,
               step_at, grounds, status, raised_by, raised_at, answer_due_day, complain_until,
               verdict, remedy, reasons, answered_by, answered_at
          FROM challenges
         WHERE id = $1
           AND CASE WHEN $3::uuid IS NULL
                    THEN division LIKE ANY ($2)
                    ELSE organisation_id = $3
               END
        """,
        challenge_id,
        rows.divisions,
        rows.org,
    )


async def get_challenge_of(tx: Tx, challenge_id: UUID) -> Challenge:
    """The challenge that a timer or a complaint names, or that is read again under the lock."""
    return await get_challenge(tx, challenge_id, ALL_ROWS)


async def list_challenges(
    tx: Tx, rows: Rows, page: PageRequest, tender_id: UUID | None
) -> list[Challenge]:
    return await tx.all(
        Challenge,
        """
          SELECT id, version, tender_id, title, division, purchaser_id, organisation_id, about,
                 step_at, grounds, status, raised_by, raised_at, answer_due_day, complain_until,
                 verdict, remedy, reasons, answered_by, answered_at
            FROM challenges
           WHERE CASE WHEN $2::uuid IS NULL
                      THEN division LIKE ANY ($1)
                      ELSE organisation_id = $2
                 END
             AND ($3::uuid IS NULL OR id > $3)
             AND ($4::uuid IS NULL OR tender_id = $4)
        ORDER BY id
           LIMIT $5
        """,
        rows.divisions,
        rows.org,
        page.after_id,
        tender_id,
        page.limit,
    )


async def is_unanswered(tx: Tx, tender_id: UUID) -> bool:
    """Whether a challenge of a tender waits for its answer, or for the finance department since
    it was never answered."""
    return bool(
        await tx.value(
            """
            SELECT EXISTS (SELECT
                             FROM challenges
                             LEFT JOIN complaints ON challenge_id = challenges.id
                            WHERE challenges.tender_id = $1
                              AND answered_at IS NULL
                              AND challenges.status <> 'withdrawn'
                              AND coalesce(complaints.status, 'lodged') IN ('lodged', 'overdue'))
            """,
            tender_id,
        )
    )


async def save_challenge(tx: Tx, challenge: Challenge) -> None:
    await tx.do(
        """
        UPDATE challenges
           SET version = $2,
               status = $3,
               verdict = $4,
               remedy = $5,
               reasons = $6,
               answered_by = $7,
               answered_at = $8
         WHERE id = $1
        """,
        challenge.id,
        challenge.version,
        challenge.status,
        challenge.verdict,
        challenge.remedy,
        challenge.reasons,
        challenge.answered_by,
        challenge.answered_at,
    )
