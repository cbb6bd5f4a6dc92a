"""The third party's work under one commission: assigned, drawn, visited, marked, scored, sealed."""

from collections.abc import Sequence
from typing import Final

from scenarios.dujiangyan import data, people
from scenarios.dujiangyan.client import Json, together
from scenarios.dujiangyan.data import Project
from scenarios.dujiangyan.people import NOTIFIER, SEALER, Who
from scenarios.dujiangyan.world import World

ROOT: Final = "/evaluation/v1"
VISITORS: Final = (1, 2, 3)
SCORERS: Final = (4, 5, 6)
QUESTIONS: Final = (
    ("helpful", "服务是否有帮助"),
    ("respect", "工作人员是否尊重您"),
    ("again", "是否愿意继续参加"),
)
ANSWERS: Final = {
    "excellent": (5, 5, 4),
    "ordinary": (4, 4, 3),
    "poor": (3, 3, 3),
    "failing": (2, 2, 2),
}
"""What recipients say depends on how the agreement went, never on who is drawn."""
MARKS: Final = {"excellent": 9_300, "ordinary": 7_800, "poor": 6_800, "failing": 4_500}


async def find_commissions(world: World, projects: Sequence[Project]) -> None:
    """The evaluations that the agreements' beginning has planned."""
    found = await world.client.ask_all(NOTIFIER, f"{ROOT}/commissions")
    by_agreement = {one["agreement_id"]: one["id"] for one in found if one["round"] == 1}
    for project in projects:
        engagement = world.engagements[project.key]
        engagement.commission = by_agreement[engagement.agreement]


async def commission(world: World, project: Project) -> None:
    """An evaluator is given the evaluation, by turns."""
    key = evaluator_of(project)
    await world.client.do(
        NOTIFIER,
        path_of(world, project, "assignment"),
        {
            "evaluator_id": world.org(key),
            "visitors": [evaluator(world, project, number).person for number in VISITORS],
            "scorers": [evaluator(world, project, number).person for number in SCORERS],
        },
        "assignment",
        project.key,
    )


async def draw_sample(world: World, project: Project) -> Json:
    """Whom to visit."""
    return await world.client.do(
        evaluator(world, project, VISITORS[0]),
        path_of(world, project, "sample"),
        None,
        "sample",
        project.key,
    )


async def visit(world: World, project: Project) -> None:
    """Each visitor makes their own visits."""
    await together(_visit_own(world, project, number) for number in VISITORS)


async def mark(world: World, project: Project) -> None:
    """Three scorers read the file; they agree."""
    await together(
        world.client.do(
            evaluator(world, project, number),
            path_of(world, project, "marks"),
            {
                "marks": [
                    {
                        "indicator": "professional",
                        "points_bp": MARKS[project.quality],
                        "reason_code": f"file-{project.quality}",
                    }
                ]
            },
            "marks",
            f"{project.key}/{number}",
        )
        for number in SCORERS
    )


async def score(world: World, project: Project) -> None:
    """Everything in one figure, explained down to each indicator."""
    await world.client.do(
        evaluator(world, project, SCORERS[0]),
        path_of(world, project, "scoring"),
        None,
        "scoring",
        project.key,
    )


async def notify(world: World, project: Project) -> None:
    """The provider learns its result."""
    path = path_of(world, project, "notification")
    await world.client.do(NOTIFIER, path, None, "notification", project.key)


async def seal(world: World, project: Project) -> None:
    """Nobody changes it any more."""
    path = path_of(world, project, "sealing")
    await world.client.do(SEALER, path, None, "sealing", project.key)


async def _visit_own(world: World, project: Project, number: int) -> None:
    """One visitor's visits of one commission: learn the contact, go, write down the answers."""
    who = evaluator(world, project, number)
    commission = world.engagements[project.key].commission
    visits = await world.client.ask_all(who, f"{ROOT}/visits", commission_id=commission)
    await together(
        _visit(world, project, who, one) for one in visits if one["visitor"] == who.person
    )


async def _visit(world: World, project: Project, who: Who, visit: Json) -> None:
    if visit["recipient_ref"] in world.unwilling:
        await _end(world, who, visit, "refused", [])
        return
    if visit["status"] == "assigned":
        # What is personal is revealed anew each time, and only while the visit is to be made.
        await world.client.do(
            who,
            "/casework/v1/reveals",
            {"visit_id": visit["id"], "purpose": "evaluation-visit"},
            "reveal",
            visit["id"],
        )
    answers = [
        {"question": code, "points": points}
        for (code, _), points in zip(QUESTIONS, ANSWERS[project.quality], strict=True)
    ]
    await _end(world, who, visit, "visited", answers)


async def _end(world: World, who: Who, visit: Json, outcome: str, answers: list[Json]) -> None:
    path = f"{ROOT}/visits/{visit['id']}/outcome"
    body = {"outcome": outcome, "answers": answers}
    await world.client.do(who, path, body, "visit", visit["id"])


def evaluator_of(project: Project) -> str:
    """The two evaluators take turns."""
    keys = [one["key"] for one in data.raw("organisations")["evaluators"]]
    titles = [one.title for one in (*data.projects(), *data.trials())]
    return str(keys[titles.index(project.title) % len(keys)])


def evaluator(world: World, project: Project, number: int) -> Who:
    """A visitor or scorer of the evaluator of a project."""
    key = evaluator_of(project)
    return people.evaluator(key, world.org(key), number)


def path_of(world: World, project: Project, what: str) -> str:
    """A command on the commission of a project."""
    return f"{ROOT}/commissions/{world.engagements[project.key].commission}/{what}"
