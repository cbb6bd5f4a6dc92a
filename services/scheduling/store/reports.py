"""Reports, reviews and the photos that belong to them in the database."""

from uuid import UUID

from libs.common.auth import Rows
from libs.common.db import Tx
from services.scheduling.domain.images import Picture
from services.scheduling.domain.reports import Report, Review


async def add_report(tx: Tx, report: Report) -> None:
    await tx.do(
        """
        INSERT INTO reports (id, version, activity_id, author, aim, process, effect,
                             participants_words, problem, follow_up, volunteers, photos,
                             sign_in_sheet, reported_day, policy_version)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
        """,
        report.id,
        report.version,
        report.activity_id,
        report.author,
        report.aim,
        report.process,
        report.effect,
        report.participants_words,
        report.problem,
        report.follow_up,
        report.volunteers,
        report.photos,
        report.sign_in_sheet,
        report.reported_day,
        report.policy_version,
    )


async def lock_report(tx: Tx, activity_id: UUID) -> Report:
    """The report of an activity that is locked already."""
    return await tx.get(
        Report,
        """
        SELECT *
          FROM reports
         WHERE activity_id = $1
           FOR UPDATE
        """,
        activity_id,
    )


async def get_report(tx: Tx, activity_id: UUID) -> Report:
    return await tx.get(
        Report,
        """
        SELECT *
          FROM reports
         WHERE activity_id = $1
        """,
        activity_id,
    )


async def save_report(tx: Tx, report: Report) -> None:
    await tx.do(
        """
        UPDATE reports
           SET version = $2, aim = $3, process = $4, effect = $5, participants_words = $6,
               problem = $7, follow_up = $8, volunteers = $9, photos = $10,
               sign_in_sheet = $11, reported_day = $12, policy_version = $13
         WHERE id = $1
        """,
        report.id,
        report.version,
        report.aim,
        report.process,
        report.effect,
        report.participants_words,
        report.problem,
        report.follow_up,
        report.volunteers,
        report.photos,
        report.sign_in_sheet,
        report.reported_day,
        report.policy_version,
    )


async def add_review(tx: Tx, review: Review) -> None:
    await tx.do(
        """
        INSERT INTO reviews (id, activity_id, reviewer, outcome, codes, provisional, at,
                             policy_version)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """,
        review.id,
        review.activity_id,
        review.reviewer,
        review.outcome,
        review.codes,
        review.provisional,
        review.at,
        review.policy_version,
    )


async def list_reviews(tx: Tx, activity_id: UUID) -> list[Review]:
    return await tx.all(
        Review,
        """
          SELECT *
            FROM reviews
           WHERE activity_id = $1
        ORDER BY id
        """,
        activity_id,
    )


async def add_picture(tx: Tx, picture: Picture, owner: str) -> bool:
    """Whether it was not there before."""
    return bool(
        await tx.do(
            """
            INSERT INTO blobs (sha256, owner, media_type, size, width, height, uploaded_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7)
            ON CONFLICT DO NOTHING
            """,
            picture.sha256,
            owner,
            picture.media_type,
            picture.size,
            picture.width,
            picture.height,
            tx.now,
        )
    )


async def find_uploaded(tx: Tx, owner: str, sha256s: frozenset[str]) -> frozenset[str]:
    """Which of these that organisation (or person) has uploaded."""
    found: list[str] = await tx.all(
        str,
        """
        SELECT sha256
          FROM blobs
         WHERE owner = $1
           AND sha256 = ANY ($2::text[])
        """,
        owner,
        list(sha256s),
    )
    return frozenset(found)


async def get_attached_picture(tx: Tx, activity_id: UUID, sha256: str, rows: Rows) -> Picture:
    """A photo or sheet of an activity's report, if the activity is in the caller's rows."""
    return await tx.get(
        Picture,
        """
        SELECT b.sha256, b.media_type, b.size, b.width, b.height
          FROM blobs AS b
         WHERE b.sha256 = $2
           AND EXISTS (SELECT
                         FROM reports AS r
                         JOIN activities AS a ON a.id = r.activity_id
                        WHERE a.id = $1
                          AND a.division LIKE ANY ($3)
                          AND ($4::uuid IS NULL OR a.organisation_id = $4)
                          AND (r.sign_in_sheet = $2
                               OR r.photos @> jsonb_build_array(
                                      jsonb_build_object('sha256', $2::text))))
         LIMIT 1
        """,
        activity_id,
        sha256,
        rows.divisions,
        rows.org,
    )
