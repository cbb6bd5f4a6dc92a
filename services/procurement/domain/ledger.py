"""The budget's ledger: every fen is available, committed or paid, and each move is an entry."""

from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from libs.common.contract import answer, changed
from services.procurement.domain.budgets import Budget, BudgetExceeded, BudgetNotApproved
from services.procurement.domain.payments import Payment

Account = Literal["available", "committed", "paid"]
Act = Literal["commit", "release", "pay", "recover"]

MOVES: Final[dict[Act, tuple[Account, Account]]] = {
    "commit": ("available", "committed"),
    "release": ("committed", "available"),
    "pay": ("committed", "paid"),
    "recover": ("paid", "available"),
}
"""Double entry: an act takes from one account of the budget what it gives to another."""


@answer
class Entry:
    """One line of the ledger: so many fen from one account to another, for which agreement."""

    id: UUID
    budget_id: UUID
    agreement_id: UUID
    payment_id: UUID | None
    act: Act
    source: Account
    target: Account
    amount: int
    at: datetime


def balances(budget: Budget) -> dict[Account, int]:
    """What lies in each account of a budget; together always its amount.

    `Budget.committed` counts everything promised, also what has been paid since; the account
    of that name holds only what is promised and still to be paid.
    """
    return {
        "available": budget.free,
        "committed": budget.committed - budget.paid,
        "paid": budget.paid,
    }


def move(budget: Budget, act: Act, fen: int) -> Budget:
    """The budget after that act; `BudgetExceeded` if the account it takes from holds less."""
    if act == "commit" and budget.status != "approved":
        raise BudgetNotApproved
    after = balances(budget)
    source, target = MOVES[act]
    if not 0 <= fen <= after[source]:
        raise BudgetExceeded
    after[source] -= fen
    after[target] += fen
    return changed(budget, committed=after["committed"] + after["paid"], paid=after["paid"])


def moves(before: Payment, after: Payment) -> tuple[tuple[Act, int], ...]:
    """What the step of a payment from one state to another means in its budget.

    Paying also releases what was planned and is not paid; a payment that is withheld lets its
    commitment go, and one that comes back by a correction is committed anew.
    """
    committed = after.held - before.held
    paid = (after.amount if after.paid_day else 0) - (before.amount if before.paid_day else 0)
    recovered = after.recovered_amount - before.recovered_amount
    found: tuple[tuple[Act, int], ...] = (
        ("commit", committed),
        ("pay", paid),
        ("release", -committed - paid),
        ("recover", recovered),
    )
    return tuple((act, fen) for act, fen in found if fen > 0)


def entry(
    new_id: UUID,
    budget_id: UUID,
    agreement_id: UUID,
    payment_id: UUID | None,
    act: Act,
    fen: int,
    at: datetime,
) -> Entry:
    """The line that says what an act moved."""
    source, target = MOVES[act]
    return Entry(
        id=new_id,
        budget_id=budget_id,
        agreement_id=agreement_id,
        payment_id=payment_id,
        act=act,
        source=source,
        target=target,
        amount=fen,
        at=at,
    )
