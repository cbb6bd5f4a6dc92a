"""Budgets sum their sources, and a second person approves them."""

from libs.common.ids import new_id
from libs.common.testing import Stage
from tests.services.procurement.steps import PURCHASER, budget, buyer, know_organisation

PLAN = {
    "fiscal_year": 2025,
    "name": "2025",
    "purchaser_id": str(PURCHASER),
    "division": "510181000000",
    "sources": [{"fund": "fiscal", "amount": 1}],
}


async def test_a_budget_is_the_sum_of_its_sources(procurement: Stage) -> None:
    """Planned with every source, nothing committed and nothing paid."""
    await know_organisation(procurement, PURCHASER, "purchaser")
    budget_id = await budget(procurement, approved=False)

    found = (await procurement.as_("treasury").get(f"/budgets/{budget_id}")).body

    assert found["amount"] == 80_000_000
    assert (found["status"], found["committed"], found["paid"]) == ("planned", 0, 0)


async def test_a_second_person_approves(procurement: Stage) -> None:
    """Whoever planned a budget cannot approve it, also with another role."""
    await know_organisation(procurement, PURCHASER, "purchaser")
    budget_id = await budget(procurement, approved=False)
    path = f"/budgets/{budget_id}/approval"

    same = await procurement.as_("treasury", person="buyer").post(path)
    other = await procurement.as_("treasury", person="treasurer").post(path)
    again = await procurement.as_("treasury", person="another").post(path)

    assert (same.status, same.code) == (409, "second-person-required")
    assert (other.body["status"], other.body["approved_by"]) == ("approved", "treasurer")
    assert (again.status, again.code) == (409, "budget-not-planned")


async def test_an_unknown_purchaser_has_no_budget(procurement: Stage) -> None:
    """Nor has one who is no purchaser, or for whom the caller does not act."""
    unknown = await buyer(procurement).post("/budgets", PLAN)
    await know_organisation(procurement, PURCHASER, "provider")
    provider = await buyer(procurement).post("/budgets", PLAN)
    await know_organisation(procurement, PURCHASER, "purchaser")
    other = await procurement.as_("purchaser", org=new_id()).post("/budgets", PLAN)

    for answer in (unknown, provider, other):
        assert (answer.status, answer.code) == (409, "organisation-not-yet-known")


async def test_a_suspended_purchaser_plans_nothing(procurement: Stage) -> None:
    """What the registry last told counts."""
    await know_organisation(procurement, PURCHASER, "purchaser")
    await know_organisation(procurement, PURCHASER, "purchaser", "suspended", "suspended")

    assert (await buyer(procurement).post("/budgets", PLAN)).status == 409


async def test_budgets_are_for_those_who_keep_them(procurement: Stage) -> None:
    """Providers read none, a purchaser approves none, and other divisions have none of ours."""
    await know_organisation(procurement, PURCHASER, "purchaser")
    path = f"/budgets/{await budget(procurement, approved=False)}"
    other = procurement.as_("treasury", divisions=("510182",))

    assert (await procurement.as_("agency-manager", org=new_id()).get(path)).status == 403
    assert (await buyer(procurement).post(f"{path}/approval")).status == 403
    assert (await other.get(path)).code == "budget-not-found"
    assert (await other.post(f"{path}/approval")).code == "budget-not-found"
    assert (await other.get("/budgets")).body["items"] == []
