"""Budgets: plan, approve, read."""

from typing import Annotated, Final
from uuid import UUID

from libs.common.contract import Count, DivisionCode, Name, Some, body
from libs.common.db import Tx
from libs.common.http import Call, Routes
from libs.common.ids import new_id
from libs.common.pages import Page, PageRequest, page
from services.procurement.actions import confirm_award
from services.procurement.api.areas import in_area, known_buyer
from services.procurement.domain.awards import confirmable
from services.procurement.domain.budgets import Budget, Source, plan
from services.procurement.store import budgets as store
from services.procurement.store import tenders

routes: Final = Routes()


@body
class BudgetPlan:
    """The money that a purchaser plans with for a fiscal year, by fund, in fen."""

    fiscal_year: Count
    name: Name
    purchaser_id: UUID
    division: DivisionCode
    sources: Annotated[tuple[Source, ...], Some(1, 20)]


@body
class Reduction:
    """What is left of each fund, in fen."""

    sources: Annotated[tuple[Source, ...], Some(1, 20)]


@routes.post("/budgets", scope="procurement:plan-budget", status=201)
async def plan_budget(tx: Tx, call: Call, body: BudgetPlan) -> Budget:
    """Plan a budget; tenders may run on it before the treasury approves it."""
    in_area(call, body.division)
    await known_buyer(tx, call, body.purchaser_id)
    budget = plan(
        new_id(),
        body.fiscal_year,
        body.name,
        body.purchaser_id,
        body.division,
        body.sources,
        call.person,
    )
    await store.add_budget(tx, budget)
    return budget


@routes.post("/budgets/{budget_id}/reduction", scope="procurement:approve-budget")
async def reduce_budget(tx: Tx, call: Call, budget_id: UUID, body: Reduction) -> Budget:
    """Reduce a planned budget (核减) before it is approved."""
    budget = await store.lock_budget(tx, budget_id, call.rows)
    call.expect(budget)
    reduced = budget.reduce(body.sources)
    await store.save_budget(tx, reduced)
    return reduced


@routes.post("/budgets/{budget_id}/approval", scope="procurement:approve-budget")
async def approve_budget(tx: Tx, call: Call, budget_id: UUID) -> Budget:
    """Approve a budget; whoever planned it cannot. The awards that waited for it become binding
    in their order, as far as it holds them."""
    budget = await store.lock_budget(tx, budget_id, call.rows)
    call.expect(budget)
    approved = budget.approve(call.person)
    await store.save_budget(tx, approved)
    for tender in confirmable(await tenders.lock_conditional(tx, budget.id), approved):
        await confirm_award(tx, tender)
    return approved


@routes.get("/budgets/{budget_id}", scope="procurement:read-budgets")
async def read_budget(tx: Tx, call: Call, budget_id: UUID) -> Budget:
    """One budget with what is committed and paid of it."""
    return await store.get_budget(tx, budget_id, call.rows)


@routes.get("/budgets", scope="procurement:read-budgets")
async def list_budgets(tx: Tx, call: Call, page_request: PageRequest) -> Page[Budget]:
    """Budgets in the caller's divisions."""
    return await page(tx, page_request, await store.list_budgets(tx, call.rows, page_request))
