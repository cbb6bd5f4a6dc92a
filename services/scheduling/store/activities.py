"""Activities in the database."""

from datetime import date, datetime
from uuid import UUID

from libs.common.auth import ALL_ROWS, Rows
from libs.common.db import Tx
from libs.common.pages import DeltaRequest
from services.scheduling.domain.activities import Activity
from services.scheduling.domain.plans import Counts


async def add_activity(tx: Tx, activity: Activity) -> None:
    await tx.do(
        """
        INSERT INTO activities (id, version, agreement_id, output_id, series_id, basis, kind,
                                title, domain, organisation_id, division, place, station_id,
                                room_id, starts_at, ends_at, expected_persons,
                                recorded_afterwards, status, observation, policy_version,
                                modified_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
                     $17, $18, $19, $20, $21, $22)
        """,
        activity.id,
        activity.version,
        activity.agreement_id,
        activity.output_id,
        activity.series_id,
        activity.basis,
        activity.kind,
        activity.title,
        activity.domain,
        activity.organisation_id,
        activity.division,
        activity.place,
        activity.station_id,
        activity.room_id,
        activity.starts_at,
        activity.ends_at,
        activity.expected_persons,
        activity.recorded_afterwards,
        activity.status,
        activity.observation,
        activity.policy_version,
        tx.wall,
    )


async def lock_activity(tx: Tx, activity_id: UUID, rows: Rows) -> Activity:
    """For those who watch over it: any activity in the caller's rows."""
    return await tx.get(
        Activity,
        """
        SELECT *
          FROM activities
         WHERE id = $1
           AND division LIKE ANY ($2)
           AND ($3::uuid IS NULL OR organisation_id = $3)
           FOR UPDATE
        """,
        activity_id,
        rows.divisions,
        rows.org,
    )


async def lock_own_activity(tx: Tx, activity_id: UUID, rows: Rows) -> Activity:
    """For those who run it: the organisation, or a community its self-organised ones."""
    return await tx.get(
        Activity,
        """
        SELECT *
          FROM activities
         WHERE id = $1
           AND division LIKE ANY ($2)
           AND CASE WHEN $3::uuid IS NULL THEN basis IN ('community', 'joint')
                    ELSE organisation_id = $3 END
           FOR UPDATE
        """,
        activity_id,
        rows.divisions,
        rows.org,
    )


async def get_own_activity(tx: Tx, activity_id: UUID, rows: Rows) -> Activity:
    return await tx.get(
        Activity,
        """
        SELECT *
          FROM activities
         WHERE id = $1
           AND division LIKE ANY ($2)
           AND CASE WHEN $3::uuid IS NULL THEN basis IN ('community', 'joint')
                    ELSE organisation_id = $3 END
        """,
        activity_id,
        rows.divisions,
        rows.org,
    )


async def get_activity(tx: Tx, activity_id: UUID, rows: Rows) -> Activity:
    return await tx.get(
        Activity,
        """
        SELECT *
          FROM activities
         WHERE id = $1
           AND division LIKE ANY ($2)
           AND ($3::uuid IS NULL OR organisation_id = $3)
        """,
        activity_id,
        rows.divisions,
        rows.org,
    )


async def lock_activity_for_job(tx: Tx, activity_id: UUID) -> Activity:
    """Time passes for every activity, whoever may see it."""
    return await lock_activity(tx, activity_id, ALL_ROWS)


async def lock_later_of(tx: Tx, agreement_id: UUID, after: datetime) -> list[Activity]:
    """What is planned or announced under an agreement, to start after that instant."""
    return await tx.all(
        Activity,
        """
          SELECT *
            FROM activities
           WHERE agreement_id = $1
             AND status IN ('draft', 'published')
             AND starts_at > $2
        ORDER BY id
             FOR UPDATE
        """,
        agreement_id,
        after,
    )


async def list_activities(
    tx: Tx,
    rows: Rows,
    page: DeltaRequest,
    agreement_id: UUID | None,
    status: str | None,
    unheld_before: datetime | None,
) -> list[Activity]:
    """`unheld_before` picks the published ones that ended before that instant."""
    return await tx.all(
        Activity,
        """
          SELECT *
            FROM activities
           WHERE division LIKE ANY ($1)
             AND ($2::uuid IS NULL OR organisation_id = $2)
             AND ($3::uuid IS NULL OR agreement_id = $3)
             AND ($4::text IS NULL OR status = $4)
             AND ($5::timestamptz IS NULL OR (status = 'published' AND ends_at < $5))
             AND ($6::text[] IS NULL OR id = ANY ($6::text[]::uuid[]))
             AND ($7::uuid IS NULL OR id > $7)
        ORDER BY id
           LIMIT $8
        """,
        rows.divisions,
        rows.org,
        agreement_id,
        status,
        unheld_before,
        page.changed,
        page.after_id,
        page.limit,
    )


async def count_activities(tx: Tx, agreement_id: UUID) -> Counts:
    """The activities of an agreement that were not cancelled; ask under the lock of its plan."""
    return await tx.get(
        Counts,
        """
        SELECT count(*) AS activities,
               count(*) FILTER (WHERE recorded_afterwards) AS afterwards,
               count(*) FILTER (WHERE observation <> 'not-required') AS observed,
               count(*) FILTER (WHERE observation = 'waived') AS waived
          FROM activities
         WHERE agreement_id = $1
           AND status <> 'cancelled'
        """,
        agreement_id,
    )


async def list_held_between(tx: Tx, agreement_id: UUID, start: date, end: date) -> list[Activity]:
    """The activities of an agreement held that started on Chinese days from start to before end."""
    return await tx.all(
        Activity,
        """
          SELECT *
            FROM activities
           WHERE agreement_id = $1
             AND status IN ('held', 'reported', 'accepted', 'returned')
             AND (starts_at AT TIME ZONE 'Asia/Shanghai')::date >= $2
             AND (starts_at AT TIME ZONE 'Asia/Shanghai')::date < $3
        ORDER BY starts_at, id
        """,
        agreement_id,
        start,
        end,
    )


async def save_activity(tx: Tx, activity: Activity) -> None:
    """All that may change; `modified_at` is of the wall clock, for those who follow."""
    await tx.do(
        """
        UPDATE activities
           SET version = $2, place = $3, station_id = $4, room_id = $5, starts_at = $6,
               ends_at = $7, status = $8, observation = $9, persons = $10, headcount = $11,
               observed_count = $12, person_times = $13, volunteers = $14, held_day = $15,
               reported_day = $16, report_due_day = $17, review_due_at = $18,
               provisional = $19, return_codes = $20, output_units = $21, cancel_reason = $22,
               modified_at = $23, correction_due_day = $24, first_reported_day = $25
         WHERE id = $1
        """,
        activity.id,
        activity.version,
        activity.place,
        activity.station_id,
        activity.room_id,
        activity.starts_at,
        activity.ends_at,
        activity.status,
        activity.observation,
        activity.persons,
        activity.headcount,
        activity.observed_count,
        activity.person_times,
        activity.volunteers,
        activity.held_day,
        activity.reported_day,
        activity.report_due_day,
        activity.review_due_at,
        activity.provisional,
        activity.return_codes,
        activity.output_units,
        activity.cancel_reason,
        tx.wall,
        activity.correction_due_day,
        activity.first_reported_day,
    )
