"""Check-ins, their drafts and headcounts in the database."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from libs.common.db import Tx
from libs.common.pages import DeltaRequest
from services.scheduling.domain.activities import Tally
from services.scheduling.domain.attendance import Arrival, CheckIn, Draft, Headcount


async def list_check_ins_by_id(tx: Tx, ids: list[UUID]) -> list[CheckIn]:
    return await tx.all(
        CheckIn,
        """
        SELECT id, activity_id, recipient_ref, at, device, collector, counts, withdrawn
          FROM check_ins
         WHERE id = ANY ($1::uuid[])
        """,
        ids,
    )


async def add_check_ins(
    tx: Tx, activity_id: UUID, arrivals: Sequence[Arrival], uploaded_by: str
) -> list[CheckIn]:
    """Add all in one statement; returns those that were not there before.

    The first of a person counts (the index decides, also among uploads at the same moment);
    the others are kept beside it. An id that somebody else has just added is left out.
    """
    return await tx.all(
        CheckIn,
        """
        WITH given AS (
               SELECT *
                 FROM unnest($2::uuid[], $3::text[], $4::timestamptz[], $5::text[], $6::text[])
                      AS arrival (id, recipient_ref, at, device, collector)),
             first AS (
               SELECT DISTINCT ON (recipient_ref) *
                 FROM given
             ORDER BY recipient_ref, at, id),
             counting AS (
               INSERT INTO check_ins (id, activity_id, recipient_ref, at, device, collector,
                                      uploaded_by, received_at, counts)
                    SELECT id, $1, recipient_ref, at, device, collector, $7, $8, true
                      FROM first
                  ORDER BY recipient_ref
               ON CONFLICT DO NOTHING
                 RETURNING id, activity_id, recipient_ref, at, device, collector, counts,
                           withdrawn),
             beside AS (
               INSERT INTO check_ins (id, activity_id, recipient_ref, at, device, collector,
                                      uploaded_by, received_at, counts)
                    SELECT id, $1, recipient_ref, at, device, collector, $7, $8, false
                      FROM given
                     WHERE id NOT IN (SELECT id FROM counting)
                  ORDER BY id
               ON CONFLICT DO NOTHING
                 RETURNING id, activity_id, recipient_ref, at, device, collector, counts,
                           withdrawn)
        SELECT * FROM counting
         UNION ALL
        SELECT * FROM beside
        """,
        activity_id,
        [arrival.id for arrival in arrivals],
        [arrival.recipient_ref for arrival in arrivals],
        [arrival.at for arrival in arrivals],
        [arrival.device for arrival in arrivals],
        [arrival.collector for arrival in arrivals],
        uploaded_by,
        tx.now,
    )


async def add_drafts(
    tx: Tx, activity_id: UUID, arrivals: Mapping[UUID, Arrival], uploaded_by: str
) -> None:
    """Keep what contradicts a check-in, under ids of its own; the same contradiction once."""
    await tx.do_each(
        """
        INSERT INTO check_in_drafts (id, check_in_id, activity_id, recipient_ref, at, device,
                                     collector, uploaded_by, received_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        ON CONFLICT DO NOTHING
        """,
        [
            (
                draft_id,
                arrival.id,
                activity_id,
                arrival.recipient_ref,
                arrival.at,
                arrival.device,
                arrival.collector,
                uploaded_by,
                tx.now,
            )
            for draft_id, arrival in arrivals.items()
        ],
    )


async def list_drafts(tx: Tx, activity_id: UUID, page: DeltaRequest) -> list[Draft]:
    return await tx.all(
        Draft,
        """
          SELECT id, check_in_id, recipient_ref, at, device, collector
            FROM check_in_drafts
           WHERE activity_id = $1
             AND ($2::uuid IS NULL OR id > $2)
             AND ($4::text[] IS NULL OR id = ANY ($4::text[]::uuid[]))
        ORDER BY id
           LIMIT $3
        """,
        activity_id,
        page.after_id,
        page.limit,
        page.changed,
    )


async def lock_check_in(tx: Tx, activity_id: UUID, check_in_id: UUID) -> CheckIn:
    return await tx.get(
        CheckIn,
        """
        SELECT id, activity_id, recipient_ref, at, device, collector, counts, withdrawn
          FROM check_ins
         WHERE id = $2
           AND activity_id = $1
           FOR UPDATE
        """,
        activity_id,
        check_in_id,
    )


async def lock_next_of_person(tx: Tx, check_in: CheckIn) -> CheckIn | None:
    """Another check-in of the same person there, to count in the place of this one."""
    return await tx.find(
        CheckIn,
        """
          SELECT id, activity_id, recipient_ref, at, device, collector, counts, withdrawn
            FROM check_ins
           WHERE activity_id = $1
             AND recipient_ref = $2
             AND id <> $3
             AND NOT withdrawn
        ORDER BY at, id
           LIMIT 1
             FOR UPDATE
        """,
        check_in.activity_id,
        check_in.recipient_ref,
        check_in.id,
    )


async def save_check_in(tx: Tx, check_in: CheckIn) -> None:
    await tx.do(
        """
        UPDATE check_ins
           SET counts = $2,
               withdrawn = $3
         WHERE id = $1
        """,
        check_in.id,
        check_in.counts,
        check_in.withdrawn,
    )


async def list_check_ins(tx: Tx, activity_id: UUID, page: DeltaRequest) -> list[CheckIn]:
    return await tx.all(
        CheckIn,
        """
          SELECT id, activity_id, recipient_ref, at, device, collector, counts, withdrawn
            FROM check_ins
           WHERE activity_id = $1
             AND ($2::uuid IS NULL OR id > $2)
             AND ($4::text[] IS NULL OR id = ANY ($4::text[]::uuid[]))
        ORDER BY id
           LIMIT $3
        """,
        activity_id,
        page.after_id,
        page.limit,
        page.changed,
    )


async def add_headcount(tx: Tx, headcount: Headcount) -> None:
    await tx.do(
        """
        INSERT INTO headcounts (id, activity_id, count, method, by, person, at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
        """,
        headcount.id,
        headcount.activity_id,
        headcount.count,
        headcount.method,
        headcount.by,
        headcount.person,
        headcount.at,
    )


async def tally(tx: Tx, activity_id: UUID) -> Tally:
    """Who was there as known now; of several headcounts of one side, the latest.

    What the observer recorded at last goes before a headcount in between.
    """
    return await tx.get(
        Tally,
        """
        SELECT (SELECT count(*)
                  FROM check_ins
                 WHERE activity_id = $1
                   AND counts) AS persons,
               (SELECT count
                  FROM headcounts
                 WHERE activity_id = $1
                   AND by = 'staff'
              ORDER BY id DESC
                 LIMIT 1) AS headcount,
               coalesce((SELECT counted
                           FROM observations
                          WHERE activity_id = $1),
                        (SELECT count
                           FROM headcounts
                          WHERE activity_id = $1
                            AND by = 'observer'
                       ORDER BY id DESC
                          LIMIT 1)) AS observed_count
        """,
        activity_id,
    )


async def count_persons(tx: Tx, activity_ids: list[UUID]) -> int:
    """How many different persons were named at these activities."""
    persons: int = await tx.value(
        """
        SELECT count(DISTINCT recipient_ref)
          FROM check_ins
         WHERE activity_id = ANY ($1::uuid[])
           AND counts
        """,
        activity_ids,
    )
    return persons
