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
    """What is open under the agreements of those divisions, several of a kind as one."""
    return await tx.all(Duty, _DUTIES, rows.divisions, tx.today)


async def list_months(tx: Tx, rows: Rows, since: date) -> list[Month]:
    """What was paid and what was reported and accepted, by month."""
    return await tx.all(
        Month,
        """
          SELECT date_trunc('month', day)::date AS first,
                 sum(paid)::bigint AS paid,
                 sum(reports)::bigint AS reports,
                 sum(person_times)::bigint AS person_times
            FROM (SELECT paid_day AS day, amount AS paid, 0 AS reports, 0 AS person_times
                    FROM page_payments
                   WHERE paid_day >= $2
                     AND division LIKE ANY ($1)
                   UNION ALL
                  SELECT reported_day, 0, 1, person_times
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
  SELECT open.kind, open.agreement_id, agreement.title, open.who,
         coalesce(provider.name, purchaser.name) AS name,
         count(*) AS count, min(open.due_day) AS due_day, min(open.since) AS since
    FROM (SELECT 'report' AS kind, agreement_id, 'provider' AS who, report_due_day AS due_day, since
            FROM page_activities
           WHERE status IN ('held', 'returned') AND report_due_day IS NOT NULL
           UNION ALL
          SELECT 'inspection', agreement_id, 'purchaser', due_day, since
            FROM page_inspections
           WHERE status IN ('due', 'overdue')
           UNION ALL
          SELECT 'rectification', agreement_id, 'provider', due_day, since
            FROM page_rectifications
           WHERE status IN ('ordered', 'overdue')
           UNION ALL
          SELECT 'sealing', agreement_id, 'official', NULL, review_until
            FROM page_results
           WHERE status = 'notified' AND review_until < $2
           UNION ALL
          SELECT 'invoice', agreement_id, 'provider', NULL, since
            FROM page_payments
           WHERE status = 'due'
           UNION ALL
          SELECT 'approval', agreement_id, 'purchaser', NULL, since
            FROM page_payments
           WHERE status = 'invoiced'
           UNION ALL
          SELECT 'transfer', agreement_id, 'treasury', NULL, since
            FROM page_payments
           WHERE status = 'approved') AS open
    JOIN page_agreements AS agreement ON agreement.id = open.agreement_id
    LEFT JOIN organisations AS provider
           ON provider.id = agreement.provider_id AND open.who = 'provider'
    LEFT JOIN organisations AS purchaser
           ON purchaser.id = agreement.purchaser_id AND open.who = 'purchaser'
   WHERE agreement.division LIKE ANY ($1)
GROUP BY open.kind, open.agreement_id, agreement.title, open.who, provider.name, purchaser.name
"""
