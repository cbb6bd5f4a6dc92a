"""Budgets: planned → approved; what is committed and paid stays within the amount."""

from dataclasses import dataclass, replace
from typing import Literal
from uuid import UUID

from libs.common.contract import Fen, Token, body, changed
from libs.common.errors import Conflict, Fault, Invalid, SecondPersonRequired
from libs.common.money import yuan
from services.procurement.domain.sentences import ABOVE_PLAN, FUNDS_DIFFER, NOT_LESS

Status = Literal["planned", "approved"]


class BudgetNotPlanned(Conflict):
    """Only a planned budget can be approved or reduced; see its status."""

    zh = "只有处于计划状态的预算才能批准或核减，请核对其状态。"


class BudgetExceeded(Conflict):
    """The budget does not hold this much; ask for more or buy for less."""

    zh = "超出预算可用金额，请追加预算或降低金额。"


class BudgetNotApproved(Conflict):
    """The award is conditional: draft the agreement when the budget has been approved."""

    zh = "预算尚未批准，定标结果附条件；请待预算批准后再起草协议。"


class BudgetNotReduced(Invalid):
    """A reduction names each fund of the plan once, with no more than was planned, and less in
    sum."""

    zh = "核减须列明计划中的每一项资金，各不高于原计划，且总额须有减少。"


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
    planned_sources: tuple[Source, ...] | None = None
    """What was asked for, if the treasury has reduced it."""

    @property
    def free(self) -> int:
        """What is not committed yet."""
        return self.amount - self.committed

    def hold(self, fen: int) -> None:
        """Refuse what is more than there is left."""
        if fen > self.free:
            raise BudgetExceeded(free=self.free)

    def after(self, awarded: int) -> "Budget":
        """As it will be when so much, which was awarded, has been agreed upon."""
        return replace(self, committed=self.committed + awarded)

    def reduce(self, sources: tuple[Source, ...]) -> "Budget":
        """Less than planned, fund by fund, before it is approved."""
        if self.status != "planned":
            raise BudgetNotPlanned
        planned = {source.fund: source.amount for source in self.sources}
        faults = [
            Fault(
                f"/sources/{place}/amount",
                ABOVE_PLAN,
                most=f"¥{yuan(planned.get(one.fund, 0))}",
            )
            for place, one in enumerate(sources)
            if one.amount > planned.get(one.fund, 0)
        ]
        if sorted(one.fund for one in sources) != sorted(planned):
            faults.append(Fault("/sources", FUNDS_DIFFER, funds=sorted(planned)))
        amount = sum(one.amount for one in sources)
        if not faults and amount == self.amount:
            faults.append(Fault("/sources", NOT_LESS, amount=f"¥{yuan(self.amount)}"))
        if faults:
            raise BudgetNotReduced(*faults)
        return changed(
            self,
            amount=amount,
            sources=sources,
            planned_sources=self.planned_sources or self.sources,
        )

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
