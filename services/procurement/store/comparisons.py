"""Comparisons with the bank's statement in the database, and their lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from libs.common.auth import Rows
from libs.common.db import Tx
from libs.common.pages import PageRequest
from services.procurement.domain.comparisons import Comparison, Line


@dataclass(frozen=True, slots=True, kw_only=True)
class Standstill:
    """Whether a restore holds payments up, and how much of the statement is not recorded."""

    payments_stand_still: int
    statement_lines_open: int


async def add_comparison(tx: Tx, comparison: Comparison, lines: Sequence[Line]) -> None:
    await tx.do(
        """
        INSERT INTO comparisons (id, version, epoch, division, statement, from_day, until_day,
                                 status, open_lines, open_amount, compared_by, compared_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        """,
        comparison.id,
        comparison.version,
        comparison.epoch,
        comparison.division,
        comparison.statement,
        comparison.from_day,
        comparison.until_day,
        comparison.status,
        comparison.open_lines,
        comparison.open_amount,
        comparison.compared_by,
        comparison.compared_at,
    )
    await tx.do_each(
        """
        INSERT INTO statement_lines (id, comparison_id, provider_id, reference, amount, day,
                                     named_by, payment_id)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """,
        [
            (
                line.id,
                line.comparison_id,
                line.provider_id,
                line.reference,
                line.amount,
                line.day,
                line.named_by,
                line.payment_id,
            )
            for line in lines
        ],
    )


async def lock_comparison(tx: Tx, comparison_id: UUID, rows: Rows) -> Comparison:
    return await tx.get(
        Comparison,
        """
        SELECT id, version, epoch, division, statement, from_day, until_day, status,
               open_lines, open_amount, compared_by, compared_at, confirmed_by, confirmed_at
          FROM comparisons
         WHERE id = $1
           AND division LIKE ANY ($2)
           FOR UPDATE
        """,
        comparison_id,
        rows.divisions,
    )


async def lock_comparison_of(tx: Tx, line: Line) -> Comparison:
    """The comparison that names a line of ours: no question of who may see it."""
    return await tx.get(
        Comparison,
        """
        SELECT id, version, epoch, division, statement, from_day, until_day, status,
               open_lines, open_amount, compared_by, compared_at, confirmed_by, confirmed_at
          FROM comparisons
         WHERE id = $1
           FOR UPDATE
        """,
        line.comparison_id,
    )


async def lock_open_lines(tx: Tx, provider_id: UUID) -> list[Line]:
    """What has left the bank for a provider and is in no book, the oldest first."""
    return await tx.all(
        Line,
        """
          SELECT id, comparison_id, provider_id, reference, amount, day, named_by, payment_id,
                 dismissed_by, reason
            FROM statement_lines
           WHERE provider_id = $1
             AND payment_id IS NULL
             AND dismissed_by IS NULL
        ORDER BY day, id
             FOR UPDATE
        """,
        provider_id,
    )


async def lock_line(tx: Tx, line_id: UUID, rows: Rows) -> Line:
    return await tx.get(
        Line,
        """
        SELECT line.id, comparison_id, provider_id, reference, amount, day, named_by, payment_id,
               dismissed_by, reason
          FROM statement_lines AS line
          JOIN comparisons ON comparisons.id = comparison_id
         WHERE line.id = $1
           AND division LIKE ANY ($2)
           FOR UPDATE OF line
        """,
        line_id,
        rows.divisions,
    )


async def list_lines(tx: Tx, comparison_id: UUID) -> list[Line]:
    return await tx.all(
        Line,
        """
          SELECT id, comparison_id, provider_id, reference, amount, day, named_by, payment_id,
                 dismissed_by, reason
            FROM statement_lines
           WHERE comparison_id = $1
        ORDER BY day, id
        """,
        comparison_id,
    )


async def get_comparison(tx: Tx, comparison_id: UUID, rows: Rows) -> Comparison:
    return await tx.get(
        Comparison,
        """
        SELECT id, version, epoch, division, statement, from_day, until_day, status,
               open_lines, open_amount, compared_by, compared_at, confirmed_by, confirmed_at
          FROM comparisons
         WHERE id = $1
           AND division LIKE ANY ($2)
        """,
        comparison_id,
        rows.divisions,
    )


async def list_comparisons(tx: Tx, rows: Rows, page: PageRequest) -> list[Comparison]:
    return await tx.all(
        Comparison,
        """
          SELECT id, version, epoch, division, statement, from_day, until_day, status,
                 open_lines, open_amount, compared_by, compared_at, confirmed_by, confirmed_at
            FROM comparisons
           WHERE division LIKE ANY ($1)
             AND ($2::uuid IS NULL OR id > $2)
        ORDER BY id
           LIMIT $3
        """,
        rows.divisions,
        page.after_id,
        page.limit,
    )


async def save_comparison(tx: Tx, comparison: Comparison) -> None:
    await tx.do(
        """
        UPDATE comparisons
           SET version = $2,
               status = $3,
               open_lines = $4,
               open_amount = $5,
               confirmed_by = $6,
               confirmed_at = $7
         WHERE id = $1
        """,
        comparison.id,
        comparison.version,
        comparison.status,
        comparison.open_lines,
        comparison.open_amount,
        comparison.confirmed_by,
        comparison.confirmed_at,
    )


async def save_line(tx: Tx, line: Line) -> None:
    await tx.do(
        """
        UPDATE statement_lines
           SET payment_id = $2,
               dismissed_by = $3,
               reason = $4
         WHERE id = $1
        """,
        line.id,
        line.payment_id,
        line.dismissed_by,
        line.reason,
    )


async def find_paid(tx: Tx, provider_id: UUID, reference: str, amount: int) -> UUID | None:
    """The payment that is in the books under a reference of the bank."""
    found: UUID | None = await tx.value(
        """
          SELECT id
            FROM payments
           WHERE provider_id = $1
             AND reference = $2
             AND amount = $3
             AND paid_day IS NOT NULL
        ORDER BY id
           LIMIT 1
        """,
        provider_id,
        reference,
        amount,
    )
    return found


async def find_last_paid(tx: Tx) -> date | None:
    """The day of the last transfer that is in the books."""
    day: date | None = await tx.value("SELECT max(paid_day) FROM payments")
    return day


async def is_compared(tx: Tx, epoch: int) -> bool:
    """Whether two persons have compared the statement since that epoch began."""
    compared: bool = await tx.value(
        """
        SELECT EXISTS (SELECT
                         FROM comparisons
                        WHERE epoch = $1
                          AND status = 'confirmed')
        """,
        epoch,
    )
    return compared


async def measure_standstill(tx: Tx, first_epoch: int) -> Standstill:
    """Of the city as it is now."""
    return await tx.get(
        Standstill,
        """
        SELECT (epoch > $1 AND NOT EXISTS (SELECT
                                             FROM comparisons
                                            WHERE comparisons.epoch = city.epoch
                                              AND status = 'confirmed'))::integer
                   AS payments_stand_still,
               (SELECT coalesce(sum(open_lines), 0)::integer FROM comparisons)
                   AS statement_lines_open
          FROM city
        """,
        first_epoch,
    )
