"""Experts in the database: the name is read only where a statement says so."""

from dataclasses import dataclass
from typing import Literal

from libs.common.auth import Rows
from libs.common.db import Tx
from libs.common.pages import PageRequest
from services.registry.domain.experts import Expert


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpertRecord:
    """An expert as read; the name is null for who does not need it."""

    id: str
    version: int
    name: str | None
    kinds: tuple[str, ...]
    division: str
    status: Literal["admitted", "retired"]


async def add_expert(tx: Tx, expert: Expert, name: str) -> None:
    await tx.do(
        """
        INSERT INTO experts (id, version, name, kinds, division, status)
             VALUES ($1, $2, $3, $4, $5, $6)
        """,
        expert.id,
        expert.version,
        name,
        expert.kinds,
        expert.division,
        expert.status,
    )


async def lock_expert(tx: Tx, person: str, rows: Rows) -> Expert:
    return await tx.get(
        Expert,
        """
        SELECT id, version, kinds, division, status
          FROM experts
         WHERE id = $1
           AND division LIKE ANY ($2)
           FOR UPDATE
        """,
        person,
        rows.divisions,
    )


async def find_expert(tx: Tx, person: str) -> Expert | None:
    """The person in the pool, wherever: nobody is in it twice."""
    return await tx.find(
        Expert,
        """
        SELECT id, version, kinds, division, status
          FROM experts
         WHERE id = $1
           FOR UPDATE
        """,
        person,
    )


async def list_experts(tx: Tx, rows: Rows, named: bool, page: PageRequest) -> list[ExpertRecord]:
    return await tx.all(
        ExpertRecord,
        """
          SELECT id, version, CASE WHEN $2 THEN name END AS name, kinds, division, status
            FROM experts
           WHERE division LIKE ANY ($1)
             AND ($3::text IS NULL OR id > $3)
        ORDER BY id
           LIMIT $4
        """,
        rows.divisions,
        named,
        page.after,
        page.limit,
    )


async def save_expert(tx: Tx, expert: Expert, name: str | None) -> None:
    """The name is replaced only where one is given."""
    await tx.do(
        """
        UPDATE experts
           SET version = $2,
               kinds = $3,
               division = $4,
               status = $5,
               name = COALESCE($6, name)
         WHERE id = $1
        """,
        expert.id,
        expert.version,
        expert.kinds,
        expert.division,
        expert.status,
        name,
    )
