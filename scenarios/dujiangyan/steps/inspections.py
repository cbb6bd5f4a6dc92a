"""Inspections 督导: monthly, at the half-year, at the year's end; one rectification."""

from datetime import date
from typing import Final

from scenarios.dujiangyan import data
from scenarios.dujiangyan.client import Json, together
from scenarios.dujiangyan.data import Project
from scenarios.dujiangyan.people import INSPECTOR
from scenarios.dujiangyan.world import World

ROOT: Final = "/evaluation/v1"
OPEN: Final = frozenset({"due", "overdue"})
POOR_CODES: Final = ("reports-late", "outputs-behind-plan")
GOOD_MONTHS: Final = frozenset({"2025-07-31", "2025-08-31"})
"""Once it is told to put things right, the poor organisation does so, for a while."""
RECTIFIED_AFTER: Final = date(2025, 6, 30)
"""The desk check of June is where the poor organisation is told to put things right."""


async def complete(world: World, last: date, due_day: str) -> None:
    """The inspector concludes what the system left to a person, of periods up to that day."""
    found = await world.client.ask_all(INSPECTOR, f"{ROOT}/inspections")
    of_the_year = {world.engagements[project.key].agreement for project in data.projects()}
    await together(
        _complete(world, one, due_day)
        for one in found
        if date.fromisoformat(one["to_day"]) == last
        and one["agreement_id"] in of_the_year
        and is_mine(one)
    )


async def answer_rectification(world: World, due_day: str) -> None:
    """The provider answers, and the inspector is satisfied."""
    path = f"{ROOT}/rectifications/{world.rectification}"
    await world.client.do(
        world.manager(_poor().provider),
        f"{path}/answer",
        {"text": "已补交逾期简报，调整活动计划，增派一名社工专责佐证材料。"},
        "rectification-answer",
        due_day,
    )
    await world.client.do(
        INSPECTOR, f"{path}/resolution", None, "rectification-resolution", due_day
    )


async def _complete(world: World, inspection: Json, due_day: str) -> None:
    project = _project(world, inspection["agreement_id"])
    poor = project.quality == "poor" and inspection["to_day"] not in GOOD_MONTHS
    number = f"{project.key}/{inspection['kind']}/{inspection['to_day']}"
    await world.client.do(
        INSPECTOR,
        f"{ROOT}/inspections/{inspection['id']}/completion",
        {
            "conclusion": "faults" if poor else "in-order",
            "codes": list(POOR_CODES) if poor else [],
            "findings": "简报逾期，产出进度落后。" if poor else "台账、现场与系统记录一致。",
        },
        "inspection",
        number,
    )
    monthly = inspection["kind"] == "monthly"
    if poor and monthly and inspection["to_day"] == RECTIFIED_AFTER.isoformat():
        ordered = await world.client.do(
            INSPECTOR,
            f"{ROOT}/inspections/{inspection['id']}/rectifications",
            {
                "codes": list(POOR_CODES),
                "demand": "限期补齐逾期简报，并提交后续活动计划。",
                "due_day": due_day,
            },
            "rectification",
            number,
        )
        world.rectification = ordered["id"]


def is_mine(inspection: Json) -> bool:
    """Whether it waits for the inspector, or was concluded by the inspector in an earlier run."""
    return inspection["status"] in OPEN or inspection["completed_by"] == INSPECTOR.person


def _project(world: World, agreement: str) -> Project:
    return next(one for one in data.projects() if world.engagements[one.key].agreement == agreement)


def _poor() -> Project:
    return next(one for one in data.projects() if one.quality == "poor")
