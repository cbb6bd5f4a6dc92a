"""The third party: commission, sample, visits, scores, notification, one review, sealing."""

from typing import Final

from scenarios.dujiangyan import data, people
from scenarios.dujiangyan.client import Json, together
from scenarios.dujiangyan.data import Project
from scenarios.dujiangyan.people import INSPECTOR, NOTIFIER, SEALER, SECRETARIAT, Who
from scenarios.dujiangyan.world import World

ROOT: Final = "/evaluation/v1"
VISITORS: Final = (1, 2, 3)
SCORERS: Final = (4, 5, 6)
QUESTIONS: Final = (
    ("helpful", "服务是否有帮助"),
    ("respect", "工作人员是否尊重您"),
    ("again", "是否愿意继续参加"),
)
ANSWERS: Final = {"excellent": (5, 5, 4), "ordinary": (4, 4, 3), "poor": (3, 3, 3)}
"""What recipients say depends on how the agreement went, never on who is drawn."""
MARKS: Final = {"excellent": 9_300, "ordinary": 7_800, "poor": 6_800}
REVIEWED: Final = "p03"
"""The agreement whose provider asks for a review of its mark, which then is raised."""
RAISED_TO: Final = 8_200
POLICY: Final = {
    "name": "都江堰市政府购买社会工作服务评估办法",
    "effective_from": "2024-11-15",
    "indicators": [
        {"code": code, "title": title, "weight_bp": weight, "source": source}
        for code, title, weight, source in (
            ("outputs", "服务产出完成", 2_500, "computed-outputs"),
            ("reports", "简报按期", 1_000, "computed-reports"),
            ("observation", "现场监督", 500, "computed-observation"),
            ("satisfaction", "服务对象满意", 3_000, "computed-satisfaction"),
            ("inspections", "督导结论", 500, "computed-inspections"),
            ("professional", "专业质量", 2_500, "rated"),
        )
    ],
    "bands": [
        {"band": "excellent", "from_score_bp": 9_000},
        {"band": "good", "from_score_bp": 7_000},
        {"band": "pass", "from_score_bp": 6_000},
        {"band": "fail", "from_score_bp": 0},
    ],
    "standing": [
        {"band": "excellent", "effect": "priority"},
        {"band": "good", "effect": "neutral"},
        {"band": "pass", "effect": "watch"},
        {"band": "fail", "effect": "barred-next-year"},
    ],
    "sample": {"share_bp": 2_000, "at_least": 5, "at_most": 30},
    "visit_days": 10,
    "review_days": 5,
    "inspection": {"monthly_due_days": 10, "half_year_due_days": 20, "rectification_days": 20},
    "questions": [{"code": code, "title": title, "minors_ok": True} for code, title in QUESTIONS],
}


async def set_policy(world: World) -> None:
    """发布评估办法"""
    await world.client.do(SECRETARIAT, f"{ROOT}/policies", POLICY, "policy", 0)


async def commission_all(world: World) -> None:
    """委托第三方评估"""
    found = await world.client.ask_all(NOTIFIER, f"{ROOT}/commissions")
    by_agreement = {one["agreement_id"]: one["id"] for one in found}
    for project in data.projects():
        engagement = world.engagements[project.key]
        engagement.commission = by_agreement[engagement.agreement]
    await together(_commission(world, project) for project in data.projects())


async def draw_samples(world: World) -> None:
    """抽取走访样本"""
    await together(
        world.client.do(
            _evaluator(world, project, VISITORS[0]),
            f"{_commission_path(world, project)}/sample",
            None,
            "sample",
            project.key,
        )
        for project in data.projects()
    )


async def visit_all(world: World) -> None:
    """走访服务对象"""
    await together(
        _visit_all(world, project, number) for project in data.projects() for number in VISITORS
    )


async def mark_all(world: World) -> None:
    """评估打分"""
    await together(
        world.client.do(
            _evaluator(world, project, number),
            f"{_commission_path(world, project)}/marks",
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
        for project in data.projects()
        for number in SCORERS
    )


async def score_all(world: World) -> None:
    """汇总得分"""
    await together(
        world.client.do(
            _evaluator(world, project, SCORERS[0]),
            f"{_commission_path(world, project)}/scoring",
            None,
            "scoring",
            project.key,
        )
        for project in data.projects()
    )


async def notify_all(world: World) -> None:
    """告知评估结果"""
    await together(
        world.client.do(
            NOTIFIER,
            f"{_commission_path(world, project)}/notification",
            None,
            "notification",
            project.key,
        )
        for project in data.projects()
    )


async def ask_review(world: World) -> None:
    """申请复核"""
    project = next(one for one in data.projects() if one.key == REVIEWED)
    review = await world.client.do(
        world.manager(project.provider),
        f"{ROOT}/results/{world.engagements[REVIEWED].commission}/reviews",
        {
            "indicator": "professional",
            "reason_code": "file-overlooked",
            "text": "评分时未计入九月提交的两份个案结案材料，请予复核。",
        },
        "review-of-score",
        REVIEWED,
    )
    world.review = review["id"]


async def decide_review(world: World) -> None:
    """复核决定"""
    await world.client.do(
        INSPECTOR,
        f"{ROOT}/reviews/{world.review}/decision",
        {"outcome": "changed", "points_bp": RAISED_TO, "reason_code": "file-counted"},
        "review-decision",
        REVIEWED,
    )


async def seal_all(world: World) -> None:
    """定案"""
    await together(
        world.client.do(
            SEALER,
            f"{_commission_path(world, project)}/sealing",
            None,
            "sealing",
            project.key,
        )
        for project in data.projects()
    )


async def _commission(world: World, project: Project) -> None:
    key = evaluator_of(project)
    await world.client.do(
        NOTIFIER,
        f"{_commission_path(world, project)}/assignment",
        {
            "evaluator_id": world.org(key),
            "visitors": [_evaluator(world, project, number).person for number in VISITORS],
            "scorers": [_evaluator(world, project, number).person for number in SCORERS],
        },
        "assignment",
        project.key,
    )


async def _visit_all(world: World, project: Project, number: int) -> None:
    """One visitor's visits of one commission: learn the contact, go, write down the answers."""
    who = _evaluator(world, project, number)
    commission = world.engagements[project.key].commission
    visits = await world.client.ask_all(who, f"{ROOT}/visits", commission_id=commission)
    await together(
        _visit(world, project, who, one) for one in visits if one["visitor"] == who.person
    )


async def _visit(world: World, project: Project, who: Who, visit: Json) -> None:
    if visit["status"] == "assigned":
        # What is personal is revealed anew each time, and only while the visit is to be made.
        await world.client.do(
            who,
            "/casework/v1/reveals",
            {"visit_id": visit["id"], "purpose": "evaluation-visit"},
            "reveal",
            visit["id"],
        )
    await world.client.do(
        who,
        f"{ROOT}/visits/{visit['id']}/outcome",
        {
            "outcome": "visited",
            "answers": [
                {"question": code, "points": points}
                for (code, _), points in zip(QUESTIONS, ANSWERS[project.quality], strict=True)
            ],
        },
        "visit",
        visit["id"],
    )


def evaluator_of(project: Project) -> str:
    """The two evaluators take turns."""
    keys = [one["key"] for one in data.raw("organisations")["evaluators"]]
    return str(keys[data.projects().index(project) % len(keys)])


def _evaluator(world: World, project: Project, number: int) -> Who:
    key = evaluator_of(project)
    return people.evaluator(key, world.org(key), number)


def _commission_path(world: World, project: Project) -> str:
    return f"{ROOT}/commissions/{world.engagements[project.key].commission}"
