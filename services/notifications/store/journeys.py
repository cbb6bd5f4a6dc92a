"""What the pages ask of an agreement: its way, its payments, its inspections, its score."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from libs.common.auth import Rows
from libs.common.db import Tx
from libs.common.errors import NotFound
from services.notifications.domain.journeys import Journey
from services.notifications.domain.scores import Line, Part

AT_MOST: Final = 50
"""Agreements on one page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """A sealed result, down to its indicators; `round` 2 is the re-evaluation."""

    round: int
    version: int
    score_bp: int
    band: str
    balance_share_bp: int
    policy_version: int
    correction: bool
    since: date
    lines: tuple[Line, ...]
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """A payment as it stands; fen."""

    kind: str
    planned_amount: int
    amount: int
    status: str
    balance_share_bp: int | None
    due_day: date | None
    paid_day: date | None
    recovered_amount: int

    @property
    def standing(self) -> str:
        """Its status; money of which only a part came back is not all recovered."""
        partly = self.status == "recovered" and self.recovered_amount < self.amount
        return "partly-recovered" if partly else self.status


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """An inspection as it stands."""

    kind: str
    status: str
    conclusion: str | None
    due_day: date


async def list_journeys(
    tx: Tx, rows: Rows, after: UUID | None = None
) -> tuple[list[Journey], UUID | None]:
    """A page of the agreements of those divisions, the youngest first, and after which one the
    next page goes on, if there is one."""
    found = await tx.all(Journey, _JOURNEYS, rows.divisions, None, after, AT_MOST + 1, tx.today)
    shown = found[:AT_MOST]
    return shown, shown[-1].id if len(found) > AT_MOST else None


async def get_journey(tx: Tx, rows: Rows, agreement_id: UUID) -> Journey:
    """The agreement of that id, if it is in those divisions."""
    found = await tx.all(Journey, _JOURNEYS, rows.divisions, agreement_id, None, 1, tx.today)
    if not found:
        raise NotFound("agreement")
    return found[0]


async def list_results(tx: Tx, agreement_id: UUID) -> list[Explained]:
    """The agreement's sealed results: the re-evaluation before the first."""
    return await tx.all(
        Explained,
        """
          SELECT coalesce(round, 1) AS round, version, score_bp, band, balance_share_bp,
                 policy_version, correction, since, lines, parts
            FROM page_results
           WHERE agreement_id = $1
             AND status = 'sealed'
        ORDER BY round DESC NULLS LAST, since DESC
        """,
        agreement_id,
    )


async def list_payments(tx: Tx, agreement_id: UUID) -> list[Payment]:
    return await tx.all(
        Payment,
        """
          SELECT kind, planned_amount, amount, status, balance_share_bp, due_day, paid_day,
                 recovered_amount
            FROM page_payments
           WHERE agreement_id = $1
        ORDER BY kind DESC, since
        """,
        agreement_id,
    )


async def list_inspections(tx: Tx, agreement_id: UUID) -> list[Inspection]:
    return await tx.all(
        Inspection,
        """
          SELECT kind, status, conclusion, due_day
            FROM page_inspections
           WHERE agreement_id = $1
        ORDER BY due_day
        """,
        agreement_id,
    )


