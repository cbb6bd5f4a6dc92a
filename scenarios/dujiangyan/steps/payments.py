"""Money: the start-up share in January 2025; acceptance and balance in February 2026."""

from scenarios.dujiangyan import data, people
from scenarios.dujiangyan.client import Json, together
from scenarios.dujiangyan.data import Project
from scenarios.dujiangyan.people import ACCEPTOR, AUDITOR, CASHIER, FINANCE, HANDLER
from scenarios.dujiangyan.world import World


async def pay_startup(world: World) -> None:
    """支付启动款"""
    await together(pay(world, project, "startup") for project in data.projects())


async def accept_all(world: World) -> None:
    """履约验收"""
    await together(accept(world, project) for project in data.projects())


async def pay_balance(world: World) -> None:
    """支付余款"""
    await together(pay(world, project, "balance") for project in data.projects())


async def accept(world: World, project: Project) -> None:
    """What an agreement delivered is accepted, with the statement of its expenses."""
    agreement = world.engagements[project.key].agreement
    await world.client.do(
        ACCEPTOR,
        f"/procurement/v1/agreements/{agreement}/acceptance",
        acceptance(world, project),
        "acceptance",
        project.key,
    )


def acceptance(world: World, project: Project) -> Json:
    """What the acceptor finds, with the statement of the expenses."""
    price, poor = world.engagements[project.key].price, project.quality == "poor"
    return {
        "outcome": "accepted-with-remarks" if poor else "accepted",
        "expense_statement": [
            {"line": "人员费用", "amount": price * 6 // 10},
            {"line": "活动与管理费用", "amount": price - price * 6 // 10},
        ],
        "leftover_amount": 0,
        "opinion_summary_code": "mostly-satisfied" if poor else "satisfied",
        "remarks": "部分产出未完成，按协议扣减余款。" if poor else None,
    }


async def pay(world: World, project: Project, kind: str) -> None:
    """Invoice, three approvals by three persons, transfer."""
    payment = await payment_of(world, project, kind)
    path = f"/procurement/v1/payments/{payment['id']}"
    number = f"{project.key}/{kind}"
    await world.client.do(
        world.manager(project.provider),
        f"{path}/invoice",
        {"number": f"FP-{project.key}-{kind}", "amount": payment["amount"]},
        "invoice",
        number,
    )
    approvers = (HANDLER, FINANCE, people.leader(world.org("bureau")))
    for step, approver in enumerate(approvers):
        await world.client.do(
            approver, f"{path}/approvals", None, "payment-approval", f"{number}/{step}"
        )
    await world.client.do(
        CASHIER,
        f"{path}/transfer",
        {"reference": f"ZF-{project.key}-{kind}"},
        "transfer",
        number,
    )


async def payment_of(world: World, project: Project, kind: str) -> Json:
    """A payment of an agreement as it is now."""
    agreement = world.engagements[project.key].agreement
    found = await world.client.ask(AUDITOR, f"/procurement/v1/agreements/{agreement}")
    [payment] = [one for one in found["payments"] if one["kind"] == kind]
    return dict(payment)
