"""Amendments of agreements in the database."""

from uuid import UUID

from libs.common.auth import Rows
from libs.common.db import Tx
from libs.common.pages import PageRequest
from services.procurement.domain.agreements import Agreement
from services.procurement.domain.amendments import Amendment, Status
from services.procurement.store import agreements


async def add_amendment(tx: Tx, amendment: Amendment) -> None:
    await tx.do(
        """
        INSERT INTO amendments (id, version, agreement_id, status, reason, to_day, outputs,
                                lead_worker_id, former, content_hash, drafted_by, in_force_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        """,
        amendment.id,
        amendment.version,
        amendment.agreement_id,
        amendment.status,
        amendment.reason,
        amendment.to_day,
        amendment.outputs,
        amendment.lead_worker_id,
        amendment.former,
        amendment.content_hash,
        amendment.drafted_by,
        amendment.in_force_at,
    )


async def lock_amendment(tx: Tx, amendment_id: UUID, rows: Rows) -> tuple[Agreement, Amendment]:
    """An amendment under the lock of its agreement, which everybody who changes it takes first."""
    seen = await get_amendment(tx, amendment_id, rows)
    agreement = await agreements.find_locked(tx, seen.agreement_id)
    assert agreement is not None, "an amendment belongs to an agreement"
    return agreement, await get_amendment(tx, amendment_id, rows)


async def get_amendment(tx: Tx, amendment_id: UUID, rows: Rows) -> Amendment:
    return await tx.get(
        Amendment,
        """
        SELECT mine.id, mine.version, agreement_id, mine.status, reason, mine.to_day,
               mine.outputs, mine.lead_worker_id, former, mine.content_hash, mine.drafted_by,
               mine.in_force_at
          FROM amendments AS mine
          JOIN agreements AS whole ON whole.id = agreement_id
         WHERE mine.id = $1
           AND whole.division LIKE ANY ($2)
           AND ($3::uuid IS NULL OR whole.provider_id = $3)
        """,
        amendment_id,
        rows.divisions,
        rows.org,
    )


async def find_open(tx: Tx, agreement_id: UUID) -> Amendment | None:
    """The amendment that waits for signatures, under the lock that the caller holds."""
    return await tx.find(
        Amendment,
        """
        SELECT id, version, agreement_id, status, reason, to_day, outputs, lead_worker_id,
               former, content_hash, drafted_by, in_force_at
          FROM amendments
         WHERE agreement_id = $1
           AND status IN ('drafted', 'signing')
        """,
        agreement_id,
    )


async def list_amendments_of(tx: Tx, agreement_id: UUID) -> list[Amendment]:
    """All amendments of an agreement in their order: one is over before the next begins."""
    return await tx.all(
        Amendment,
        """
          SELECT id, version, agreement_id, status, reason, to_day, outputs, lead_worker_id,
                 former, content_hash, drafted_by, in_force_at
            FROM amendments
           WHERE agreement_id = $1
        ORDER BY id
        """,
        agreement_id,
    )


async def list_amendments(
    tx: Tx, rows: Rows, page: PageRequest, status: Status | None, agreement_id: UUID | None
) -> list[Amendment]:
    return await tx.all(
        Amendment,
        """
          SELECT mine.id, mine.version, agreement_id, mine.status, reason, mine.to_day,
                 mine.outputs, mine.lead_worker_id, former, mine.content_hash, mine.drafted_by,
                 mine.in_force_at
            FROM amendments AS mine
            JOIN agreements AS whole ON whole.id = agreement_id
           WHERE whole.division LIKE ANY ($1)
             AND ($2::uuid IS NULL OR whole.provider_id = $2)
             AND ($3::uuid IS NULL OR mine.id > $3)
             AND ($4::text IS NULL OR mine.status = $4)
             AND ($5::uuid IS NULL OR agreement_id = $5)
        ORDER BY mine.id
           LIMIT $6
        """,
        rows.divisions,
        rows.org,
        page.after_id,
        status,
        agreement_id,
        page.limit,
    )


async def save_amendment(tx: Tx, amendment: Amendment) -> None:
    """What may change after the drafting: nothing that the content hash covers."""
    await tx.do(
        """
        UPDATE amendments
           SET version = $2,
               status = $3,
               in_force_at = $4
         WHERE id = $1
        """,
        amendment.id,
        amendment.version,
        amendment.status,
        amendment.in_force_at,
    )
