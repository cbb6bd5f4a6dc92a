"""Payments and their approvals in the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from libs.common.auth import Rows
from libs.common.db import Tx
from libs.common.errors import NotFound
from libs.common.pages import PageRequest
from services.procurement.domain.agreements import Agreement
from services.procurement.domain.approvals import Approval
from services.procurement.domain.payments import Payment, Status
from services.procurement.store import agreements


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpaid:
    """How many payments wait at a step, and since how many days the first has been due."""

    status: Status
    payments_unpaid: int
    payment_unpaid_longest_days: int


async def add_payments(tx: Tx, payments: Sequence[Payment]) -> None:
    await tx.do_each(
        """
        INSERT INTO payments (
               id, version, agreement_id, budget_id, provider_id, division, kind,
               planned_amount, amount, status, fiscal_year, result_id, result_version, score_bp,
               balance_share_bp, policy_version, acceptance_id, due_day, invoice_number,
               reference, paid_day, recovered_amount, claimed_amount, given_up, deducted_amount)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13,
                     $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25)
        """,
        [
            (
                payment.id,
                payment.version,
                payment.agreement_id,
                payment.budget_id,
                payment.provider_id,
                payment.division,
                payment.kind,
                payment.planned_amount,
                payment.amount,
                payment.status,
                payment.fiscal_year,
                payment.result_id,
                payment.result_version,
                payment.score_bp,
                payment.balance_share_bp,
                payment.policy_version,
                payment.acceptance_id,
                payment.due_day,
                payment.invoice_number,
                payment.reference,
                payment.paid_day,
                payment.recovered_amount,
                payment.claimed_amount,
                payment.given_up,
                payment.deducted_amount,
            )
            for payment in payments
        ],
    )


async def lock_payment(tx: Tx, payment_id: UUID, rows: Rows) -> tuple[Agreement, Payment]:
    """A payment under the lock of its agreement, which everybody who moves money takes first."""
    owner = await tx.value(
        """
        SELECT agreement_id
          FROM payments
         WHERE id = $1
           AND division LIKE ANY ($2)
           AND ($3::uuid IS NULL OR provider_id = $3)
        """,
        payment_id,
        rows.divisions,
        rows.org,
    )
    if owner is None:
        raise NotFound("payment")
    agreement = await agreements.find_locked(tx, owner)
    assert agreement is not None, "a payment belongs to an agreement"
    [payment] = [one for one in await lock_payments(tx, owner) if one.id == payment_id]
    return agreement, payment


async def lock_payments(tx: Tx, agreement_id: UUID) -> list[Payment]:
    """All payments of an agreement, start-up first, under the lock that the caller holds on it."""
    return await tx.all(
        Payment,
        """
          SELECT id, version, agreement_id, budget_id, provider_id, division, kind,
                 planned_amount, amount, status, fiscal_year, result_id, result_version, score_bp,
                 balance_share_bp, policy_version, acceptance_id, due_day, invoice_number,
                 reference, paid_day, recovered_amount, claimed_amount, given_up, deducted_amount
            FROM payments
           WHERE agreement_id = $1
        ORDER BY kind = 'balance', kind
             FOR UPDATE
        """,
        agreement_id,
    )


async def list_payments_of(tx: Tx, agreement_id: UUID) -> list[Payment]:
    return await tx.all(
        Payment,
        """
          SELECT id, version, agreement_id, budget_id, provider_id, division, kind,
                 planned_amount, amount, status, fiscal_year, result_id, result_version, score_bp,
                 balance_share_bp, policy_version, acceptance_id, due_day, invoice_number,
                 reference, paid_day, recovered_amount, claimed_amount, given_up, deducted_amount
            FROM payments
           WHERE agreement_id = $1
        ORDER BY kind = 'balance', kind
        """,
        agreement_id,
    )


async def get_payment(tx: Tx, payment_id: UUID, rows: Rows) -> Payment:
    return await tx.get(
        Payment,
        """
        SELECT id, version, agreement_id, budget_id, provider_id, division, kind,
               planned_amount, amount, status, fiscal_year, result_id, result_version, score_bp,
               balance_share_bp, policy_version, acceptance_id, due_day, invoice_number,
               reference, paid_day, recovered_amount, claimed_amount, given_up, deducted_amount
          FROM payments
         WHERE id = $1
           AND division LIKE ANY ($2)
           AND ($3::uuid IS NULL OR provider_id = $3)
        """,
        payment_id,
        rows.divisions,
        rows.org,
    )


async def list_payments(
    tx: Tx, rows: Rows, page: PageRequest, status: Status | None, agreement_id: UUID | None
) -> list[Payment]:
    return await tx.all(
        Payment,
        """
          SELECT id, version, agreement_id, budget_id, provider_id, division, kind,
                 planned_amount, amount, status, fiscal_year, result_id, result_version, score_bp,
                 balance_share_bp, policy_version, acceptance_id, due_day, invoice_number,
                 reference, paid_day, recovered_amount, claimed_amount, given_up, deducted_amount
            FROM payments
           WHERE division LIKE ANY ($1)
             AND ($2::uuid IS NULL OR provider_id = $2)
             AND ($3::uuid IS NULL OR id > $3)
             AND ($4::text IS NULL OR status = $4)
             AND ($5::uuid IS NULL OR agreement_id = $5)
        ORDER BY id
           LIMIT $6
        """,
        rows.divisions,
        rows.org,
        page.after_id,
        status,
        agreement_id,
        page.limit,
    )


async def save_payment(tx: Tx, payment: Payment) -> None:
    await tx.do(
        """
        UPDATE payments
           SET version = $2,
               amount = $3,
               status = $4,
               result_id = $5,
               result_version = $6,
               score_bp = $7,
               balance_share_bp = $8,
               policy_version = $9,
               acceptance_id = $10,
               due_day = $11,
               invoice_number = $12,
               reference = $13,
               paid_day = $14,
               recovered_amount = $15,
               claimed_amount = $16,
               given_up = $17,
               planned_amount = $18,
               deducted_amount = $19
         WHERE id = $1
        """,
        payment.id,
        payment.version,
        payment.amount,
        payment.status,
        payment.result_id,
        payment.result_version,
        payment.score_bp,
        payment.balance_share_bp,
        payment.policy_version,
        payment.acceptance_id,
        payment.due_day,
        payment.invoice_number,
        payment.reference,
        payment.paid_day,
        payment.recovered_amount,
        payment.claimed_amount,
        payment.given_up,
        payment.planned_amount,
        payment.deducted_amount,
    )


async def add_approval(tx: Tx, approval: Approval) -> None:
    await tx.do(
        """
        INSERT INTO approvals (id, payment_id, step, person, amount, at, withdrawn_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
        """,
        approval.id,
        approval.payment_id,
        approval.step,
        approval.person,
        approval.amount,
        approval.at,
        approval.withdrawn_at,
    )


async def list_approvals(tx: Tx, payment_id: UUID) -> list[Approval]:
    """All approvals of a payment, also those that were withdrawn, in their order."""
    return await tx.all(
        Approval,
        """
          SELECT id, payment_id, step, person, amount, at, withdrawn_at
            FROM approvals
           WHERE payment_id = $1
        ORDER BY id
        """,
        payment_id,
    )


async def list_approvers(tx: Tx, agreement_id: UUID) -> list[str]:
    """Who has approved money of this agreement."""
    return await tx.all(
        str,
        """
        SELECT DISTINCT approvals.person
          FROM approvals
          JOIN payments ON payments.id = approvals.payment_id
         WHERE payments.agreement_id = $1
        """,
        agreement_id,
    )


async def withdraw_approvals(tx: Tx, payment_id: UUID, at: datetime) -> None:
    await tx.do(
        """
        UPDATE approvals
           SET withdrawn_at = $2
         WHERE payment_id = $1
           AND withdrawn_at IS NULL
        """,
        payment_id,
        at,
    )


async def measure_unpaid(tx: Tx, today: date) -> list[Unpaid]:
    return await tx.all(
        Unpaid,
        """
          SELECT status, count(*) AS payments_unpaid,
                 coalesce(max($1::date - due_day), 0) AS payment_unpaid_longest_days
            FROM payments
           WHERE status IN ('due', 'invoiced', 'approved')
        GROUP BY status
        """,
        today,
    )
