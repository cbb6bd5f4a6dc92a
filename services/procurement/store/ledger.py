"""The ledger in the database: an entry is added with the budget's new sums, never changed."""

from uuid import UUID

from libs.common.db import Tx
from libs.common.pages import PageRequest
from services.procurement.domain.ledger import Entry


async def add_entry(tx: Tx, entry: Entry) -> None:
    await tx.do(
        """
        INSERT INTO ledger_entries (id, budget_id, agreement_id, payment_id,
                                    act, source, target, amount, at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """,
        entry.id,
        entry.budget_id,
        entry.agreement_id,
        entry.payment_id,
        entry.act,
        entry.source,
        entry.target,
        entry.amount,
        entry.at,
    )


async def list_entries(tx: Tx, budget_id: UUID, page: PageRequest) -> list[Entry]:
    return await tx.all(
        Entry,
        """
          SELECT id, budget_id, agreement_id, payment_id, act, source, target, amount, at
            FROM ledger_entries
           WHERE budget_id = $1
             AND ($2::uuid IS NULL OR id > $2)
        ORDER BY id
           LIMIT $3
        """,
        budget_id,
        page.after_id,
        page.limit,
    )
