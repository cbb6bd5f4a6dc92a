"""The steps of a challenge 质疑 and a complaint 投诉, each as an ordinary caller would take it."""

from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from libs.common import clock
from libs.common.testing import Answer, Client, Stage
from tests.services.procurement import agreement_steps
from tests.services.procurement.steps import Bidder, Opened, agent, buyer, done, reviewed

BIDS: Final = ((8_000_000, 9_000), (7_500_000, 8_000), (8_500_000, 7_000), (8_600_000, 6_000))
DISMISSED: Final = {"verdict": "dismissed", "reasons": "评分有据可查。"}


def upheld(remedy: str) -> dict[str, str]:
    return {"verdict": "upheld", "remedy": remedy, "reasons": "评分汇总有误。"}


def finance(stage: Stage, person: str = "finance-1") -> Client:
    return stage.as_("treasury", person=person)


async def award(stage: Stage, tender: str, org: UUID, **more: Any) -> Answer:
    body = {"organisation_id": str(org), **more}
    return await buyer(stage).post(f"/tenders/{tender}/award", body)


async def awarded_tender(
    stage: Stage, bids: tuple[tuple[int, int], ...] = BIDS, **changes: Any
) -> Opened:
    """A tender of four bidders, awarded to the first of them."""
    ready, _ = await reviewed(stage, bids, **changes)
    await done(await award(stage, ready.tender, ready.bidders[0].org))
    return ready


async def challenge(stage: Stage, tender: str, bidder: Bidder, about: str = "result") -> Answer:
    body = {"about": about, "grounds": "报价得分计算有误。"}
    return await bidder.client(stage).post(f"/tenders/{tender}/challenges", body)


async def challenged(stage: Stage, ready: Opened, number: int = 1) -> dict[str, Any]:
    """The result is challenged by a bidder who was not awarded."""
    return await done(await challenge(stage, ready.tender, ready.bidders[number]))


async def answer(stage: Stage, challenge_id: str, finding: dict[str, str]) -> Answer:
    return await agent(stage).post(f"/challenges/{challenge_id}/answer", finding)


async def complain(stage: Stage, ready: Opened, challenge_id: str, number: int = 1) -> Answer:
    client = ready.bidders[number].client(stage)
    return await client.post(f"/challenges/{challenge_id}/complaint", {"grounds": "不服答复。"})


async def complained(stage: Stage, ready: Opened) -> dict[str, Any]:
    """A challenge to the result was dismissed, and is taken to the finance department."""
    raised = await challenged(stage, ready)
    await done(await answer(stage, raised["id"], DISMISSED))
    return await done(await complain(stage, ready, raised["id"]))


async def decide(stage: Stage, complaint_id: str, finding: dict[str, str]) -> Answer:
    return await finance(stage).post(f"/complaints/{complaint_id}/decision", finding)


async def tender_of(stage: Stage, tender: str) -> dict[str, Any]:
    return await done(await buyer(stage).get(f"/tenders/{tender}"))


async def day_after(stage: Stage, days: int) -> date:
    """The working day that many working days from today."""
    return clock.add_working_days(clock.legal_day(await stage.now()), days, {})


async def move_into(stage: Stage, day: date) -> None:
    """Late on that day: its last second."""
    await stage.move_to(clock.end_of(day) - timedelta(seconds=1))


def agreeable(ready: Opened, number: int = 0) -> agreement_steps.Ready:
    """The award to that bidder, as an agreement rests on it."""
    return agreement_steps.Ready(
        tender=UUID(ready.tender), budget="", provider=ready.bidders[number]
    )


async def draft_of(stage: Stage, ready: Opened, number: int = 0) -> Answer:
    """Draft the agreement on the award to that bidder, at the price of its bid."""
    return await agreement_steps.draft(stage, agreeable(ready, number), BIDS[number][0])


async def in_force(stage: Stage, ready: Opened) -> dict[str, Any]:
    """The agreement with the first bidder, signed by everybody."""
    drafted = await done(await draft_of(stage, ready))
    await agreement_steps.sign_all(stage, agreeable(ready), drafted)
    return await agreement_steps.read(stage, drafted["id"])
