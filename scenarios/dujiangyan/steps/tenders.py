"""December 2024: the budget, a tender for each project, and the sealed bids."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from scenarios.dujiangyan import data, people
from scenarios.dujiangyan.calendar import at
from scenarios.dujiangyan.client import PLACE, Json, encoded, key_of, together
from scenarios.dujiangyan.data import Output, Project
from scenarios.dujiangyan.people import FINANCE
from scenarios.dujiangyan.world import Engagement, World

CITY: Final = "510181000000"
BIDS_DUE: Final = at("2025-01-02", 17)
NEXT_BIDS_DUE: Final = at("2026-02-10", 17)
BUDGET_YUAN: Final = {2025: 1_400_000, 2026: 400_000}
CEILING_BP: Final = 10_500
"""A ceiling is a little above what the winner will ask."""
RIVAL_BP: Final = 10_200
RATED: Final = (("plan", "服务方案", 4_500), ("team", "团队与经验", 2_500))
PRICE: Final = ("price", "报价", 2_000)
PAST: Final = ("past", "同类项目履约评价", 1_000)
LOOK_BACK_MONTHS: Final = 24
EXPERTS: Final = 4
SEALED: Final = "application/octet-stream"


async def plan_budget(world: World) -> None:
    """编制预算"""
    await _plan_budget(world, 2025)


async def plan_next_budget(world: World) -> None:
    """编制并批准下一年度预算"""
    await _plan_budget(world, 2026)
    await _approve_budget(world, 2026)


async def approve_budget(world: World) -> None:
    """批准预算"""
    await _approve_budget(world, 2025)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What a tender asks for, until when, and on which year's budget."""

    key: str
    title: str
    ceiling: int
    due: datetime
    year: int
    similar: tuple[str, ...]
    outputs: tuple[Output, ...]


async def draft(world: World) -> None:
    """编制招标文件"""
    await together(draft_one(world, notice_of(one, BIDS_DUE)) for one in data.projects())


def notice_of(project: Project, due: datetime) -> Notice:
    """The tender that a project of the year asks for."""
    return Notice(
        key=project.key,
        title=project.title,
        ceiling=project.price * CEILING_BP // 10_000,
        due=due,
        year=2025,
        similar=(project.domain,),
        outputs=project.outputs,
    )


async def draft_one(world: World, notice: Notice) -> None:
    """Draft one tender; what is computed and what is rated is published in it."""
    body = {
        "title": notice.title,
        "method": "open",
        "proposal_id": world.proposals[notice.key],
        "budget_id": world.budgets[notice.year],
        "purchaser_id": world.org("bureau"),
        "agent_id": world.org("association"),
        "legal_profile": "government-purchase",
        "ceiling": notice.ceiling,
        "criteria": list(_criteria()),
        "purchaser_members_most_bp": 3_333,
        "experts": EXPERTS,
        "look_back_months": LOOK_BACK_MONTHS,
        "bids_due_at": notice.due.isoformat(),
        "outputs": asked(notice.outputs),
        "similar_domains": list(notice.similar),
    }
    tender = await world.client.do(
        world.purchaser, "/procurement/v1/tenders", body, "tender", notice.key
    )
    world.engagements[notice.key] = Engagement(tender=tender["id"])


async def publish(world: World) -> None:
    """发布招标公告"""
    await together(publish_one(world, one.key) for one in data.projects())


async def publish_one(world: World, key: str) -> None:
    """The association publishes as agent; it neither scores nor holds a key."""
    await world.client.do(
        people.agent(world.org("association")),
        f"/procurement/v1/tenders/{world.engagements[key].tender}/publication",
        None,
        "publication",
        key,
    )


async def bid(world: World) -> None:
    """递交密封投标"""
    await together(
        bid_one(world, one.key, bidder, price_of(one, bidder))
        for one in data.projects()
        for bidder in one.bidders
    )


def price_of(project: Project, bidder: str) -> int:
    """Rivals ask for a little more than the agency that will win."""
    return project.price if bidder == project.provider else project.price * RIVAL_BP // 10_000


async def bid_one(world: World, key: str, bidder: str, price: int) -> None:
    """A bid as an opaque sealed file under an id of the bidder's own."""
    engagement = world.engagements[key]
    receipt = await world.client.upload(
        world.manager(bidder),
        bid_path(world, key, bidder),
        sealed_bid(world, key, bidder, price),
        SEALED,
    )
    engagement.bids[bidder] = receipt["bid_id"]


def bid_path(world: World, key: str, bidder: str) -> str:
    """Where a bidder hands its bid in, under an id of its own."""
    number = key_of("bid", f"{key}/{bidder}")
    return f"/procurement/v1/tenders/{world.engagements[key].tender}/bids/{number}"


def sealed_bid(world: World, key: str, bidder: str, price: int) -> bytes:
    """What a bidder offers, sealed."""
    document = {
        "organisation_id": world.org(bidder),
        "price": price,
        "lead_worker_id": world.workers[bidder][0],
        "certified_workers": len(world.workers[bidder]),
        "approach": "入户评估、小组互助与社区活动相结合，以社工带动志愿者，分季度复盘改进。",
    }
    return sealed(encoded(document), key, bidder, world.engagements[key].tender)


def sealing_key(key: str, bidder: str) -> bytes:
    """The key that a bid is sealed with.

    A bidder would throw dice for it; the scenario derives it, so that a run that was interrupted
    between bid and opening can still hand it in.
    """
    return hashlib.sha256(f"{PLACE}/{key}/{bidder}/sealing-key".encode()).digest()


def sealed(document: bytes, key: str, bidder: str, tender: str) -> bytes:
    """Nonce, then AES-256-GCM ciphertext bound to this tender."""
    nonce = hashlib.sha256(f"{PLACE}/{key}/{bidder}/nonce/{tender}".encode()).digest()[:12]
    cipher = AESGCM(sealing_key(key, bidder))
    return nonce + cipher.encrypt(nonce, document, tender.encode())


def asked(outputs: Iterable[Output]) -> list[Json]:
    """What a tender, and later its agreement, asks for."""
    return [
        {
            "kind": one.kind,
            "title": one.title,
            "quantity": one.quantity,
            "minimum_persons": one.minimum_persons,
        }
        for one in outputs
    ]


def _criteria() -> list[dict[str, Any]]:
    rated = [(code, title, weight, "rated") for code, title, weight in RATED]
    return [
        {"code": code, "title": title, "weight_bp": weight, "kind": kind}
        for code, title, weight, kind in (*rated, (*PRICE, "price"), (*PAST, "past-performance"))
    ]


async def _plan_budget(world: World, year: int) -> None:
    amount = BUDGET_YUAN[year] * data.FEN
    lottery = amount // 4
    budget = await world.client.do(
        world.purchaser,
        "/procurement/v1/budgets",
        {
            "fiscal_year": year,
            "name": f"{year}年度政府购买社会工作服务",
            "purchaser_id": world.org("bureau"),
            "division": CITY,
            "sources": [
                {"fund": "general-budget", "amount": amount - lottery},
                {"fund": "welfare-lottery", "amount": lottery},
            ],
        },
        "budget",
        year,
    )
    world.budgets[year] = budget["id"]


async def _approve_budget(world: World, year: int) -> None:
    path = f"/procurement/v1/budgets/{world.budgets[year]}/approval"
    await world.client.do(FINANCE, path, None, "budget-approval", year)
