"""An agreement between the city and another system, proposed and approved as people do it."""

from typing import Any, Final

from libs.common.testing import Answer, Client, Stage
from services.notifications.catalogue import TYPES

TERMS: Final = {
    "organisation": "市民政局",
    "office": "信息中心，值班电话 12345",
    "purpose": "统计购买服务的进展",
    "legal_basis": "市政务数据共享管理办法",
    "types": sorted({f"{name.split('.')[0]}.*" for name in TYPES}),
    "divisions": ["510181"],
    "until_day": "2199-12-31",
}
PATH: Final = "/subscriptions"


async def propose(stage: Stage, account: str, **terms: Any) -> Answer:
    """What one official proposes for an account."""
    proposer = stage.as_("official", person="o-1")
    return await proposer.post(PATH, {**TERMS, "account": account, **terms})


async def approve(client: Client, found: str) -> Answer:
    """What somebody approves of it."""
    return await client.post(f"{PATH}/{found}/approvals")


async def agree(stage: Stage, account: str, **terms: Any) -> str:
    """The id of an agreement that two others have approved."""
    proposed = await propose(stage, account, **terms)
    assert proposed.status == 201, proposed.body
    found: str = proposed.body["id"]
    for person in ("o-2", "o-3"):
        approved = await approve(stage.as_("official", person=person), found)
    assert approved.body["status"] == "in_force"
    return found
