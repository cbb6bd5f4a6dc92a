"""What the pages ask of their views: duties, months, coverage, and what has been heard."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from libs.common.auth import Rows
from libs.common.db import Tx
from services.notifications.domain.duties import Duty
from services.notifications.domain.years import Month


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """A community's workers against the minimum."""

    division: str
    name: str
    workers: int
    certified: int
    minimum: int
    short_since: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """How many events of a type have been heard, and in which hour the last."""

    type: str
    count: int
    last: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """An event of the log."""

    position: int
    body: bytes


async def list_duties(tx: Tx, rows: Rows) -> list[Duty]:
    """What is open in those divisions, several of a kind for the same purpose as one."""
    return await tx.all(Duty, _DUTIES, rows.divisions, tx.today)


async def count_in_force(tx: Tx, rows: Rows) -> int:
    """How many agreements of those divisions are in force."""
    count: int = await tx.value(
        """
        SELECT count(*)
          FROM page_agreements
         WHERE status = 'in_force'
           AND division LIKE ANY ($1)
        """,
        rows.divisions,
    )
    return count


async def list_months(tx: Tx, rows: Rows, since: date) -> list[Month]:
    """What was paid and what was reported and accepted, by month."""
    return await tx.all(
        Month,
        """
          SELECT date_trunc('month', day)::date AS first,
                 sum(paid)::bigint AS paid,
                 sum(recovered)::bigint AS recovered,
                 sum(reports)::bigint AS reports,
                 sum(person_times)::bigint AS person_times
            FROM (SELECT paid_day AS day, amount AS paid, recovered_amount AS recovered,
                         0 AS reports, 0 AS person_times
                    FROM page_payments
                   WHERE paid_day >= $2
                     AND division LIKE ANY ($1)
                   UNION ALL
                  SELECT reported_day, 0, 0, 1, person_times
                    FROM page_activities
                   WHERE reported_day >= $2
                     AND status = 'accepted'
                     AND division LIKE ANY ($1)) AS moved
        GROUP BY first
        ORDER BY first
        """,
        rows.divisions,
        since,
    )


async def list_coverage(tx: Tx, rows: Rows) -> list[Coverage]:
    """Those short for longest first, then the others by name."""
    return await tx.all(
        Coverage,
        """
          SELECT division, coalesce(name, division) AS name, workers, certified, minimum,
                 short_since
            FROM page_coverage
            LEFT JOIN divisions ON divisions.id = division
           WHERE division LIKE ANY ($1)
        ORDER BY short_since NULLS LAST, division
        """,
        rows.divisions,
    )


async def list_heard(tx: Tx) -> list[Heard]:
    """What the log has heard, by type."""
    return await tx.all(
        Heard,
        """
          SELECT type, sum(count)::bigint AS count, max(hour) AS last
            FROM totals
           WHERE direction = 'heard'
             AND reaction = 'event_log'
        GROUP BY type
        """,
    )


async def list_latest(tx: Tx, rows: Rows, after: int, limit: int) -> list[Logged]:
    """The newest events of those divisions after a position, the newest first; without the
    hourly counts, which services keep for one another."""
    return await tx.all(
        Logged,
        """
          SELECT position, body
            FROM event_log
           WHERE position > $2
             AND division LIKE ANY ($1)
             AND type NOT LIKE '%.hour.counted.v_'
        ORDER BY position DESC
           LIMIT $3
        """,
        rows.divisions,
        after,
        limit,
    )


