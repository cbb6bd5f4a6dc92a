"""Questions to the views: ties, who was served, what was held, observed, reported, counted."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from libs.common.clock import end_of, start_of
from libs.common.contract import answer
from libs.common.db import Tx
from services.evaluation.domain.agreements import Counted
from services.evaluation.domain.commissions import Tie
from services.evaluation.domain.samples import Served
from services.evaluation.domain.scores import Basis, Cell


@answer
class ActivityFigures:
    """Activities that began within some days."""

    planned: int
    held: int
    observation_required: int
    observed: int
    reports_late: int


async def list_ties(
    tx: Tx, provider_id: UUID, evaluator_id: UUID, persons: Sequence[str]
) -> list[Tie]:
    """What ties an evaluator, whoever belongs to it, or the persons it sends, to a provider.

    Whoever works for the evaluator, or owns or leads it, brings their own ties with them.
    """
    return await tx.all(
        Tie,
        """
        WITH concerned (person) AS (
                 SELECT unnest($3::text[])
                  UNION
                 SELECT $2::uuid::text
                  UNION
                 SELECT id::text
                   FROM workers
                  WHERE employer_id = $2::uuid
                     OR $2::uuid = ANY (part_time_ids)
                  UNION
                 SELECT person
                   FROM declared_ties
                  WHERE organisation_id = $2::uuid
                    AND status = 'standing'
                    AND degree = 'direct'
                    AND kind IN ('employment', 'ownership', 'leadership'))
          SELECT tied.person, tied.kind, tied.degree
            FROM declared_ties AS tied
            JOIN concerned USING (person)
           WHERE tied.organisation_id = $1
             AND tied.status = 'standing'
           UNION
          SELECT workers.id::text, 'employment', 'direct'
            FROM workers
            JOIN concerned ON concerned.person = workers.id::text
           WHERE workers.employer_id = $1
              OR $1 = ANY (workers.part_time_ids)
        ORDER BY person, kind, degree
        """,
        provider_id,
        evaluator_id,
        list(persons),
    )


async def list_served(tx: Tx, agreement_id: UUID, before: datetime) -> list[Served]:
    """Each person named in a check-in that stands, with what casework says of them."""
    return await tx.all(
        Served,
        """
          SELECT DISTINCT a.recipient_ref, r.status, r.visit_rule,
                 EXISTS (SELECT
                           FROM (SELECT DISTINCT ON (purpose) status
                                   FROM consents
                                  WHERE recipient_ref = a.recipient_ref
                                    AND purpose IN ('service', 'visit')
                               ORDER BY purpose, id DESC) AS latest
                          WHERE latest.status = 'withdrawn') AS withdrawn
            FROM attendances AS a
       LEFT JOIN recipients AS r
              ON r.id = a.recipient_ref
           WHERE a.agreement_id = $1
             AND a.recipient_ref IS NOT NULL
             AND NOT a.withdrawn
             AND a.at < $2
        """,
        agreement_id,
        before,
    )


async def get_activity_figures(
    tx: Tx, agreement_id: UUID, from_day: date, to_day: date, today: date
) -> ActivityFigures:
    """A report is late when it, or its correction, came after its day, or has not come by then."""
    return await tx.get(
        ActivityFigures,
        """
        SELECT count(*) AS planned,
               count(*) FILTER (WHERE took_place) AS held,
               count(*) FILTER (WHERE took_place AND must_be_observed) AS observation_required,
               count(*) FILTER (WHERE took_place AND observation = 'made') AS observed,
               count(*) FILTER (
                   WHERE took_place
                     AND (coalesce(first_reported_day, reported_day, $4::date - 1) > report_due_day
                          OR CASE status WHEN 'returned' THEN $4::date - 1
                                         ELSE reported_day END > correction_due_day)
               ) AS reports_late
          FROM (SELECT status, observation, reported_day, report_due_day, first_reported_day,
                       correction_due_day,
                       status IN ('held', 'reported', 'accepted', 'returned') AS took_place,
                       observation NOT IN ('not-required', 'waived') AS must_be_observed
                  FROM activities
                 WHERE agreement_id = $1
                   AND starts_at >= $2
                   AND starts_at < $3
                   AND status <> 'cancelled') AS held
        """,
        agreement_id,
        start_of(from_day),
        end_of(to_day),
        today,
    )


async def list_counted(tx: Tx, agreement_id: UUID) -> list[Counted]:
    return await tx.all(
        Counted,
        "SELECT id AS output_id, counted FROM outputs WHERE agreement_id = $1",
        agreement_id,
    )


async def get_reports_basis(tx: Tx, agreement_id: UUID) -> Basis:
    """Activities that took place, and those whose report was accepted and came in time.

    One that was returned is in time if it came so at first, and its correction by its own day.
    """
    return await tx.get(
        Basis,
        """
        SELECT count(*) FILTER (
                   WHERE status = 'accepted'
                     AND (report_due_day IS NULL
                          OR coalesce(first_reported_day, reported_day) <= report_due_day)
                     AND (correction_due_day IS NULL
                          OR reported_day <= correction_due_day)) AS reached,
               count(*) AS possible
          FROM activities
         WHERE agreement_id = $1
           AND status IN ('held', 'reported', 'accepted', 'returned')
        """,
        agreement_id,
    )


async def get_observation_basis(tx: Tx, agreement_id: UUID) -> Basis:
    """Activities that had to be observed and were not waived, and those that were observed."""
    return await tx.get(
        Basis,
        """
        SELECT count(*) FILTER (WHERE observation = 'made') AS reached,
               count(*) AS possible
          FROM activities
         WHERE agreement_id = $1
           AND status IN ('held', 'reported', 'accepted', 'returned')
           AND observation NOT IN ('not-required', 'waived')
        """,
        agreement_id,
    )


async def get_inspections_basis(tx: Tx, agreement_id: UUID) -> Basis:
    """Completed inspections, and those in order or with all their faults put right."""
    return await tx.get(
        Basis,
        """
        SELECT count(*) FILTER (
                   WHERE conclusion = 'in-order'
                      OR (EXISTS (SELECT
                                    FROM rectifications AS r
                                   WHERE r.inspection_id = inspections.id)
                          AND NOT EXISTS (SELECT
                                            FROM rectifications AS r
                                           WHERE r.inspection_id = inspections.id
                                             AND r.status <> 'resolved'))) AS reached,
               count(*) AS possible
          FROM inspections
         WHERE agreement_id = $1
           AND status = 'completed'
        """,
        agreement_id,
    )


async def list_cells(tx: Tx, commission_id: UUID) -> list[Cell]:
    """The answers of all visits by question, in sums."""
    return await tx.all(
        Cell,
        """
          SELECT a.question, count(*) AS answers, sum(a.points) AS points
            FROM visit_answers AS a
            JOIN visits AS v
              ON v.id = a.visit_id
           WHERE v.commission_id = $1
        GROUP BY a.question
        ORDER BY a.question
        """,
        commission_id,
    )
