"""Needs in the database."""

from uuid import UUID

from libs.common.auth import Rows
from libs.common.db import Tx
from libs.common.pages import PageRequest
from services.procurement.domain.needs import Need


async def add_need(tx: Tx, need: Need) -> None:
    await tx.do(
        """
        INSERT INTO needs (id, version, title, finding, source, division, domain, respondents,
                           recorded_by, recorded_day)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        """,
        need.id,
        need.version,
        need.title,
        need.finding,
        need.source,
        need.division,
        need.domain,
        need.respondents,
        need.recorded_by,
        need.recorded_day,
    )


async def get_need(tx: Tx, need_id: UUID, rows: Rows) -> Need:
    return await tx.get(
        Need,
        """
        SELECT id, version, title, finding, source, division, domain, respondents,
               recorded_by, recorded_day
          FROM needs
         WHERE id = $1
           AND division LIKE ANY ($2)
        """,
        need_id,
        rows.divisions,
    )


async def count_needs(tx: Tx, need_ids: tuple[UUID, ...], rows: Rows) -> int:
    """How many of these needs there are in the caller's divisions."""
    count: int = await tx.value(
        """
        SELECT count(*)
          FROM needs
         WHERE id = ANY ($1)
           AND division LIKE ANY ($2)
        """,
        need_ids,
        rows.divisions,
    )
    return count


async def list_needs(tx: Tx, rows: Rows, page: PageRequest) -> list[Need]:
    return await tx.all(
        Need,
        """
          SELECT id, version, title, finding, source, division, domain, respondents,
                 recorded_by, recorded_day
            FROM needs
           WHERE division LIKE ANY ($1)
             AND ($2::uuid IS NULL OR id > $2)
        ORDER BY id
           LIMIT $3
        """,
        rows.divisions,
        page.after_id,
        page.limit,
    )
