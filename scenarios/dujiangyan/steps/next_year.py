"""January and February 2026: the next year's tender, where past performance counts."""

from typing import Any, Final

from scenarios.dujiangyan import data
from scenarios.dujiangyan.client import together
from scenarios.dujiangyan.steps import reviews, tenders
from scenarios.dujiangyan.world import World

SIMILAR: Final = ("neighbourhood", "home-care")


async def draft(world: World) -> None:
    """编制下一年度招标文件"""
    following = _following()
    notice = tenders.Notice(
        key=key(),
        title=following["title"],
        ceiling=following["ceiling_yuan"] * data.FEN,
        due=tenders.NEXT_BIDS_DUE,
        year=2026,
        similar=SIMILAR,
        outputs=data.outputs(),
    )
    await tenders.draft_one(world, notice)


async def publish(world: World) -> None:
    """发布下一年度招标"""
    await tenders.publish_one(world, key())


async def bid(world: World) -> None:
    """下一年度投标"""
    await together(
        tenders.bid_one(world, key(), one.organisation, one.price) for one in data.next_bidders()
    )


async def open_bids(world: World) -> None:
    """下一年度开标"""
    await reviews.open_one(world, key())


async def hand_in_keys(world: World) -> None:
    """下一年度提交密钥"""
    await together(
        reviews.hand_in_key(world, key(), one.organisation) for one in data.next_bidders()
    )


async def draw_panel(world: World) -> None:
    """下一年度抽取专家"""
    await reviews.draw_panel(world, key())


async def score(world: World) -> None:
    """下一年度评审打分"""
    opinion = {one.organisation: one.points_bp for one in data.next_bidders()}
    await reviews.score_one(world, key(), opinion)


async def conclude(world: World) -> None:
    """下一年度排名"""
    await reviews.conclude_one(world, key())


async def award(world: World) -> None:
    """下一年度定标"""
    await reviews.award_first(world, key())


def key() -> str:
    """The project of the next year."""
    return str(_following()["key"])


def _following() -> dict[str, Any]:
    found: dict[str, Any] = data.raw("projects")["next_year"]
    return found
