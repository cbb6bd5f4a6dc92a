"""Awards 中标、成交、立项: binding on an approved budget, conditional on a planned one."""

from collections.abc import Sequence
from datetime import datetime

from libs.common.contract import changed
from libs.common.errors import Conflict
from services.procurement.domain.budgets import Budget, BudgetNotApproved
from services.procurement.domain.ranking import Line
from services.procurement.domain.tenders import Tender


class AwardOutOfOrder(Conflict):
    """Award to the first in the ranking, or give the coded reason for passing over those before."""

    zh = "应按排名定标；递补须写明越过前序候选人的原因代码。"


class AwardWasVoid(Conflict):
    """The award to this organisation was void; award to the next in the ranking."""

    zh = "该组织的中标（成交）结果已被认定无效，请按排名另行确定。"


class WinnerNotActive(Conflict):
    """This organisation is no longer registered; give the reason and award to the next."""

    zh = "该组织已不处于登记有效状态，请注明原因并按排名递补。"


def award(tender: Tender, line: Line, budget: Budget, reason: str | None, now: datetime) -> Tender:
    """Awarded in the order of the ranking: binding if the budget is approved and holds it,
    conditional while the budget is planned."""
    tender.decide()
    if budget.status == "approved":
        budget.hold(line.price)
    if line.organisation_id in tender.passed_ids:
        raise AwardWasVoid
    if line.rank > 1 and reason is None:
        raise AwardOutOfOrder(rank=line.rank)
    return changed(
        tender,
        status="awarded",
        awarded_to=line.organisation_id,
        awarded_price=line.price,
        awarded_at=now,
        conditional=budget.status == "planned",
        reason=reason,
    )


def confirm(tender: Tender, budget: Budget) -> Tender:
    """The budget has been approved and holds the award: it is binding now."""
    if budget.status != "approved":
        raise BudgetNotApproved
    budget.hold(tender.awarded_price or 0)
    return changed(tender, conditional=False)


def confirmable(awards: Sequence[Tender], budget: Budget) -> list[Tender]:
    """Which conditional awards an approved budget holds, each in its turn."""
    held = []
    for award in awards:
        price = award.awarded_price or 0
        if price <= budget.free:
            budget = budget.after(price)
            held.append(award)
    return held
