"""A bidder challenges 质疑 the award of the trial, is answered, and complains 投诉."""

from typing import Final

from scenarios.dujiangyan import data, voices
from scenarios.dujiangyan.client import Attempt
from scenarios.dujiangyan.people import FINANCE, Who
from scenarios.dujiangyan.steps import agreements, reviews
from scenarios.dujiangyan.world import World

KEY: Final = "t01"
ROOT: Final = "/procurement/v1"
DISMISSED: Final = {"verdict": "dismissed", "reasons": "评分与采购文件一致，未发现计算差错。"}


async def raise_challenge(world: World) -> None:
    """落选者质疑中标结果"""
    challenge = await world.client.do(
        _challenger(world),
        reviews.path_of(world, KEY, "challenges"),
        {"about": "result", "grounds": "我方报价与方案得分偏低，请复核评分依据。"},
        "challenge",
        KEY,
    )
    world.challenge = challenge["id"]


async def stand_still(world: World) -> None:
    """质疑未答复，不得签订协议"""
    title = data.trial(KEY).title
    await voices.messaged(world, "challenge", world.purchaser, "challenge-raised", title)
    attempt = Attempt(path=agreements.AGREEMENTS, body=agreements.terms(world, data.trial(KEY)))
    await voices.refused(world, "challenge/draft", world.purchaser, attempt)


async def answer(world: World) -> None:
    """答复质疑"""
    path = f"{ROOT}/challenges/{world.challenge}/answer"
    await world.client.do(world.purchaser, path, DISMISSED, "challenge-answer", KEY)


async def complain(world: World) -> None:
    """对答复不满，投诉"""
    challenger, title = _challenger(world), data.trial(KEY).title
    await voices.messaged(world, "challenge/answer", challenger, "challenge-answered", title)
    complaint = await world.client.do(
        challenger,
        f"{ROOT}/challenges/{world.challenge}/complaint",
        {"grounds": "答复未说明评分依据。"},
        "complaint",
        KEY,
    )
    world.complaint = complaint["id"]


async def decide(world: World) -> None:
    """财政部门处理投诉"""
    path = f"{ROOT}/complaints/{world.complaint}/decision"
    await world.client.do(FINANCE, path, DISMISSED, "complaint-decision", KEY)


async def hear_decision(world: World) -> None:
    """投诉处理决定送达"""
    challenger, title = _challenger(world), data.trial(KEY).title
    await voices.messaged(world, "challenge/decision", challenger, "complaint-decided", title)


def _challenger(world: World) -> Who:
    """The one who came second."""
    return world.manager(data.trial(KEY).rivals[0])
