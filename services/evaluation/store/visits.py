"""Visits and what was answered in them."""

from collections.abc import Sequence
from uuid import UUID

from libs.common.auth import Rows
from libs.common.db import Tx
from libs.common.pages import PageRequest
from services.evaluation.domain.visits import ANSWERED, Answer, Progress, Visit


async def add_visits(tx: Tx, visits: Sequence[Visit]) -> None:
    await tx.do_each(
        """
        INSERT INTO visits (id, version, commission_id, agreement_id, division, visitor,
                            recipient_ref, purpose, from_day, to_day, status)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        """,
        [
            (
                visit.id,
                visit.version,
                visit.commission_id,
                visit.agreement_id,
                visit.division,
                visit.visitor,
                visit.recipient_ref,
                visit.purpose,
                visit.from_day,
                visit.to_day,
                visit.status,
            )
            for visit in visits
        ],
    )


async def lock_visit(tx: Tx, visit_id: UUID, rows: Rows, visitor: str) -> Visit:
    """A visit is its visitor's alone, and of the evaluator that was commissioned."""
    return await tx.get(
        Visit,
        """
        SELECT v.id, v.version, v.commission_id, v.agreement_id, v.division, v.visitor,
               v.recipient_ref, v.purpose, v.from_day, v.to_day, v.status, v.outcome, v.ended_at
          FROM visits AS v
          JOIN commissions AS c
            ON c.id = v.commission_id
         WHERE v.id = $1
           AND v.division LIKE ANY ($2)
           AND ($3::uuid IS NULL OR c.evaluator_id = $3)
           AND v.visitor = $4
           FOR UPDATE OF v
        """,
        visit_id,
        rows.divisions,
        rows.org,
        visitor,
    )


async def list_visits(
    tx: Tx,
    rows: Rows,
    visitor: str | None,
    commission_id: UUID | None,
    status: str | None,
    page: PageRequest,
) -> list[Visit]:
    return await tx.all(
        Visit,
        """
          SELECT v.id, v.version, v.commission_id, v.agreement_id, v.division, v.visitor,
                 v.recipient_ref, v.purpose, v.from_day, v.to_day, v.status, v.outcome,
                 v.ended_at
            FROM visits AS v
            JOIN commissions AS c
              ON c.id = v.commission_id
           WHERE v.division LIKE ANY ($1)
             AND ($2::uuid IS NULL OR c.evaluator_id = $2)
             AND ($3::text IS NULL OR v.visitor = $3)
             AND ($4::uuid IS NULL OR v.commission_id = $4)
             AND ($5::text IS NULL OR v.status = $5)
             AND ($6::uuid IS NULL OR v.id > $6)
        ORDER BY v.id
           LIMIT $7
        """,
        rows.divisions,
        rows.org,
        visitor,
        commission_id,
        status,
        page.after_id,
        page.limit,
    )


async def get_progress(tx: Tx, commission_id: UUID) -> Progress:
    return await tx.get(
        Progress,
        """
        SELECT count(*) AS visits,
               count(*) FILTER (WHERE status = 'ended') AS ended,
               count(*) FILTER (WHERE outcome = ANY ($2)) AS answered
          FROM visits
         WHERE commission_id = $1
        """,
        commission_id,
        list(ANSWERED),
    )


async def save_outcome(tx: Tx, visit: Visit, answers: Sequence[Answer]) -> None:
    await tx.do(
        """
        UPDATE visits
           SET version = $2,
               status = $3,
               outcome = $4,
               ended_at = $5
         WHERE id = $1
        """,
        visit.id,
        visit.version,
        visit.status,
        visit.outcome,
        visit.ended_at,
    )
    await tx.do_each(
        "INSERT INTO visit_answers (visit_id, question, points) VALUES ($1, $2, $3)",
        [(visit.id, answer.question, answer.points) for answer in answers],
    )
