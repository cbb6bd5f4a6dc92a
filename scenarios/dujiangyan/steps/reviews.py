"""Early January 2025: bids are opened, a panel judges them, and the first in rank is awarded."""

from collections.abc import Mapping, Sequence
from typing import Final

from scenarios.dujiangyan import data, people
from scenarios.dujiangyan.client import Json, together
from scenarios.dujiangyan.people import REPRESENTATIVE, Who
from scenarios.dujiangyan.steps import tenders
from scenarios.dujiangyan.world import World

WINNER_BP: Final = 9_000
RIVALS_BP: Final = (8_300, 7_900, 7_600)


async def open_all(world: World) -> None:
    """开标"""
    await together(open_one(world, one.key) for one in data.projects())


async def hand_in_keys(world: World) -> None:
    """提交密钥"""
    await together(
        hand_in_key(world, one.key, bidder) for one in data.projects() for bidder in one.bidders
    )


async def draw_panels(world: World) -> None:
    """抽取评审专家"""
    await together(draw_panel(world, one.key) for one in data.projects())


async def score(world: World) -> None:
    """评审打分"""
    await together(score_one(world, one.key, opinion_of(one.bidders)) for one in data.projects())


async def conclude(world: World) -> None:
    """评审结论与排名"""
    await together(conclude_one(world, one.key) for one in data.projects())


async def award(world: World) -> None:
    """定标（预算尚未批准，结果附条件）"""
    await together(award_first(world, one.key) for one in data.projects())


async def open_one(world: World, key: str) -> None:
    """Open the bids of one tender."""
    await world.client.do(
        people.agent(world.org("association")), path_of(world, key, "opening"), None, "opening", key
    )


async def hand_in_key(world: World, key: str, bidder: str) -> None:
    """A bidder hands in the key of its bid."""
    await world.client.do(
        world.manager(bidder),
        f"/procurement/v1/bids/{world.engagements[key].bids[bidder]}/key",
        {"key": tenders.sealing_key(key, bidder).hex()},
        "bid-key",
        f"{key}/{bidder}",
    )


async def draw_panel(world: World, key: str) -> None:
    """The bureau names one representative; the experts are drawn."""
    panel = await world.client.do(
        world.purchaser,
        path_of(world, key, "panel"),
        {"purchaser_members": [REPRESENTATIVE.person]},
        "panel",
        key,
    )
    world.engagements[key].panel = seated(panel)


def seated(panel: Json) -> list[str]:
    """Who sits on a panel."""
    return sorted(seat["person"] for seat in panel["seats"] if seat["status"] == "seated")


async def score_one(world: World, key: str, opinion: Mapping[str, int]) -> None:
    """Every member thinks the same of a bid, so that no draw can change a ranking."""
    engagement = world.engagements[key]
    await together(
        world.client.do(
            _member(person),
            path_of(world, key, "scores"),
            {
                "bid_id": engagement.bids[bidder],
                "marks": [{"criterion": code, "points_bp": points} for code, _, _ in tenders.RATED],
            },
            "score",
            f"{key}/{person}/{bidder}",
        )
        for person in engagement.panel
        for bidder, points in opinion.items()
    )


async def conclude_one(world: World, key: str) -> None:
    """The ranking is computed and kept."""
    await world.client.do(
        world.purchaser,
        path_of(world, key, "review"),
        {"record": "评审小组独立评分，采购人代表与专家意见一致，按综合得分排名。"},
        "review",
        key,
    )


async def award_first(world: World, key: str) -> None:
    """Award to the first of the ranking, whoever that is."""
    ranking = await world.client.ask(world.purchaser, path_of(world, key, "ranking"))
    first = min(ranking["lines"], key=lambda line: int(line["rank"]))
    awarded = await world.client.do(
        world.purchaser,
        path_of(world, key, "award"),
        {"organisation_id": first["organisation_id"]},
        "award",
        key,
    )
    world.engagements[key].price = awarded["awarded_price"]


def opinion_of(bidders: Sequence[str]) -> dict[str, int]:
    """What everybody on a panel thinks of the bidders, the best first."""
    return dict(zip(bidders, (WINNER_BP, *RIVALS_BP), strict=False))


def _member(person: str) -> Who:
    return REPRESENTATIVE if person == REPRESENTATIVE.person else people.expert(person)


def path_of(world: World, key: str, what: str) -> str:
    """A command on the tender of a project."""
    return f"/procurement/v1/tenders/{world.engagements[key].tender}/{what}"
