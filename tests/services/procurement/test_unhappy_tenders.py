"""What goes wrong in a tender, and what each person it happens to is told, in both languages."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from libs.common.ids import new_id
from libs.common.testing import Stage
from tests.services.procurement.challenge_steps import award
from tests.services.procurement.steps import (
    AGENT,
    CRITERIA,
    agent,
    bid,
    buyer,
    done,
    draft,
    empanelled,
    know_expert,
    marks,
    new_bidder,
    opened,
    published,
    refusal,
    score,
    tie,
)

PRICES = (8_000_000, 7_500_000, 8_500_000)


async def test_a_tender_with_two_bidders_fails_and_is_run_again(procurement: Stage) -> None:
    """废标: the bidders hand in no key, and the same proposal is tendered again, to an award."""
    notice = await draft(procurement)
    tender = await done(await buyer(procurement).post("/tenders", notice))
    await done(await agent(procurement).post(f"/tenders/{tender['id']}/publication"))
    bidders = [await new_bidder(procurement) for _ in PRICES]
    for bidder in bidders[:2]:
        bid_id = await bid(procurement, bidder, tender["id"], bidder.document(8_000_000))
    await procurement.move_to(datetime.fromisoformat(tender["bids_due_at"]))
    failed = await done(await agent(procurement).post(f"/tenders/{tender['id']}/opening"))
    client = bidders[1].client(procurement)
    key = {"key": bidders[1].key.hex()}
    again = {
        **notice,
        "bids_due_at": (await procurement.now() + timedelta(days=21)).isoformat(),
        "criteria": [one for one in CRITERIA if one["kind"] != "rated"]
        + [{"code": "plan", "title": "服务方案", "weight_bp": 6_000, "kind": "rated"}],
    }
    second = await done(await buyer(procurement).post("/tenders", again))

    assert (failed["status"], failed["reason"]) == ("failed", "too-few-bids")
    assert await refusal(client, f"/bids/{bid_id}/key", key) == (
        "tender-not-opened",
        "此操作须在开标之后、评审结论之前进行，请核对招标状态。",
        "This is done between the opening and the review; see the tender's status.",
    )
    assert await refusal(buyer(procurement), "/tenders", again) == (
        "proposal-tendered-already",
        "该项目建议已有在办的招标，请继续该招标，或先将其终止。",
        "Another tender for this proposal stands; go on with that one, or cancel it first.",
    )
    await done(await agent(procurement).post(f"/tenders/{second['id']}/publication"))
    bids = [
        await bid(procurement, bidder, second["id"], bidder.document(price))
        for bidder, price in zip(bidders, PRICES, strict=True)
    ]
    await procurement.move_to(datetime.fromisoformat(second["bids_due_at"]))
    await done(await agent(procurement).post(f"/tenders/{second['id']}/opening"))
    for bidder, bid_id in zip(bidders, bids, strict=True):
        client = bidder.client(procurement)
        await done(await client.post(f"/bids/{bid_id}/key", {"key": bidder.key.hex()}))
    for number in range(2):
        await know_expert(procurement, f"expert-{number}")
    path = f"/tenders/{second['id']}"
    await done(await buyer(procurement).post(f"{path}/panel", {"purchaser_members": []}))
    for number in range(2):
        for bid_id in bids:
            mark = {"bid_id": bid_id, "marks": [{"criterion": "plan", "points_bp": 9_000}]}
            expert = procurement.as_("expert", person=f"expert-{number}")
            await done(await expert.post(f"{path}/scores", mark))
    review = await done(await buyer(procurement).post(f"{path}/review", {"record": "一致同意。"}))
    winner = review["lines"][0]["organisation_id"]
    assert str(bidders[1].org) == winner
    awarded = await award(procurement, second["id"], bidders[1].org)
    assert (awarded.status, awarded.body["awarded_to"]) == (200, winner)


@pytest.mark.parametrize("late", [timedelta(), timedelta(milliseconds=1)])
async def test_a_bid_a_moment_too_late_is_not_kept(
    procurement: Stage, tmp_path: Path, late: timedelta
) -> None:
    """At the very deadline and after it nothing is stored, also before the tender has closed."""
    tender = await published(procurement)
    bidder = await new_bidder(procurement)
    due = datetime.fromisoformat(tender["bids_due_at"])
    await procurement.fetch("UPDATE rehearsal_clock SET instant = $1", due + late)
    path = f"/tenders/{tender['id']}/bids/{new_id()}"
    sealed = bidder.seal(tender["id"], bidder.document(8_000_000))

    told = []
    for language in ("zh", "en"):
        answer = await bidder.client(procurement).send(
            "PUT",
            path,
            headers={"Content-Type": "application/octet-stream", "Accept-Language": language},
            data=sealed,
        )
        told.append((answer.status, answer.code, answer.body["title"]))

    assert told == [
        (
            409,
            "tender-not-published",
            "投标的递交与撤回仅在公告发布后至截止时间（见 bids_due_at）之前受理。",
        ),
        (
            409,
            "tender-not-published",
            "Bids are handed in and taken back from the publication to the deadline, "
            "`bids_due_at`.",
        ),
    ]
    assert due == datetime.fromisoformat(answer.body["bids_due_at"])
    assert await procurement.fetch("SELECT FROM bids") == []
    assert not [blob for blob in (tmp_path / "blobs").rglob("*") if blob.is_file()]


async def test_a_member_recuses_and_the_stand_in_takes_the_seat(procurement: Stage) -> None:
    """What the one who left has scored does not count; the review waits for the other."""
    ready, members = await empanelled(procurement, PRICES)
    leaving = next(member for member in members if member != "buyer")
    await done(await score(procurement, ready.tender, leaving, ready.bids[0], 0))
    path = f"/tenders/{ready.tender}"
    expert = procurement.as_("expert", person=leaving)

    panel = await done(await expert.post(f"{path}/panel/recusals"))

    seats = {seat["person"]: seat for seat in panel["seats"]}
    [joined] = {p for p, seat in seats.items() if seat["status"] == "seated"} - set(members)
    experts = [seats[member]["place"] for member in members if member != "buyer"]
    assert seats[leaving]["status"] == "recused"
    assert max(experts) + 1 == seats[joined]["place"]
    mark = {"bid_id": ready.bids[0], "marks": marks(9_000)}
    assert await refusal(expert, f"{path}/scores", mark) == (
        "member-recused",
        "您已回避本项目评审，已交评分不计，也不再接受评分；如系误操作，请联系采购人。",
        "You have stepped back from this panel, so your scores do not count and no more are "
        "taken; if you did not mean to, ask the purchaser.",
    )
    [told] = await procurement.said("procurement.panel.changed.v1")
    assert (ready.tender, joined) == (told.data["id"], told.data["stand_in"])
    assert leaving not in str(told.data)
    for member in {*members, joined} - {leaving, joined}:
        for bid_id in ready.bids:
            await done(await score(procurement, ready.tender, member, bid_id, 9_000))
    assert await refusal(buyer(procurement), f"{path}/review", {"record": "一致同意。"}) == (
        "scores-missing",
        "尚有评审成员未对全部有效投标评分，请等待其完成。",
        "Not every member has scored every valid bid yet; wait for the others.",
    )
    for bid_id in ready.bids:
        await done(await score(procurement, ready.tender, joined, bid_id, 9_000))
    review = await done(await buyer(procurement).post(f"{path}/review", {"record": "一致同意。"}))
    figures = [one for line in review["lines"] for one in line["figures"]]
    assert {one["points_bp"] for one in figures if one["kind"] == "rated"} == {9_000}


async def test_the_last_stand_in_stays(procurement: Stage) -> None:
    """With nobody left in the pool a recusal is refused, and says what can be done."""
    ready, members = await empanelled(procurement, PRICES, pool=2)
    leaving = next(member for member in members if member != "buyer")
    expert = procurement.as_("expert", person=leaving)

    assert await refusal(expert, f"/tenders/{ready.tender}/panel/recusals") == (
        "no-stand-in-left",
        "已无候补专家可递补，请终止本次采购，扩充专家库后重新采购。",
        "No stand-in is left for this seat; cancel the tender, and tender again with a larger "
        "pool.",
    )


async def test_a_tied_officer_leaves_the_opening_to_another(procurement: Stage) -> None:
    """Nothing of the bids is told to the officer, and a colleague opens them."""
    tender = await published(procurement)
    bidders = [await new_bidder(procurement) for _ in PRICES]
    for bidder, price in zip(bidders, PRICES, strict=True):
        await bid(procurement, bidder, tender["id"], bidder.document(price))
    await tie(procurement, "agent", bidders[2].org)
    await procurement.move_to(datetime.fromisoformat(tender["bids_due_at"]))
    path = f"/tenders/{tender['id']}/opening"

    told = await refusal(agent(procurement), path)

    assert told == (
        "officer-tied",
        "您与投标人存在利害关系，须由他人办理。",
        "You are tied to one of the bidders; somebody else has to do this.",
    )
    assert await procurement.said("procurement.tender.opened.v1") == []
    colleague = procurement.as_("association", person="colleague", org=AGENT)
    assert (await colleague.post(path)).status == 200


async def test_a_tender_is_awarded_once(procurement: Stage) -> None:
    """Whoever awards it to another afterwards is told that it is done."""
    ready = await opened(procurement, PRICES)
    path = f"/tenders/{ready.tender}/award"
    body = {"organisation_id": str(ready.bidders[0].org)}

    assert await refusal(buyer(procurement), path, body) == (
        "tender-not-reviewed",
        "须先完成评审方可定标，且只定标一次，请先办结评审。",
        "An award needs a review, and is made once; conclude the review first.",
    )
