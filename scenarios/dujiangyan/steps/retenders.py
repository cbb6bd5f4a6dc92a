"""A tender with two bidders, one a moment too late: it fails, and is run again."""

from dataclasses import replace
from typing import Final

from scenarios.dujiangyan import data, people, voices
from scenarios.dujiangyan.calendar import at
from scenarios.dujiangyan.client import Attempt, together
from scenarios.dujiangyan.people import REPRESENTATIVE
from scenarios.dujiangyan.steps import reviews, tenders
from scenarios.dujiangyan.world import World

KEY: Final = "t01"
FAILED: Final = "t01-failed"
"""The first round of the same proposal."""
SECOND_DUE: Final = at("2025-02-06", 17)


async def draft(world: World) -> None:
    """编制试点招标文件"""
    await _draft(world, FAILED)


async def publish(world: World) -> None:
    """发布试点招标"""
    await tenders.publish_one(world, FAILED)


async def bid(world: World) -> None:
    """试点投标：只有两家"""
    await together(_bid(world, FAILED, bidder) for bidder in _bidders()[:2])


async def bid_late(world: World) -> None:
    """迟到的投标"""
    late = _bidders()[2]
    price = tenders.price_of(data.trial(KEY), late)
    attempt = Attempt(
        method="PUT",
        path=tenders.bid_path(world, FAILED, late),
        body=tenders.sealed_bid(world, FAILED, late, price),
    )
    await voices.refused(world, "late-bid", world.manager(late), attempt)


async def open_failed(world: World) -> None:
    """试点开标：投标不足，废标"""
    await reviews.open_one(world, FAILED)
    bidder = _bidders()[0]
    attempt = Attempt(
        path=f"/procurement/v1/bids/{world.engagements[FAILED].bids[bidder]}/key",
        body={"key": tenders.sealing_key(FAILED, bidder).hex()},
    )
    await voices.refused(world, "failed-tender", world.manager(bidder), attempt)


async def tender_again(world: World) -> None:
    """试点重新招标"""
    title, bidder = data.trial(KEY).title, world.manager(_bidders()[0])
    await voices.messaged(world, "failed-tender/bidder", bidder, "tender-failed-agency", title)
    await voices.messaged(world, "failed-tender/purchaser", world.purchaser, "tender-failed", title)
    await _draft(world, KEY)
    await tenders.publish_one(world, KEY)


async def bid_again(world: World) -> None:
    """试点再次投标"""
    await together(_bid(world, KEY, bidder) for bidder in _bidders())


async def declare_tie(world: World) -> None:
    """协会经办人申报利害关系"""
    deputy = people.deputy(world.org("association"))
    body = {
        "person": deputy.person,
        "organisation_id": world.org(_bidders()[1]),
        "kind": "kinship",
        "degree": "direct",
    }
    await world.client.do(deputy, "/registry/v1/ties", body, "tie", deputy.person)


async def open_again(world: World) -> None:
    """试点再次开标：有利害关系者回避"""
    deputy = people.deputy(world.org("association"))
    attempt = Attempt(path=reviews.path_of(world, KEY, "opening"))
    await voices.refused(world, "tied-officer", deputy, attempt)
    await reviews.open_one(world, KEY)
    await together(reviews.hand_in_key(world, KEY, bidder) for bidder in _bidders())
    await reviews.draw_panel(world, KEY)


async def recuse(world: World) -> None:
    """评审专家回避，候补递补"""
    engagement = world.engagements[KEY]
    leaving = next(one for one in engagement.panel if one != REPRESENTATIVE.person)
    panel = await world.client.do(
        people.expert(leaving),
        reviews.path_of(world, KEY, "panel/recusals"),
        None,
        "recusal",
        KEY,
    )
    before, engagement.panel = engagement.panel, reviews.seated(panel)
    [engagement.stand_in] = set(engagement.panel) - set(before)
    attempt = Attempt(
        path=reviews.path_of(world, KEY, "scores"),
        body={
            "bid_id": engagement.bids[_bidders()[0]],
            "marks": [{"criterion": code, "points_bp": 9_000} for code, _, _ in tenders.RATED],
        },
    )
    await voices.refused(world, "recused-member", people.expert(leaving), attempt)


async def judge(world: World) -> None:
    """试点评审"""
    joined = people.expert(world.engagements[KEY].stand_in)
    title = data.trial(KEY).title
    await voices.messaged(world, "recused-member/stand-in", joined, "panel-stand-in", title)
    await reviews.score_one(world, KEY, reviews.opinion_of(_bidders()))
    await reviews.conclude_one(world, KEY)


async def award(world: World) -> None:
    """试点定标"""
    await reviews.award_first(world, KEY)


async def _draft(world: World, key: str) -> None:
    project = data.trial(KEY)
    world.proposals[key] = world.proposals[KEY]
    due = SECOND_DUE if key == KEY else tenders.BIDS_DUE
    await tenders.draft_one(world, replace(tenders.notice_of(project, due), key=key))


async def _bid(world: World, key: str, bidder: str) -> None:
    await tenders.bid_one(world, key, bidder, tenders.price_of(data.trial(KEY), bidder))


def _bidders() -> tuple[str, ...]:
    return data.trial(KEY).bidders
