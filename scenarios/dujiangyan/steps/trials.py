"""The small projects beside those of the year: proposed, agreed upon, begun."""

from scenarios.dujiangyan import data
from scenarios.dujiangyan.client import together
from scenarios.dujiangyan.steps import agreements, needs, payments, recipients
from scenarios.dujiangyan.world import World

FIRST_NUMBER = 20


async def propose(world: World) -> None:
    """试点项目调研与申报"""
    for number, project in enumerate(data.trials(), FIRST_NUMBER):
        await needs.survey_one(world, project, number)
        await needs.propose_one(world, project)


async def select(world: World) -> None:
    """试点项目遴选"""
    await together(needs.select_one(world, project.key) for project in data.trials())


async def agree(world: World, key: str) -> None:
    """Draft, three signatures, and the start-up share falls due."""
    await agreements.draft(world, data.trial(key))
    await agreements.sign(world, data.trial(key))


async def begin(world: World, key: str) -> None:
    """Start-up paid, recipients known."""
    await payments.pay(world, data.trial(key), "startup")
    await recipients.enrol(world, data.trial(key))
