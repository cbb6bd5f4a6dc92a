"""Budgets in the database."""

from uuid import UUID

from libs.common.auth import ALL_ROWS, Rows
from libs.common.db import Tx
from libs.common.pages import PageRequest
from services.procurement.domain.budgets import Budget


async def add_budget(tx: Tx, budget: Budget) -> None:
    await tx.do(
        """
        INSERT INTO budgets (id, version, fiscal_year, name, purchaser_id, division, status,
                             amount, committed, paid, sources, proposed_by, approved_by)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
        """,
        budget.id,
        budget.version,
        budget.fiscal_year,
        budget.name,
        budget.purchaser_id,
        budget.division,
        budget.status,
        budget.amount,
        budget.committed,
        budget.paid,
        budget.sources,
        budget.proposed_by,
        budget.approved_by,
    )


async def lock_budget(tx: Tx, budget_id: UUID, rows: Rows) -> Budget:
    """NO KEY, because a row that names the budget shares its key: two that were inserted at the
    same time would wait for each other, and neither of them would get the money's row."""
    return await tx.get(
        Budget,
        """
        SELECT id, version, fiscal_year, name, purchaser_id, division, status,
               amount, committed, paid, sources, proposed_by, approved_by,
               planned_sources
          FROM budgets
         WHERE id = $1
           AND division LIKE ANY ($2)
           FOR NO KEY UPDATE
        """,
        budget_id,
        rows.divisions,
    )


async def lock_budget_of(tx: Tx, budget_id: UUID) -> Budget:
    """The budget that a row of ours names: no question of who may see it. NO KEY as above."""
    return await lock_budget(tx, budget_id, ALL_ROWS)


async def get_budget(tx: Tx, budget_id: UUID, rows: Rows) -> Budget:
    return await tx.get(
        Budget,
        """
        SELECT id, version, fiscal_year, name, purchaser_id, division, status,
               amount, committed, paid, sources, proposed_by, approved_by,
               planned_sources
          FROM budgets
         WHERE id = $1
           AND division LIKE ANY ($2)
        """,
        budget_id,
        rows.divisions,
    )


async def find_budget(
    tx: Tx, budget_id: UUID, purchaser_id: UUID, divisions: list[str]
) -> Budget | None:
    return await tx.find(
        Budget,
        """
        SELECT id, version, fiscal_year, name, purchaser_id, division, status,
               amount, committed, paid, sources, proposed_by, approved_by,
               planned_sources
          FROM budgets
         WHERE id = $1
           AND purchaser_id = $2
           AND division LIKE ANY ($3)
        """,
        budget_id,
        purchaser_id,
        divisions,
    )


async def list_budgets(tx: Tx, rows: Rows, page: PageRequest) -> list[Budget]:
    return await tx.all(
        Budget,
        """
          SELECT id, version, fiscal_year, name, purchaser_id, division, status,
                 amount, committed, paid, sources, proposed_by, approved_by,
                 planned_sources
            FROM budgets
           WHERE division LIKE ANY ($1)
             AND ($2::uuid IS NULL OR id > $2)
        ORDER BY id
           LIMIT $3
        """,
        rows.divisions,
        page.after_id,
        page.limit,
    )


async def save_budget(tx: Tx, budget: Budget) -> None:
    await tx.do(
        """
        UPDATE budgets
           SET version = $2,
               status = $3,
               amount = $4,
               committed = $5,
               paid = $6,
               sources = $7,
               planned_sources = $8,
               approved_by = $9
         WHERE id = $1
        """,
        budget.id,
        budget.version,
        budget.status,
        budget.amount,
        budget.committed,
        budget.paid,
        budget.sources,
        budget.planned_sources,
        budget.approved_by,
    )