_JOURNEYS: Final = """
  SELECT agreement.id, agreement.title, agreement.division,
         coalesce(place.name, agreement.division) AS place,
         coalesce(provider.name, agreement.provider_id::text) AS provider,
         coalesce(purchaser.name, agreement.purchaser_id::text) AS purchaser,
         agreement.status, agreement.amount, agreement.from_day, agreement.to_day,
         agreement.since,
         need.needs, need.need_day,
         CASE proposal.status WHEN 'selected' THEN proposal.since END AS proposal_day,
         (SELECT count(*)
            FROM page_tenders AS tried
           WHERE tried.proposal_id = tender.proposal_id) AS tenders,
         CASE tender.status WHEN 'awarded' THEN tender.since END AS award_day,
         coalesce(startup.amount, 0) AS startup, startup.status AS startup_status,
         startup.day AS startup_day,
         activity.activities, activity.accepted, activity.unreported, activity.person_times,
         inspection.inspections, inspection.inspected, inspection.overdue,
         result.status AS result_status, result.score_bp, result.band,
         coalesce(result.correction, false) AS correction, result.since AS result_day,
         acceptance.outcome, acceptance.day AS acceptance_day,
         coalesce(undisputed.amount, 0) AS undisputed, undisputed.status AS undisputed_status,
         undisputed.day AS undisputed_day,
         coalesce(balance.amount, 0) AS balance, balance.status AS balance_status,
         balance.balance_share_bp, balance.day AS balance_day,
         (SELECT coalesce(sum(recovered_amount), 0)
            FROM page_payments
           WHERE agreement_id = agreement.id) AS recovered
    FROM page_agreements AS agreement
    LEFT JOIN divisions AS place ON place.id = agreement.division
    LEFT JOIN organisations AS provider ON provider.id = agreement.provider_id
    LEFT JOIN organisations AS purchaser ON purchaser.id = agreement.purchaser_id
    LEFT JOIN page_tenders AS tender ON tender.id = agreement.tender_id
    LEFT JOIN page_proposals AS proposal ON proposal.id = tender.proposal_id
   CROSS JOIN LATERAL (
         SELECT count(*) AS needs, min(since) AS need_day
           FROM page_needs
          WHERE id = ANY (proposal.need_ids)) AS need
    LEFT JOIN LATERAL (
         SELECT amount, status, coalesce(paid_day, due_day, since) AS day
           FROM page_payments
          WHERE agreement_id = agreement.id AND kind = 'startup'
          LIMIT 1) AS startup ON true
    LEFT JOIN LATERAL (
         SELECT amount, status, coalesce(paid_day, due_day, since) AS day
           FROM page_payments
          WHERE agreement_id = agreement.id AND kind = 'undisputed'
          LIMIT 1) AS undisputed ON true
    LEFT JOIN LATERAL (
         SELECT amount, status, balance_share_bp, coalesce(paid_day, due_day, since) AS day
           FROM page_payments
          WHERE agreement_id = agreement.id AND kind = 'balance'
          LIMIT 1) AS balance ON true
   CROSS JOIN LATERAL (
         SELECT count(*) FILTER (WHERE status IN ('held', 'reported', 'returned', 'accepted'))
                    AS activities,
                count(*) FILTER (WHERE status = 'accepted') AS accepted,
                count(*) FILTER (
                    WHERE status IN ('held', 'returned')
                      AND coalesce(correction_due_day, report_due_day) < $5) AS unreported,
                coalesce(sum(person_times) FILTER (WHERE status = 'accepted'), 0)
                    AS person_times
           FROM page_activities
          WHERE agreement_id = agreement.id) AS activity
   CROSS JOIN LATERAL (
         SELECT count(*) FILTER (WHERE status <> 'cancelled') AS inspections,
                count(*) FILTER (WHERE status = 'completed') AS inspected,
                count(*) FILTER (WHERE status = 'overdue') AS overdue
           FROM page_inspections
          WHERE agreement_id = agreement.id) AS inspection
    LEFT JOIN LATERAL (
         SELECT status, score_bp, band, correction, since
           FROM page_results
          WHERE agreement_id = agreement.id
       ORDER BY round DESC NULLS LAST, since DESC
          LIMIT 1) AS result ON true
    LEFT JOIN LATERAL (
         SELECT outcome, day
           FROM page_acceptances
          WHERE agreement_id = agreement.id
       ORDER BY day DESC, id DESC
          LIMIT 1) AS acceptance ON true
   WHERE agreement.division LIKE ANY ($1)
     AND ($2::uuid IS NULL OR agreement.id = $2)
     AND ($3::uuid IS NULL OR (agreement.from_day, agreement.id) <
         (SELECT from_day, id
            FROM page_agreements
           WHERE id = $3))
ORDER BY agreement.from_day DESC, agreement.id DESC
   LIMIT $4
"""
