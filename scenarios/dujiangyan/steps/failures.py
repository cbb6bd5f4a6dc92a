"""A result below the line: put right once, evaluated again, ended, settled, start-up recovered."""

from dataclasses import replace
from typing import Final

from scenarios.dujiangyan import data, people, voices
from scenarios.dujiangyan.client import Attempt
from scenarios.dujiangyan.data import Project
from scenarios.dujiangyan.people import ACCEPTOR, AUDITOR, CASHIER, INSPECTOR
from scenarios.dujiangyan.steps import commissions, payments
from scenarios.dujiangyan.world import Engagement, World

KEY: Final = "t01"
SECOND: Final = "t01-second"
"""The re-evaluation of the same agreement."""
REASON: Final = {"reason": "result-failed"}


async def refuse_acceptance(world: World) -> None:
    """定案不合格：余款暂停，不予验收"""
    project = data.trial(KEY)
    provider = world.manager(project.provider)
    await voices.messaged(world, "failed-result", provider, "payment-withheld", project.title)
    attempt = Attempt(
        path=f"{_agreement(world)}/acceptance", body=payments.acceptance(world, project)
    )
    await voices.refused(world, "failed-result/acceptance", ACCEPTOR, attempt)


async def put_right(world: World) -> None:
    """不合格整改"""
    project = data.trial(KEY)
    provider = world.manager(project.provider)
    await voices.messaged(
        world, "failed-result/order", provider, "rectification-ordered", project.title
    )
    root = commissions.ROOT
    agreement = world.engagements[KEY].agreement
    found = await world.client.ask_all(INSPECTOR, f"{root}/rectifications", agreement_id=agreement)
    [order] = [one for one in found if one["result_id"] is not None]
    path = f"{root}/rectifications/{order['id']}"
    body = {"text": "已更换项目负责人，补办三场小组活动。"}
    await world.client.do(provider, f"{path}/answer", body, "result-answer", KEY)
    await world.client.do(INSPECTOR, f"{path}/resolution", None, "result-resolution", KEY)


async def evaluate_again(world: World) -> None:
    """委托复评"""
    agreement = world.engagements[KEY].agreement
    found = await world.client.ask_all(
        AUDITOR, f"{commissions.ROOT}/commissions", agreement_id=agreement
    )
    [second] = [one for one in found if one["round"] == 2]
    world.engagements[SECOND] = Engagement(agreement=agreement, commission=second["id"])
    await commissions.commission(world, _second())


async def draw_again(world: World) -> None:
    """复评抽样"""
    await commissions.draw_sample(world, _second())


async def visit_again(world: World) -> None:
    """复评走访与打分"""
    await commissions.visit(world, _second())
    await commissions.mark(world, _second())


async def conclude_again(world: World) -> None:
    """复评得分与告知"""
    await commissions.score(world, _second())
    await commissions.notify(world, _second())


async def seal_again(world: World) -> None:
    """复评定案：仍不合格"""
    await commissions.seal(world, _second())


async def terminate(world: World) -> None:
    """终止协议：一人提出，另一人确认"""
    path = f"{_agreement(world)}/termination"
    await world.client.do(world.purchaser, path, REASON, "termination", KEY)
    attempt = Attempt(path=f"{path}/confirmation")
    await voices.refused(world, "failed-result/alone", world.purchaser, attempt)
    leader = people.leader(world.org("bureau"))
    await world.client.do(leader, f"{path}/confirmation", None, "termination-confirmed", KEY)


async def recover(world: World) -> None:
    """清算并追回启动款"""
    project = data.trial(KEY)
    provider, title = world.manager(project.provider), project.title
    await voices.messaged(world, "failed-result/ended", provider, "agreement-terminated", title)
    await voices.messaged(world, "failed-result/claimed", provider, "payment-claimed", title)
    startup = await payments.payment_of(world, project, "startup")
    path = f"/procurement/v1/payments/{startup['id']}/recovery"
    body = {"amount": startup["claimed_amount"], "reference": f"TK-{KEY}"}
    await world.client.do(CASHIER, path, body, "recovery", KEY)


def _second() -> Project:
    """The same project, under a name of its own for its second evaluation."""
    return replace(data.trial(KEY), key=SECOND)


def _agreement(world: World) -> str:
    return f"/procurement/v1/agreements/{world.engagements[KEY].agreement}"
