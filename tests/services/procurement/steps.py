"""The steps of a year before the award, each as an ordinary caller would take it."""

import json
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from libs.common.ids import new_id
from libs.common.testing import Answer, Client, Stage

COMMUNITY: Final = "510181001001"
DOMAIN: Final = "home-care"
PURCHASER: Final = new_id()
AGENT: Final = new_id()
CEILING: Final = 9_000_000
CRITERIA: Final = [
    {"code": "plan", "title": "服务方案", "weight_bp": 4_000, "kind": "rated"},
    {"code": "team", "title": "团队", "weight_bp": 2_000, "kind": "rated"},
    {"code": "price", "title": "报价", "weight_bp": 3_000, "kind": "price"},
    {"code": "past", "title": "履约评价", "weight_bp": 1_000, "kind": "past-performance"},
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bidder:
    """A provider with a certified lead worker, and the keys of the bids it sealed."""

    org: UUID = field(default_factory=new_id)
    lead: UUID = field(default_factory=new_id)
    key: bytes = field(default_factory=lambda: secrets.token_bytes(32))

    def client(self, stage: Stage) -> Client:
        return stage.as_("agency-manager", person=f"manager-{self.org}", org=self.org)

    def document(self, price: int, **changes: Any) -> dict[str, Any]:
        return {
            "organisation_id": str(self.org),
            "price": price,
            "lead_worker_id": str(self.lead),
            "certified_workers": 5,
            "approach": "每周上门，每月生日会。",
            **changes,
        }

    def seal(self, tender: str, document: object) -> bytes:
        nonce = secrets.token_bytes(12)
        raw = document if isinstance(document, bytes) else json.dumps(document).encode()
        return nonce + AESGCM(self.key).encrypt(nonce, raw, tender.encode())


def buyer(stage: Stage, person: str = "buyer") -> Client:
    return stage.as_("purchaser", person=person, org=PURCHASER)


def agent(stage: Stage) -> Client:
    return stage.as_("association", person="agent", org=AGENT)


async def done(answer: Answer) -> dict[str, Any]:
    assert answer.status in (200, 201), answer.body
    return dict(answer.body)


async def refusal(client: Client, path: str, body: object = None) -> tuple[str | None, str, str]:
    """What a person is told whose command is refused: the code, in Chinese, in English."""
    zh, en = [
        await client.post(path, body, **{"Accept-Language": language}) for language in ("zh", "en")
    ]
    assert (zh.status, zh.code) == (en.status, en.code)
    return zh.code, zh.body["title"], en.body["title"]


async def know_organisation(
    stage: Stage, org: UUID, role: str, status: str = "registered", event: str = "registered"
) -> None:
    await stage.hear(
        f"registry.organisation.{event}.v1",
        org,
        {
            "id": org,
            "name": f"组织 {org}",
            "legal_form": "social-service",
            "roles": [role],
            "division": "510181000000",
            "status": status,
        },
    )


async def know_worker(
    stage: Stage, worker: UUID, employer: UUID | None, *, certified: bool = True
) -> None:
    await stage.hear(
        "registry.worker.employed.v1",
        worker,
        {
            "id": worker,
            "kind": "social-worker",
            "employer_id": employer,
            "part_time_ids": [],
            "certificate_level": "social-worker" if certified else None,
            "certificate_valid": certified,
            "registration_status": "valid",
            "registration_until": "2027-12-31",
        },
    )


async def know_expert(stage: Stage, person: str, status: str = "admitted") -> None:
    await stage.hear(
        f"registry.expert.{'admitted' if status == 'admitted' else 'retired'}.v1",
        person,
        {"id": person, "kinds": ["social-work"], "status": status, "division": "510181000000"},
    )


async def tie(stage: Stage, person: str, org: UUID) -> None:
    tie_id = new_id()
    await stage.hear(
        "registry.tie.declared.v1",
        tie_id,
        {
            "id": tie_id,
            "person": person,
            "organisation_id": org,
            "kind": "kinship",
            "degree": "direct",
            "status": "standing",
        },
    )


async def seal_result(
    stage: Stage,
    provider: UUID,
    score_bp: int,
    sealed_at: datetime,
    *,
    domain: str = DOMAIN,
    commission: UUID | None = None,
    version: int = 1,
    agreement: UUID | None = None,
    round: int = 1,
    told_at: datetime | None = None,
) -> None:
    """A result of a round of an agreement; each commission is of its own agreement unless named.

    A correction keeps the day of the first sealing, and is told later.
    """
    result = commission or new_id()
    await stage.hear(
        "evaluation.result.sealed.v1",
        result,
        {
            "id": result,
            "version": version,
            "commission_id": result,
            "agreement_id": agreement or result,
            "round": round,
            "provider_id": provider,
            "purchaser_id": PURCHASER,
            "division": COMMUNITY,
            "domain": domain,
            "score_bp": score_bp,
            "band": "good",
            "balance_share_bp": 10_000,
            "policy_version": 1,
            "sealed_at": sealed_at,
            "correction": version > 1,
        },
        time=told_at or sealed_at,
        sequence=version,
    )


async def new_bidder(stage: Stage) -> Bidder:
    bidder = Bidder()
    await know_organisation(stage, bidder.org, "provider")
    await know_worker(stage, bidder.lead, bidder.org)
    return bidder


async def need(stage: Stage) -> str:
    finding = {
        "title": "高龄独居老人陪伴",
        "finding": "独居老人缺少陪伴和上门照料。",
        "source": "survey",
        "division": COMMUNITY,
        "domain": DOMAIN,
        "respondents": 120,
    }
    answer = await done(await stage.as_("community").post("/needs", finding))
    return str(answer["id"])


def announcement(opens: datetime, closes: datetime) -> dict[str, Any]:
    return {
        "title": "2025 年社工服务项目征集",
        "fiscal_year": 2025,
        "opens_at": opens.isoformat(),
        "closes_at": closes.isoformat(),
        "domains": [DOMAIN],
    }


async def call(stage: Stage) -> str:
    now = await stage.now()
    answer = await stage.as_("secretariat").post(
        "/calls", announcement(now, now + timedelta(days=30))
    )
    return str((await done(answer))["id"])


def submission(need_id: str) -> dict[str, Any]:
    return {
        "title": "夕阳红居家养老",
        "domain": DOMAIN,
        "division": COMMUNITY,
        "amount": 8_000_000,
        "department": "民政局",
        "need_ids": [need_id],
        "outline": "上门服务与社区活动。",
    }


async def proposal(stage: Stage) -> str:
    body = submission(await need(stage))
    answer = await stage.as_("community").post(f"/calls/{await call(stage)}/proposals", body)
    proposal_id = (await done(answer))["id"]
    await done(await stage.as_("secretariat").post(f"/proposals/{proposal_id}/selection"))
    return str(proposal_id)


async def budget(stage: Stage, *, approved: bool = True) -> str:
    plan = {
        "fiscal_year": 2025,
        "name": "2025 年政府购买服务",
        "purchaser_id": str(PURCHASER),
        "division": "510181000000",
        "sources": [
            {"fund": "fiscal", "amount": 60_000_000},
            {"fund": "welfare-lottery", "amount": 20_000_000},
        ],
    }
    planned = await done(await buyer(stage).post("/budgets", plan))
    if approved:
        treasury = stage.as_("treasury", person="treasurer")
        await done(await treasury.post(f"/budgets/{planned['id']}/approval"))
    return str(planned["id"])


async def draft(stage: Stage, *, approved: bool = True, **changes: Any) -> dict[str, Any]:
    """What a purchaser sends to draft a tender; purchaser, agent and basis are known."""
    await know_organisation(stage, PURCHASER, "purchaser")
    await know_organisation(stage, AGENT, "association")
    return {
        "title": "居家养老服务项目",
        "method": "open",
        "proposal_id": await proposal(stage),
        "budget_id": await budget(stage, approved=approved),
        "purchaser_id": str(PURCHASER),
        "agent_id": str(AGENT),
        "legal_profile": "government-purchase",
        "ceiling": CEILING,
        "criteria": CRITERIA,
        "purchaser_members_most_bp": 3_333,
        "experts": 2,
        "look_back_months": 36,
        "bids_due_at": (await stage.now() + timedelta(days=21)).isoformat(),
        "outputs": [
            {
                "kind": "home-visit",
                "title": "入户探访",
                "quantity": 480,
                "minimum_persons": 1,
            }
        ],
        "similar_domains": [DOMAIN],
        **changes,
    }


async def drafted(stage: Stage, **changes: Any) -> dict[str, Any]:
    return await done(await buyer(stage).post("/tenders", await draft(stage, **changes)))


async def published(stage: Stage, **changes: Any) -> dict[str, Any]:
    tender = await drafted(stage, **changes)
    return await done(await agent(stage).post(f"/tenders/{tender['id']}/publication"))


async def bid(stage: Stage, bidder: Bidder, tender: str, document: object) -> str:
    bid_id = str(new_id())
    answer = await bidder.client(stage).upload(
        f"/tenders/{tender}/bids/{bid_id}",
        bidder.seal(tender, document),
        "application/octet-stream",
    )
    await done(answer)
    return bid_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A tender whose bids are open: who bid, and their bids in the same order."""

    tender: str
    bidders: list[Bidder]
    bids: list[str]


async def opened(stage: Stage, prices: tuple[int, ...], **changes: Any) -> Opened:
    """An opened tender with a bid at each of these prices."""
    tender = await published(stage, **changes)
    bidders = [await new_bidder(stage) for _ in prices]
    bids = [
        await bid(stage, bidder, tender["id"], bidder.document(price))
        for bidder, price in zip(bidders, prices, strict=True)
    ]
    await stage.move_to(datetime.fromisoformat(tender["bids_due_at"]))
    await done(await agent(stage).post(f"/tenders/{tender['id']}/opening"))
    return Opened(tender=tender["id"], bidders=bidders, bids=bids)


async def give_keys(stage: Stage, opened: Opened) -> None:
    for bidder, bid_id in zip(opened.bidders, opened.bids, strict=True):
        await done(
            await bidder.client(stage).post(f"/bids/{bid_id}/key", {"key": bidder.key.hex()})
        )


async def empanelled(
    stage: Stage, prices: tuple[int, ...], pool: int = 3, **changes: Any
) -> tuple[Opened, list[str]]:
    """An opened tender with its keys handed in and a panel drawn; who judges."""
    for number in range(pool):
        await know_expert(stage, f"expert-{number}")
    ready = await opened(stage, prices, **changes)
    await give_keys(stage, ready)
    panel = await done(
        await buyer(stage).post(f"/tenders/{ready.tender}/panel", {"purchaser_members": ["buyer"]})
    )
    return ready, [seat["person"] for seat in panel["seats"] if seat["status"] == "seated"]


def marks(points: int) -> list[dict[str, Any]]:
    return [{"criterion": code, "points_bp": points} for code in ("plan", "team")]


async def score(stage: Stage, tender: str, member: str, bid_id: str, points: int) -> Answer:
    client = stage.as_("expert", person=member)
    return await client.post(
        f"/tenders/{tender}/scores", {"bid_id": bid_id, "marks": marks(points)}
    )


async def reviewed(
    stage: Stage, bids: tuple[tuple[int, int], ...], **changes: Any
) -> tuple[Opened, dict[str, Any]]:
    """A reviewed tender: each bid with its price and the points that every member gave it."""
    ready, members = await empanelled(stage, tuple(price for price, _ in bids), **changes)
    for member in members:
        for bid_id, (_, points) in zip(ready.bids, bids, strict=True):
            await done(await score(stage, ready.tender, member, bid_id, points))
    conclusion = {"record": "评审小组一致同意。"}
    review = await buyer(stage).post(f"/tenders/{ready.tender}/review", conclusion)
    return ready, await done(review)
