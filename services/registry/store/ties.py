"""Ties in the database; a tie lies where its organisation lies."""

from uuid import UUID

from libs.common.auth import Rows
from libs.common.db import Tx
from libs.common.pages import PageRequest
from services.registry.domain.ties import Tie


async def add_tie(tx: Tx, tie: Tie) -> None:
    await tx.do(
        """
        INSERT INTO ties (id, version, person, organisation_id, kind, degree, status,
                          declared_day)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """,
        tie.id,
        tie.version,
        tie.person,
        tie.organisation_id,
        tie.kind,
        tie.degree,
        tie.status,
        tie.declared_day,
    )


async def lock_tie(tx: Tx, tie_id: UUID, rows: Rows) -> Tie:
    return await tx.get(
        Tie,
        """
        SELECT t.id, t.version, t.person, t.organisation_id, t.kind, t.degree, t.status,
               t.declared_day, t.ended_day
          FROM ties t
          JOIN organisations o ON o.id = t.organisation_id
         WHERE t.id = $1
           AND o.division LIKE ANY ($2)
           FOR UPDATE OF t
        """,
        tie_id,
        rows.divisions,
    )


async def list_ties(tx: Tx, rows: Rows, page: PageRequest) -> list[Tie]:
    return await tx.all(
        Tie,
        """
          SELECT t.id, t.version, t.person, t.organisation_id, t.kind, t.degree, t.status,
                 t.declared_day, t.ended_day
            FROM ties t
            JOIN organisations o ON o.id = t.organisation_id
           WHERE o.division LIKE ANY ($1)
             AND ($2::uuid IS NULL OR t.id > $2)
        ORDER BY t.id
           LIMIT $3
        """,
        rows.divisions,
        page.after_id,
        page.limit,
    )


async def list_own_ties(tx: Tx, person: str, page: PageRequest) -> list[Tie]:
    return await tx.all(
        Tie,
        """
          SELECT id, version, person, organisation_id, kind, degree, status,
                 declared_day, ended_day
            FROM ties
           WHERE person = $1
             AND ($2::uuid IS NULL OR id > $2)
        ORDER BY id
           LIMIT $3
        """,
        person,
        page.after_id,
        page.limit,
    )


async def save_tie(tx: Tx, tie: Tie) -> None:
    await tx.do(
        """
        UPDATE ties
           SET version = $2,
               status = $3,
               ended_day = $4
         WHERE id = $1
        """,
        tie.id,
        tie.version,
        tie.status,
        tie.ended_day,
    )
