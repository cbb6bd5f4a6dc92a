"""Budgets: planned → approved; what is committed and paid stays within the amount."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from libs.common.contract import Fen, Token, body, changed
from libs.common.errors import Conflict, SecondPersonRequired

Status = Literal["planned", "approved"]


class BudgetNotPlanned(Conflict):
    """Only a planned budget can be approved."""

    zh = "只有处于计划状态的预算才能批准。"


class BudgetExceeded(Conflict):
    """The budget does not hold this much; ask for more or buy for less."""

    zh = "超出预算可用金额，请追加预算或降低金额。"


@body
class Source:
    """One fund that a budget is fed from, with its amount in fen; `welfare-lottery` (福彩公益金)
    is earmarked and asks for signage."""

    fund: Token
    amount: Fen


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """The money of one purchaser for one fiscal year, in fen."""

    id: UUID
    version: int
    fiscal_year: int
    name: str
    purchaser_id: UUID
    division: str
    status: Status
    amount: int
    committed: int
    paid: int
    sources: tuple[Source, ...]
    proposed_by: str
    approved_by: str | None

    @property
    def free(self) -> int:
        """What is not committed yet."""
        return self.amount - self.committed

    def approve(self, person: str) -> "Budget":
        """Approved by the treasury: a second person."""
        if self.status != "planned":
            raise BudgetNotPlanned
        if person == self.proposed_by:
            raise SecondPersonRequired
        return changed(self, status="approved", approved_by=person)


def plan(
    new_id: UUID,
    fiscal_year: int,
    name: str,
    purchaser_id: UUID,
    division: str,
    sources: tuple[Source, ...],
    person: str,
) -> Budget:
    """A budget as the sum of its sources, not approved yet."""
    return Budget(
        id=new_id,
        version=1,
        fiscal_year=fiscal_year,
        name=name,
        purchaser_id=purchaser_id,
        division=division,
        status="planned",
        amount=sum(source.amount for source in sources),
        committed=0,
        paid=0,
        sources=sources,
        proposed_by=person,
        approved_by=None,
    )
