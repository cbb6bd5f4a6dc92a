"""January 2025: the tri-party agreements 三方协议 of agency, town and community."""

from typing import Any, Final

from scenarios.dujiangyan import data, people, photos, voices
from scenarios.dujiangyan.client import Attempt, Json, together
from scenarios.dujiangyan.data import Project
from scenarios.dujiangyan.people import HANDLER, INSPECTOR, Who
from scenarios.dujiangyan.steps.tenders import asked
from scenarios.dujiangyan.world import World

AGREEMENTS: Final = "/procurement/v1/agreements"
BANDS: Final = (
    {"band": "excellent", "from_score_bp": 9_000, "balance_share_bp": 10_000},
    {"band": "good", "from_score_bp": 7_000, "balance_share_bp": 10_000},
    {"band": "pass", "from_score_bp": 6_000, "balance_share_bp": 6_000},
    {"band": "fail", "from_score_bp": 0, "balance_share_bp": 0},
)
"""The agreements' own table: a poor result costs two fifths of the balance."""
PAYMENT_TERMS: Final = (
    {"kind": "startup", "share_bp": 7_000},
    {"kind": "balance", "share_bp": 3_000},
)
CLAUSES: Final = {
    "acceptance_standard": "完成全部服务产出，活动佐证材料齐全，第三方评估合格。",
    "premises_owed": "社区提供活动场地和居民引荐，镇提供协调支持。",
    "confidentiality": "服务对象信息仅用于本项目，处理个人信息须经本人或监护人同意。",
    "photos_clause": "未成年人、康复对象和救助对象不作照片要求。",
    "safety_insurance": "承接主体为工作人员、志愿者和参加者购买意外保险。",
    "leftover_money": "结余资金按原渠道退回。",
    "handover": "协议终止后三十日内移交档案。",
    "change_clause": "变更须经签署各方书面同意，增加金额不超过百分之十。",
    "termination_clause": "评估不合格且整改无效的，终止协议并清算。",
    "disputes": "协商不成的，由都江堰市人民法院管辖。",
}


async def draft_all(world: World) -> None:
    """起草三方协议"""
    await together(draft(world, project) for project in data.projects())


async def sign_all(world: World) -> None:
    """三方签署"""
    await together(sign(world, project) for project in data.projects())


async def draft_too_early(world: World) -> None:
    """预算未批先起草协议"""
    attempt = Attempt(path=AGREEMENTS, body=terms(world, data.projects()[0]))
    await voices.refused(world, "late-budget", world.purchaser, attempt)


async def draft(world: World, project: Project) -> None:
    """One agreement, over the price that was awarded."""
    engagement = world.engagements[project.key]
    agreement = await world.client.do(
        world.purchaser, AGREEMENTS, terms(world, project), "agreement", project.key
    )
    engagement.agreement = agreement["id"]
    engagement.content_hash = agreement["content_hash"]
    engagement.outputs = [output["id"] for output in agreement["outputs"]]


def terms(world: World, project: Project) -> dict[str, Any]:
    """What the parties are to agree upon."""
    engagement = world.engagements[project.key]
    return {
        "tender_id": engagement.tender,
        "host_division": project.community.host,
        "site_division": project.community.code,
        "from_day": project.term[0].isoformat(),
        "to_day": project.term[1].isoformat(),
        "lead_worker_id": world.workers[project.provider][0],
        "certified_share_bp": 6_000,
        "replacement_days": 15,
        "outputs": asked(project.outputs),
        "observation": "every",
        "price_lines": _price_lines(engagement.price),
        "payment_terms": PAYMENT_TERMS,
        "bands": BANDS,
        "deductions": [{"code": "late-report", "title": "简报逾期", "share_bp": 50}],
        **CLAUSES,
    }


async def sign(world: World, project: Project) -> None:
    """The agency and the town seal electronically; a village stamps paper, which two attest."""
    code = project.community.code
    await _seal(world, project, world.manager(project.provider), "provider")
    await _seal(world, project, people.town(code), "host")
    if project.community.urban:
        await _seal(world, project, people.community(code), "site")
    else:
        await _stamp(world, project, people.community(code))


async def _seal(world: World, project: Project, who: Who, party: str) -> None:
    engagement = world.engagements[project.key]
    await world.client.do(
        who,
        f"/procurement/v1/agreements/{engagement.agreement}/signatures",
        {
            "content_hash": engagement.content_hash,
            "form": "e-seal",
            "seal": f"{project.title}（{party}）电子印章",
        },
        "signature",
        f"{project.key}/{party}",
    )


async def _stamp(world: World, project: Project, who: Who) -> None:
    engagement = world.engagements[project.key]
    scan = photos.sheet(f"{project.key}/agreement")
    await world.client.upload(
        who, f"/procurement/v1/blobs/{scan.sha256}", scan.raw, scan.media_type
    )
    path = f"/procurement/v1/agreements/{engagement.agreement}/signatures"
    signature = await world.client.do(
        who,
        path,
        {
            "content_hash": engagement.content_hash,
            "form": "paper",
            "scan_sha256": scan.sha256,
            "attested_by": HANDLER.person,
        },
        "signature",
        f"{project.key}/site",
    )
    await world.client.do(
        INSPECTOR, f"{path}/{signature['id']}/attestation", None, "attestation", project.key
    )


def _price_lines(amount: int) -> list[Json]:
    """Staff, activities and administration, summing to the fen."""
    staff, activities = amount * 6 // 10, amount * 3 // 10
    return [
        {"line": "人员费用", "amount": staff},
        {"line": "活动费用", "amount": activities},
        {"line": "管理费用", "amount": amount - staff - activities},
    ]
