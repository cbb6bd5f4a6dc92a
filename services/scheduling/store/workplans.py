"""Workplans, their counts, and series in the database."""

from datetime import date
from uuid import UUID

from libs.common.auth import Rows
from libs.common.db import Tx
from libs.common.errors import NotFound, NotYet
from libs.common.pages import DeltaRequest
from services.scheduling.domain.known import Agreement
from services.scheduling.domain.series import Series
from services.scheduling.domain.workplans import OutputCount, OutputProgress, Workplan, compose


async def add_workplan(tx: Tx, agreement_id: UUID, day: date) -> None:
    """The plan of an agreement begins; a second time is nothing new."""
    await tx.do(
        """
        INSERT INTO workplans (id, version, started_day)
             VALUES ($1, 1, $2)
        ON CONFLICT (id) DO NOTHING
        """,
        agreement_id,
        day,
    )


async def lock_agreement(tx: Tx, agreement_id: UUID) -> Agreement:
    """An agreement with its plan locked: quotas are judged by one at a time; else `NotYet`."""
    locked = await tx.value("SELECT 1 FROM workplans WHERE id = $1 FOR UPDATE", agreement_id)
    agreement = await tx.find(Agreement, "SELECT * FROM agreements WHERE id = $1", agreement_id)
    if not locked or agreement is None:
        raise NotYet("agreement")
    return agreement


async def get_workplan(tx: Tx, agreement_id: UUID, rows: Rows) -> Workplan:
    version = await tx.value(
        """
        SELECT w.version
          FROM workplans AS w
          JOIN agreements AS a ON a.id = w.id
         WHERE w.id = $1
           AND a.division LIKE ANY ($2)
           AND ($3::uuid IS NULL OR a.provider_id = $3)
        """,
        agreement_id,
        rows.divisions,
        rows.org,
    )
    if version is None:
        raise NotFound("workplan")
    return await _compose(tx, agreement_id, version)


async def lock_workplan(tx: Tx, agreement_id: UUID) -> Workplan:
    """The plan, locked, with what has been counted; `NotYet` where it has not begun."""
    version = await tx.value("SELECT version FROM workplans WHERE id = $1 FOR UPDATE", agreement_id)
    if version is None:
        raise NotYet("agreement")
    return await _compose(tx, agreement_id, version)


async def _compose(tx: Tx, agreement_id: UUID, version: int) -> Workplan:
    agreement = await tx.find(Agreement, "SELECT * FROM agreements WHERE id = $1", agreement_id)
    if agreement is None:
        raise NotYet("agreement")
    counts = await tx.all(
        OutputCount,
        """
        SELECT id, agreement_id, counted, person_times
          FROM output_counts
         WHERE agreement_id = $1
        """,
        agreement_id,
    )
    return compose(agreement, version, counts)


async def save_output(tx: Tx, output: OutputProgress) -> None:
    """What has been counted; the plan that is locked gets another ETag."""
    await tx.do("UPDATE workplans SET version = version + 1 WHERE id = $1", output.agreement_id)
    await tx.do(
        """
        INSERT INTO output_counts (id, agreement_id, counted, person_times)
             VALUES ($1, $2, $3, $4)
        ON CONFLICT (id) DO UPDATE
                SET counted = excluded.counted,
                    person_times = excluded.person_times
        """,
        output.id,
        output.agreement_id,
        output.counted,
        output.person_times,
    )


async def add_series(tx: Tx, series: Series) -> None:
    await tx.do(
        """
        INSERT INTO series (id, version, basis, kind, title, agreement_id, output_id,
                            organisation_id, division, place, rrule, first_starts_at, minutes,
                            until, occurrences, policy_version)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
        """,
        series.id,
        series.version,
        series.basis,
        series.kind,
        series.title,
        series.agreement_id,
        series.output_id,
        series.organisation_id,
        series.division,
        series.place,
        series.rrule,
        series.first_starts_at,
        series.minutes,
        series.until,
        series.occurrences,
        series.policy_version,
    )


async def list_series(tx: Tx, rows: Rows, page: DeltaRequest) -> list[Series]:
    return await tx.all(
        Series,
        """
          SELECT *
            FROM series
           WHERE division LIKE ANY ($1)
             AND ($2::uuid IS NULL OR organisation_id = $2)
             AND ($3::uuid IS NULL OR id > $3)
             AND ($5::text[] IS NULL OR id = ANY ($5::text[]::uuid[]))
        ORDER BY id
           LIMIT $4
        """,
        rows.divisions,
        rows.org,
        page.after_id,
        page.limit,
        page.changed,
    )
