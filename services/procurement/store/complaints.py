"""Complaints in the database; they change under the lock of their tender."""

from datetime import datetime
from uuid import UUID

from libs.common.auth import ALL_ROWS, Rows
from libs.common.db import Tx
from libs.common.pages import PageRequest
from services.procurement.domain.complaints import Complaint


async def add_complaint(tx: Tx, complaint: Complaint) -> None:
    await tx.do(
        """
        INSERT INTO complaints (id, version, challenge_id, tender_id, title, division,
                                purchaser_id, organisation_id, grounds, status, lodged_by,
                                lodged_at, decide_due_day)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
        """,
        complaint.id,
        complaint.version,
        complaint.challenge_id,
        complaint.tender_id,
        complaint.title,
        complaint.division,
        complaint.purchaser_id,
        complaint.organisation_id,
        complaint.grounds,
        complaint.status,
        complaint.lodged_by,
        complaint.lodged_at,
        complaint.decide_due_day,
    )


async def get_complaint(tx: Tx, complaint_id: UUID, rows: Rows) -> Complaint:
    """A complaint in the caller's divisions; a provider sees its own alone."""
    return await tx.get(
        Complaint,
        """
        SELECT id, version, challenge_id, tender_id, title, division, purchaser_id,
               organisation_id, grounds, status, lodged_by, lodged_at, decide_due_day,
               suspended_until, verdict, remedy, reasons, decided_by, decided_at
          FROM complaints
         WHERE id = $1
           AND CASE WHEN $3::uuid IS NULL
                    THEN division LIKE ANY ($2)
                    ELSE organisation_id = $3
               END
        """,
        complaint_id,
        rows.divisions,
        rows.org,
    )


async def get_complaint_of(tx: Tx, complaint_id: UUID) -> Complaint:
    """The complaint that a timer names, or that is read again under the lock."""
    return await get_complaint(tx, complaint_id, ALL_ROWS)


async def list_complaints(
    tx: Tx, rows: Rows, page: PageRequest, tender_id: UUID | None
) -> list[Complaint]:
    return await tx.all(
        Complaint,
        """
          SELECT id, version, challenge_id, tender_id, title, division, purchaser_id,
                 organisation_id, grounds, status, lodged_by, lodged_at, decide_due_day,
                 suspended_until, verdict, remedy, reasons, decided_by, decided_at
            FROM complaints
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


async def find_suspension(tx: Tx, tender_id: UUID, now: datetime) -> datetime | None:
    """Until when the finance department has suspended a tender, if it stands still now."""
    until: datetime | None = await tx.value(
        """
        SELECT max(suspended_until)
          FROM complaints
         WHERE tender_id = $1
           AND suspended_until > $2
           AND status IN ('lodged', 'overdue')
        """,
        tender_id,
        now,
    )
    return until


async def save_complaint(tx: Tx, complaint: Complaint) -> None:
    await tx.do(
        """
        UPDATE complaints
           SET version = $2,
               status = $3,
               suspended_until = $4,
               verdict = $5,
               remedy = $6,
               reasons = $7,
               decided_by = $8,
               decided_at = $9
         WHERE id = $1
        """,
        complaint.id,
        complaint.version,
        complaint.status,
        complaint.suspended_until,
        complaint.verdict,
        complaint.remedy,
        complaint.reasons,
        complaint.decided_by,
        complaint.decided_at,
    )
