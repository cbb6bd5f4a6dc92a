"""What casework knows of others: organisations, and visits of evaluations."""

from uuid import UUID

from libs.common.auth import Rows
from libs.common.db import Tx
from services.casework.domain.visits import Visit


async def save_organisation(
    tx: Tx, organisation_id: UUID, division: str, status: str, *, is_filed_group: bool
) -> None:
    await tx.do(
        """
        INSERT INTO organisations (id, division, status, is_filed_group)
             VALUES ($1, $2, $3, $4)
        ON CONFLICT (id) DO UPDATE SET division = excluded.division,
                                       status = excluded.status,
                                       is_filed_group = excluded.is_filed_group
        """,
        organisation_id,
        division,
        status,
        is_filed_group,
    )


async def list_filed_groups(tx: Tx, rows: Rows) -> list[UUID]:
    """The filed groups within the caller's divisions."""
    return await tx.all(
        UUID,
        "SELECT id FROM organisations WHERE is_filed_group AND division LIKE ANY ($1)",
        rows.divisions,
    )


async def keeps_filed_group(tx: Tx, organisation_id: UUID, rows: Rows) -> bool:
    """Whether this is an active filed group within the caller's divisions."""
    found = await tx.value(
        """
        SELECT true
          FROM organisations
         WHERE id = $1
           AND status = 'filed'
           AND division LIKE ANY ($2)
        """,
        organisation_id,
        rows.divisions,
    )
    return bool(found)


async def save_visit(tx: Tx, visit: Visit) -> None:
    await tx.do(
        """
        INSERT INTO visits (id, visitor, recipient_ref, purpose, from_day, to_day, status)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (id) DO UPDATE SET visitor = excluded.visitor,
                                       recipient_ref = excluded.recipient_ref,
                                       purpose = excluded.purpose,
                                       from_day = excluded.from_day,
                                       to_day = excluded.to_day,
                                       status = excluded.status
        """,
        visit.id,
        visit.visitor,
        visit.recipient_ref,
        visit.purpose,
        visit.from_day,
        visit.to_day,
        visit.status,
    )


async def find_visit(tx: Tx, visit_id: UUID, person: str) -> Visit | None:
    """One's own visit: somebody else's is as unknown as none. The row is held, so that the visit
    cannot end while data is given out."""
    return await tx.find(
        Visit,
        """
        SELECT id, visitor, recipient_ref, purpose, from_day, to_day, status
          FROM visits
         WHERE id = $1
           AND visitor = $2
           FOR SHARE
        """,
        visit_id,
        person,
    )
