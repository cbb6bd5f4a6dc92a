"""Divisions in the database."""

from libs.common.auth import ALL_ROWS, Rows
from libs.common.db import Tx
from libs.common.pages import DeltaRequest
from services.registry.domain.divisions import Division


async def add_division(tx: Tx, division: Division) -> None:
    await tx.do(
        """
        INSERT INTO divisions (id, version, name, level, urban, parent,
                               valid_from, valid_to, successors)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """,
        division.id,
        division.version,
        division.name,
        division.level,
        division.urban,
        division.parent,
        division.valid_from,
        division.valid_to,
        division.successors,
    )


async def find_divisions(tx: Tx, codes: list[str]) -> list[Division]:
    return await tx.all(
        Division,
        """
          SELECT id, version, name, level, urban, parent, valid_from, valid_to, successors
            FROM divisions
           WHERE id = ANY ($1::text[])
        ORDER BY id
             FOR SHARE
        """,
        codes,
    )


async def find_division(tx: Tx, code: str, rows: Rows) -> Division | None:
    """The division, if it is the caller's; it cannot be ended meanwhile."""
    return await tx.find(
        Division,
        """
        SELECT id, version, name, level, urban, parent, valid_from, valid_to, successors
          FROM divisions
         WHERE id = $1
           AND id LIKE ANY ($2)
           FOR SHARE
        """,
        code,
        rows.divisions,
    )


async def get_division(tx: Tx, code: str, rows: Rows) -> Division:
    return await tx.get(
        Division,
        """
        SELECT id, version, name, level, urban, parent, valid_from, valid_to, successors
          FROM divisions
         WHERE id = $1
           AND id LIKE ANY ($2)
        """,
        code,
        rows.divisions,
    )


async def lock_division(tx: Tx, code: str, rows: Rows) -> Division:
    return await tx.get(
        Division,
        """
        SELECT id, version, name, level, urban, parent, valid_from, valid_to, successors
          FROM divisions
         WHERE id = $1
           AND id LIKE ANY ($2)
           FOR UPDATE
        """,
        code,
        rows.divisions,
    )


async def lock_due_division(tx: Tx, code: str) -> Division:
    """A division for a job, which acts for nobody."""
    return await lock_division(tx, code, ALL_ROWS)


async def list_divisions(
    tx: Tx, rows: Rows, prefix: str, parent: str | None, page: DeltaRequest
) -> list[Division]:
    return await tx.all(
        Division,
        """
          SELECT id, version, name, level, urban, parent, valid_from, valid_to, successors
            FROM divisions
           WHERE id LIKE ANY ($1)
             AND starts_with(id, $2)
             AND ($3::text IS NULL OR parent = $3)
             AND ($4::text IS NULL OR id > $4)
             AND ($6::text[] IS NULL OR id = ANY ($6::text[]))
        ORDER BY id
           LIMIT $5
        """,
        rows.divisions,
        prefix,
        parent,
        page.after,
        page.limit,
        page.changed,
    )


async def save_division(tx: Tx, division: Division) -> None:
    await tx.do(
        """
        UPDATE divisions
           SET version = $2,
               valid_to = $3,
               successors = $4
         WHERE id = $1
        """,
        division.id,
        division.version,
        division.valid_to,
        division.successors,
    )
