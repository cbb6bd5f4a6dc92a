"""The trial's evaluation: one who was drawn is not visited, and the result is below the line."""

from typing import Final

from scenarios.dujiangyan import data, voices
from scenarios.dujiangyan.client import Attempt
from scenarios.dujiangyan.steps import commissions
from scenarios.dujiangyan.world import World

KEY: Final = "t01"


async def draw(world: World) -> None:
    """试点评估委托与抽样"""
    project = data.trial(KEY)
    await commissions.find_commissions(world, [project])
    await commissions.commission(world, project)
    await commissions.draw_sample(world, project)


async def withdraw_consent(world: World) -> None:
    """撤回走访同意"""
    project = data.trial(KEY)
    # The same command again gives the stored answer, and with it the same first of the draw.
    drawn = (await commissions.draw_sample(world, project))["drawn"]
    unwilling = str(drawn[0])
    manager = world.manager(project.provider)
    found = await world.client.ask(manager, f"/casework/v1/recipients/{unwilling}/consents")
    [consent] = [one for one in found["consents"] if one["purpose"] == "visit"]
    path = f"/casework/v1/consents/{consent['id']}/withdrawal"
    await world.client.do(manager, path, None, "consent-withdrawal", KEY)
    world.unwilling.add(unwilling)


async def visit(world: World) -> None:
    """试点走访：撤回同意者不予提供联系方式"""
    project = data.trial(KEY)
    await _ask_for_contact(world)
    await commissions.visit(world, project)
    await commissions.mark(world, project)


async def conclude(world: World) -> None:
    """试点评估得分与告知"""
    await commissions.score(world, data.trial(KEY))
    await commissions.notify(world, data.trial(KEY))


async def seal(world: World) -> None:
    """试点定案：不合格"""
    await commissions.seal(world, data.trial(KEY))


async def _ask_for_contact(world: World) -> None:
    """The visitor asks for the address of the one who is unwilling."""
    project = data.trial(KEY)
    commission = world.engagements[KEY].commission
    for number in commissions.VISITORS:
        who = commissions.evaluator(world, project, number)
        visits = await world.client.ask_all(
            who, f"{commissions.ROOT}/visits", commission_id=commission
        )
        for one in visits:
            if one["recipient_ref"] in world.unwilling:
                body = {"visit_id": one["id"], "purpose": "evaluation-visit"}
                attempt = Attempt(path="/casework/v1/reveals", body=body)
                await voices.refused(world, "withdrawn-consent", who, attempt)
