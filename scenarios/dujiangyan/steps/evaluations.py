"""The third party: commission, sample, visits, scores, notification, one review, sealing."""

from typing import Final

from scenarios.dujiangyan import data, voices
from scenarios.dujiangyan.client import together
from scenarios.dujiangyan.people import INSPECTOR, SECRETARIAT
from scenarios.dujiangyan.steps import commissions
from scenarios.dujiangyan.steps.commissions import QUESTIONS, ROOT
from scenarios.dujiangyan.world import World

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
    await commissions.find_commissions(world, data.projects())
    await together(commissions.commission(world, project) for project in data.projects())


async def draw_samples(world: World) -> None:
    """抽取走访样本"""
    await together(commissions.draw_sample(world, project) for project in data.projects())


async def visit_all(world: World) -> None:
    """走访服务对象"""
    await together(commissions.visit(world, project) for project in data.projects())


async def mark_all(world: World) -> None:
    """评估打分"""
    await together(commissions.mark(world, project) for project in data.projects())


async def score_all(world: World) -> None:
    """汇总得分"""
    await together(commissions.score(world, project) for project in data.projects())


async def notify_all(world: World) -> None:
    """告知评估结果"""
    await together(commissions.notify(world, project) for project in data.projects())


async def ask_review(world: World) -> None:
    """申请复核"""
    project = next(one for one in data.projects() if one.key == REVIEWED)
    manager = world.manager(project.provider)
    await voices.messaged(world, "reviewed-score", manager, "result-notified", project.title)
    review = await world.client.do(
        manager,
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
    await _hear(
        world,
        ("reviewed-score/asked", "agency-manager", "review-asked-provider"),
        ("reviewed-score/official", "official", "review-asked"),
        ("reviewed-score/purchaser", "purchaser", "review-asked-purchaser"),
    )
    await world.client.do(
        INSPECTOR,
        f"{ROOT}/reviews/{world.review}/decision",
        {"outcome": "changed", "points_bp": RAISED_TO, "reason_code": "file-counted"},
        "review-decision",
        REVIEWED,
    )


async def seal_all(world: World) -> None:
    """定案"""
    await _hear(
        world,
        ("reviewed-score/decided", "agency-manager", "review-decided"),
        ("reviewed-score/decided-purchaser", "purchaser", "review-decided-purchaser"),
    )
    await together(commissions.seal(world, project) for project in data.projects())


async def _hear(world: World, *told: tuple[str, str, str]) -> None:
    """What the review of that mark says to those in these roles."""
    project = next(one for one in data.projects() if one.key == REVIEWED)
    people = (world.manager(project.provider), INSPECTOR, world.purchaser)
    who = {one.role: one for one in people}
    for name, role, template in told:
        await voices.messaged(world, name, who[role], template, project.title)