_DUTIES: Final = """
  SELECT open.kind, open.agreement_id, coalesce(open.title, agreement.title) AS title, open.who,
         organisation.name, count(*) AS count, sum(open.amount)::bigint AS amount,
         min(open.due_day) AS due_day, min(open.since) AS since
    FROM (SELECT 'report' AS kind, agreement_id, NULL::uuid AS organisation_id,
                 NULL AS title, NULL AS division, 'provider' AS who,
                 coalesce(correction_due_day, report_due_day) AS due_day, since,
                 NULL::bigint AS amount
            FROM page_activities
           WHERE status IN ('held', 'returned') AND report_due_day IS NOT NULL
           UNION ALL
          SELECT 'inspection', agreement_id, NULL, NULL, NULL, 'purchaser', due_day, since, NULL
            FROM page_inspections
           WHERE status IN ('due', 'overdue')
           UNION ALL
          SELECT 'rectification', agreement_id, NULL, NULL, NULL, 'provider', due_day, since, NULL
            FROM page_rectifications
           WHERE status IN ('ordered', 'overdue')
           UNION ALL
          SELECT 'workplan', agreement_id, NULL, NULL, NULL, 'provider', NULL, as_of, NULL
            FROM page_workplans AS plan
           WHERE as_of >= date_trunc('month', $2::date)::date - 1
             AND EXISTS (SELECT
                           FROM page_agreements
                          WHERE id = plan.agreement_id AND status = 'in_force')
           UNION ALL
          SELECT 'sealing', agreement_id, NULL, NULL, NULL, 'official', NULL, review_until, NULL
            FROM page_results AS result
           WHERE status = 'notified' AND review_until < $2
             AND NOT EXISTS (SELECT
                               FROM page_reviews
                              WHERE result_id = result.id AND outcome IS NULL)
           UNION ALL
          SELECT 'review', agreement_id, NULL, NULL, NULL, 'official', decide_due_day, since, NULL
            FROM page_reviews
           WHERE outcome IS NULL
           UNION ALL
          SELECT CASE status WHEN 'due' THEN 'invoice'
                             WHEN 'invoiced' THEN 'approval' ELSE 'transfer' END,
                 agreement_id, NULL, NULL, NULL,
                 CASE status WHEN 'due' THEN 'provider'
                             WHEN 'invoiced' THEN 'purchaser' ELSE 'treasury' END,
                 NULL, since, amount
            FROM page_payments
           WHERE status IN ('due', 'invoiced', 'approved')
           UNION ALL
          SELECT 'claim', agreement_id, NULL, NULL, NULL, 'provider', NULL, since,
                 claimed_amount - recovered_amount
            FROM page_payments
           WHERE claimed_amount > recovered_amount
           UNION ALL
          SELECT 'comparison', NULL, NULL, NULL, split_part(source, ':', 3), 'treasury', NULL,
                 told_at::date, NULL
            FROM restorations AS restored
           WHERE source LIKE '%:procurement'
             AND NOT EXISTS (SELECT
                               FROM restorations AS later
                              WHERE later.source = restored.source
                                AND later.epoch > restored.epoch)
             AND NOT EXISTS (SELECT
                               FROM page_comparisons
                              WHERE epoch = restored.epoch AND status = 'confirmed')
           UNION ALL
          SELECT 'statement', NULL, NULL, NULL, division, 'treasury', NULL, since, open_amount
            FROM page_comparisons
           WHERE open_lines > 0
           UNION ALL
          SELECT 'challenge', NULL, purchaser_id, title, division, 'purchaser', answer_due_day,
                 since, NULL
            FROM page_challenges
           WHERE status IN ('raised', 'overdue')
           UNION ALL
          SELECT 'complaint', NULL, NULL, title, division, 'treasury', decide_due_day, since, NULL
            FROM page_complaints
           WHERE status IN ('lodged', 'overdue')
           UNION ALL
          SELECT 'registration', NULL, employer_id, NULL, NULL, 'employer', registration_until,
                 since, NULL
            FROM page_workers
           WHERE registration_status IN ('expiring', 'lapsed')) AS open
    LEFT JOIN page_agreements AS agreement ON agreement.id = open.agreement_id
    LEFT JOIN organisations AS organisation
           ON organisation.id = coalesce(open.organisation_id,
                                         CASE open.who WHEN 'provider' THEN agreement.provider_id
                                                       WHEN 'purchaser' THEN agreement.purchaser_id
                                          END)
   WHERE coalesce(open.division, agreement.division, organisation.division) LIKE ANY ($1)
GROUP BY open.kind, open.agreement_id, coalesce(open.title, agreement.title), open.who,
         organisation.id
"""
