"""The small projects beside those of the year: proposed, agreed upon, begun."""

from typing import Final

from scenarios.dujiangyan import data
from scenarios.dujiangyan.client import together
from scenarios.dujiangyan.steps import (
    agreements,
    needs,
    payments,
    recipients,
    reviews,
    tenders,
)
from scenarios.dujiangyan.world import World

FIRST_NUMBER: Final = 20
QUIET: Final = "t02"
"""The one that goes well, until its evaluation is late."""


async def propose(world: World) -> None:
    """试点项目调研与申报"""
    for number, project in enumerate(data.trials(), FIRST_NUMBER):
        await needs.survey_one(world, project, number)
        await needs.propose_one(world, project)


async def select(world: World) -> None:
    """试点项目遴选"""
    await together(needs.select_one(world, project.key) for project in data.trials())


async def tender(world: World) -> None:
    """互助试点招标"""
    project = data.trial(QUIET)
    await tenders.draft_one(world, tenders.notice_of(project, tenders.BIDS_DUE))
    await tenders.publish_one(world, QUIET)


async def bid(world: World) -> None:
    """互助试点投标"""
    project = data.trial(QUIET)
    await together(
        tenders.bid_one(world, QUIET, bidder, tenders.price_of(project, bidder))
        for bidder in project.bidders
    )


async def open_bids(world: World) -> None:
    """互助试点开标与抽取专家"""
    await reviews.open_one(world, QUIET)
    bidders = data.trial(QUIET).bidders
    await together(reviews.hand_in_key(world, QUIET, bidder) for bidder in bidders)
    await reviews.draw_panel(world, QUIET)


async def judge(world: World) -> None:
    """互助试点评审"""
    await reviews.score_one(world, QUIET, reviews.opinion_of(data.trial(QUIET).bidders))
    await reviews.conclude_one(world, QUIET)


async def award(world: World) -> None:
    """互助试点定标"""
    await reviews.award_first(world, QUIET)


async def agree(world: World, key: str) -> None:
    """Draft, three signatures, and the start-up share falls due."""
    await agreements.draft(world, data.trial(key))
    await agreements.sign(world, data.trial(key))


async def begin(world: World, key: str) -> None:
    """Start-up paid, recipients known."""
    await payments.pay(world, data.trial(key), "startup")
    await recipients.enrol(world, data.trial(key))
