"""The trial's inspections, and an order to put things right that is missed and escalates."""

from datetime import date
from typing import Final

from scenarios.dujiangyan import data, voices
from scenarios.dujiangyan.client import Json, together
from scenarios.dujiangyan.data import Project
from scenarios.dujiangyan.people import INSPECTOR, SECRETARIAT
from scenarios.dujiangyan.steps.inspections import ROOT, is_mine
from scenarios.dujiangyan.world import World

KEY: Final = "t01"
PROVIDER: Final = "qingyan"
CODES: Final = ("outputs-behind-plan",)
ORDERED_FOR: Final = "2025-04-30"
DUE: Final = "2025-05-23"


async def inspect(world: World) -> None:
    """试点监督检查"""
    for project in data.trials():
        found = await _of_trial(world, project.key)
        over = [one for one in found if date.fromisoformat(one["to_day"]) < world.moment.date()]
        await together(_complete(world, project, one) for one in over if is_mine(one))


async def order(world: World) -> None:
    """责令整改"""
    [april] = [one for one in await _of_trial(world, KEY) if one["to_day"] == ORDERED_FOR]
    ordered = await world.client.do(
        INSPECTOR,
        f"{ROOT}/inspections/{april['id']}/rectifications",
        {
            "codes": list(CODES),
            "demand": "限期提交补课计划，并按月完成约定场次。",
            "due_day": DUE,
        },
        "rectification",
        f"{KEY}/{ORDERED_FOR}",
    )
    world.missed_order = ordered["id"]


async def miss(world: World) -> None:
    """整改逾期，升级督办"""
    provider, template = world.manager(PROVIDER), "rectification-overdue"
    await voices.messaged(world, "missed-order", provider, template)
    await voices.messaged(world, "missed-order/purchaser", world.purchaser, f"{template}-purchaser")


async def escalate(world: World) -> None:
    """整改逾期上报督办"""
    await voices.messaged(
        world,
        "missed-order/secretariat",
        SECRETARIAT,
        "rectification-escalated-secretariat",
        data.trial(KEY).title,
    )


async def answer_late(world: World) -> None:
    """逾期后答复整改"""
    path = f"{ROOT}/rectifications/{world.missed_order}"
    body = {"text": "已提交补课计划，增派一名社工。"}
    provider = world.manager(PROVIDER)
    await world.client.do(provider, f"{path}/answer", body, "late-answer", KEY)
    await world.client.do(INSPECTOR, f"{path}/resolution", None, "late-resolution", KEY)


async def _of_trial(world: World, key: str) -> list[Json]:
    agreement = world.engagements[key].agreement
    return await world.client.ask_all(INSPECTOR, f"{ROOT}/inspections", agreement_id=agreement)


async def _complete(world: World, project: Project, inspection: Json) -> None:
    """One is behind its plan in every month; on site what is seen agrees with the records."""
    behind = project.key == KEY and inspection["kind"] == "monthly"
    await world.client.do(
        INSPECTOR,
        f"{ROOT}/inspections/{inspection['id']}/completion",
        {
            "conclusion": "faults" if behind else "in-order",
            "codes": list(CODES) if behind else [],
            "findings": "产出进度落后于计划。" if behind else "现场与记录一致。",
        },
        "inspection",
        f"{project.key}/{inspection['kind']}/{inspection['to_day']}",
    )
