"""An evaluation late through no fault of the provider: the undisputed part is paid first."""

from typing import Final

from scenarios.dujiangyan import data, voices
from scenarios.dujiangyan.people import SECRETARIAT
from scenarios.dujiangyan.steps import commissions, payments
from scenarios.dujiangyan.world import World

KEY: Final = "t02"


async def commission(world: World) -> None:
    """委托评估，评估机构迟迟未办"""
    await commissions.find_commissions(world, [data.trial(KEY)])
    await commissions.commission(world, data.trial(KEY))


async def hear_of_delay(world: World) -> None:
    """评估逾期告知"""
    project = data.trial(KEY)
    provider, template = world.manager(project.provider), "evaluation-overdue"
    await voices.messaged(world, "late-evaluation", provider, f"{template}-provider", project.title)
    await voices.messaged(
        world, "late-evaluation/secretariat", SECRETARIAT, f"{template}-secretariat", project.title
    )
    await payments.pay(world, project, "undisputed")


async def draw(world: World) -> None:
    """迟来的抽样"""
    await commissions.draw_sample(world, data.trial(KEY))


async def visit(world: World) -> None:
    """迟来的走访与打分"""
    await commissions.visit(world, data.trial(KEY))
    await commissions.mark(world, data.trial(KEY))


async def conclude(world: World) -> None:
    """迟来的得分与告知"""
    await commissions.score(world, data.trial(KEY))
    await commissions.notify(world, data.trial(KEY))


async def seal(world: World) -> None:
    """迟来的定案"""
    await commissions.seal(world, data.trial(KEY))


async def accept(world: World) -> None:
    """试点验收"""
    await payments.accept(world, data.trial(KEY))


async def pay_rest(world: World) -> None:
    """支付余款的其余部分"""
    await payments.pay(world, data.trial(KEY), "balance")
