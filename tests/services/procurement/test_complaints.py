"""The finance department decides what the answer to a challenge has left open."""

from datetime import date, datetime, timedelta

import pytest

from libs.common import clock
from libs.common.testing import Stage
from tests.services.procurement import agreement_steps
from tests.services.procurement.challenge_steps import (
    BIDS,
    DISMISSED,
    answer,
    award,
    awarded_tender,
    challenge,
    challenged,
    complain,
    complained,
    day_after,
    decide,
    draft_of,
    finance,
    in_force,
    move_into,
    tender_of,
    upheld,
)
from tests.services.procurement.steps import (
    agent,
    bid,
    buyer,
    done,
    new_bidder,
    published,
    reviewed,
    tie,
)


async def test_a_complaint_follows_an_answer(procurement: Stage) -> None:
    """政府采购法 art. 55, 56: it is told, with the day by which it is decided."""
    ready = await awarded_tender(procurement)
    raised = await challenged(procurement, ready)
    early = await complain(procurement, ready, raised["id"])
    await done(await answer(procurement, raised["id"], DISMISSED))

    lodged = await done(await complain(procurement, ready, raised["id"]))
    again = await complain(procurement, ready, raised["id"])

    assert (early.status, early.code) == (409, "answer-awaited")
    assert raised["answer_due_day"] == early.body["until"]
    assert (lodged["status"], str(await day_after(procurement, 30))) == (
        "lodged",
        lodged["decide_due_day"],
    )
    assert (again.status, again.code) == (409, "complaint-lodged-already")
    [told] = await procurement.said("procurement.complaint.lodged.v1")
    assert (lodged["id"], raised["id"]) == (told.subject, told.data["challenge_id"])
    assert not {"grounds", "reasons", "lodged_by"} & told.data.keys()


@pytest.mark.parametrize(("late", "status"), [(0, 201), (1, 409)])
async def test_a_complaint_comes_in_time(procurement: Stage, late: int, status: int) -> None:
    """Fifteen working days after the period for the answer; the day after is too late."""
    ready = await awarded_tender(procurement)
    raised = await challenged(procurement, ready)
    await done(await answer(procurement, raised["id"], DISMISSED))
    last = date.fromisoformat(raised["complain_until"])
    await move_into(procurement, last + timedelta(days=late))

    lodged = await complain(procurement, ready, raised["id"])

    assert status == lodged.status
    if late:
        assert ("complaint-too-late", str(last)) == (lodged.code, lodged.body["last_day"])


async def test_silence_can_be_complained_of_and_gains_nothing(procurement: Stage) -> None:
    """Nobody answers after that, and nothing is drafted until the decision."""
    ready = await awarded_tender(procurement)
    raised = await challenged(procurement, ready)
    await procurement.move_to(clock.end_of(date.fromisoformat(raised["answer_due_day"])))

    lodged = await done(await complain(procurement, ready, raised["id"]))

    late = await answer(procurement, raised["id"], DISMISSED)
    assert (late.status, late.code) == (409, "challenge-not-open")
    assert (await draft_of(procurement, ready)).code == "award-challenged"
    await done(await decide(procurement, lodged["id"], DISMISSED))
    assert (await draft_of(procurement, ready)).status == 201


async def test_a_withdrawn_challenge_is_not_complained_of(procurement: Stage) -> None:
    """Who takes a challenge back has no complaint either."""
    ready = await awarded_tender(procurement)
    raised = await challenged(procurement, ready)
    client = ready.bidders[1].client(procurement)
    await done(await client.post(f"/challenges/{raised['id']}/withdrawal"))

    refused = await complain(procurement, ready, raised["id"])

    assert (refused.status, refused.code) == (409, "challenge-not-open")


async def test_a_complaint_alone_stops_nothing(procurement: Stage) -> None:
    """An answered challenge binds; only the finance department stops what follows from it."""
    ready = await awarded_tender(procurement)
    await complained(procurement, ready)

    assert (await draft_of(procurement, ready)).status == 201


async def test_a_suspension_stops_the_agreement_and_ends_by_itself(procurement: Stage) -> None:
    """政府采购法 art. 57: at most thirty days, once; nothing is drafted or signed meanwhile."""
    ready = await awarded_tender(procurement)
    lodged = await complained(procurement, ready)
    drafted = await done(await draft_of(procurement, ready))
    path = f"/complaints/{lodged['id']}/suspension"

    too_long = await finance(procurement).post(path, {"days": 31})
    suspended = await done(await finance(procurement).post(path, {"days": 30}))
    again = await finance(procurement).post(path, {"days": 1})

    assert (too_long.status, too_long.code) == (422, "suspension-too-long")
    assert (again.status, again.code) == (409, "suspended-already")
    [told] = await procurement.said("procurement.complaint.suspended.v1")
    assert suspended["suspended_until"] == told.data["suspended_until"]
    signatures = f"/agreements/{drafted['id']}/signatures"
    provider = ready.bidders[0].client(procurement)
    unsigned = await provider.post(signatures, agreement_steps.seal(drafted))
    assert (unsigned.status, unsigned.code) == (409, "tender-suspended")
    assert datetime.fromisoformat(suspended["suspended_until"]) == datetime.fromisoformat(
        unsigned.body["until"]
    )
    await procurement.move_to(datetime.fromisoformat(suspended["suspended_until"]))
    assert (await provider.post(signatures, agreement_steps.seal(drafted))).status == 201


async def test_a_suspension_stops_the_award(procurement: Stage) -> None:
    """A complaint about the review: the award waits, and the decision sets it free."""
    ready, _ = await reviewed(procurement, BIDS)
    raised = await done(await challenge(procurement, ready.tender, ready.bidders[1], "review"))
    await done(await answer(procurement, raised["id"], DISMISSED))
    lodged = await done(await complain(procurement, ready, raised["id"]))
    path = f"/complaints/{lodged['id']}/suspension"
    await done(await finance(procurement).post(path, {"days": 10}))

    stopped = await award(procurement, ready.tender, ready.bidders[0].org)
    await done(await decide(procurement, lodged["id"], DISMISSED))

    assert (stopped.status, stopped.code) == (409, "tender-suspended")
    assert (await award(procurement, ready.tender, ready.bidders[0].org)).status == 200


async def test_a_suspension_stops_the_opening(procurement: Stage) -> None:
    """A complaint about the documents keeps the bids sealed."""
    tender = await published(procurement)
    for _ in range(3):
        bidder = await new_bidder(procurement)
        await bid(procurement, bidder, tender["id"], bidder.document(8_000_000))
    raised = await done(await challenge(procurement, tender["id"], bidder, "documents"))
    await done(await answer(procurement, raised["id"], DISMISSED))
    client = bidder.client(procurement)
    lodged = await done(
        await client.post(f"/challenges/{raised['id']}/complaint", {"grounds": "不服答复。"})
    )
    path = f"/complaints/{lodged['id']}/suspension"
    await done(await finance(procurement).post(path, {"days": 30}))
    await procurement.move_to(datetime.fromisoformat(tender["bids_due_at"]))

    stopped = await agent(procurement).post(f"/tenders/{tender['id']}/opening")
    withdrawn = await client.post(f"/complaints/{lodged['id']}/withdrawal")

    assert (stopped.status, stopped.code) == (409, "tender-suspended")
    assert (withdrawn.status, withdrawn.body["status"]) == (200, "withdrawn")
    assert (await agent(procurement).post(f"/tenders/{tender['id']}/opening")).status == 200
    [told] = await procurement.said("procurement.complaint.withdrawn.v1")
    assert lodged["id"] == told.subject


async def test_an_unfounded_complaint_leaves_the_award(procurement: Stage) -> None:
    """It is decided once, and told."""
    ready = await awarded_tender(procurement)
    lodged = await complained(procurement, ready)

    decided = await decide(procurement, lodged["id"], DISMISSED)
    again = await decide(procurement, lodged["id"], DISMISSED)
    client = ready.bidders[1].client(procurement)
    withdrawn = await client.post(f"/complaints/{lodged['id']}/withdrawal")

    assert (decided.body["status"], decided.body["verdict"]) == ("decided", "dismissed")
    assert (again.status, again.code) == (409, "complaint-not-open")
    assert (withdrawn.status, withdrawn.code) == (409, "complaint-not-open")
    assert (await tender_of(procurement, ready.tender))["status"] == "awarded"
    [told] = await procurement.said("procurement.complaint.decided.v1")
    assert (told.data["verdict"], "reasons" in told.data) == ("dismissed", False)


@pytest.mark.parametrize(
    ("remedy", "status"),
    [("award-again", "reviewed"), ("review-again", "opened"), ("tender-again", "failed")],
)
async def test_a_founded_complaint_voids_the_award(
    procurement: Stage, remedy: str, status: str
) -> None:
    """Another is awarded, the review is made again, or everything is tendered again."""
    ready = await awarded_tender(procurement)
    lodged = await complained(procurement, ready)
    await done(await draft_of(procurement, ready))

    await done(await decide(procurement, lodged["id"], upheld(remedy)))

    tender = await tender_of(procurement, ready.tender)
    assert (tender["status"], tender["awarded_to"], tender["awarded_price"]) == (status, None, None)
    assert (await draft_of(procurement, ready)).code == "award-not-yet-known"
    await agreement_steps.check_books(procurement)


async def test_an_agreement_in_force_is_ended_first(procurement: Stage) -> None:
    """It is not undone by a decision; once terminated, tendering again is left."""
    ready = await awarded_tender(procurement)
    lodged = await complained(procurement, ready)
    agreed = await in_force(procurement, ready)

    standing = await decide(procurement, lodged["id"], upheld("tender-again"))
    path = f"/agreements/{agreed['id']}/termination"
    await done(await buyer(procurement).post(path, {"reason": "award-void"}))
    await done(await buyer(procurement, "second").post(f"{path}/confirmation"))
    another = await decide(procurement, lodged["id"], upheld("award-again"))
    decided = await decide(procurement, lodged["id"], upheld("tender-again"))

    for refused in (standing, another):
        assert (refused.status, refused.code) == (409, "agreement-made-already")
    assert decided.status == 200
    assert (await tender_of(procurement, ready.tender))["status"] == "failed"


async def test_an_undecided_complaint_is_overdue_once(procurement: Stage) -> None:
    """At the end of the thirtieth working day it is told; a late decision counts."""
    ready = await awarded_tender(procurement)
    lodged = await complained(procurement, ready)
    due = date.fromisoformat(lodged["decide_due_day"])

    await procurement.move_to(clock.end_of(due + timedelta(days=5)))

    [told] = await procurement.said("procurement.complaint.overdue.v1")
    assert (clock.end_of(due), "overdue") == (told.time, told.data["status"])
    assert (await decide(procurement, lodged["id"], DISMISSED)).status == 200


async def test_who_is_tied_decides_nothing(procurement: Stage) -> None:
    """Somebody else of the finance department has to."""
    ready = await awarded_tender(procurement)
    lodged = await complained(procurement, ready)
    await tie(procurement, "finance-1", ready.bidders[3].org)

    refused = await decide(procurement, lodged["id"], DISMISSED)
    other = await finance(procurement, "finance-2").post(
        f"/complaints/{lodged['id']}/decision", DISMISSED
    )

    assert (refused.status, refused.code) == (409, "officer-tied")
    assert other.status == 200


async def test_a_complaint_is_for_those_it_concerns(procurement: Stage) -> None:
    """Other providers have none of it, nor has a finance department elsewhere; a purchaser does
    not decide its own case."""
    ready = await awarded_tender(procurement)
    lodged = await complained(procurement, ready)
    path = f"/complaints/{lodged['id']}"
    other = ready.bidders[2].client(procurement)
    elsewhere = procurement.as_("treasury", divisions=("510182",))

    mine = await ready.bidders[1].client(procurement).get("/complaints", tender_id=ready.tender)
    assert [lodged["id"]] == [one["id"] for one in mine.body["items"]]
    assert (await buyer(procurement).get(path)).status == 200
    assert (await other.get(path)).code == "complaint-not-found"
    assert (await other.post(f"{path}/withdrawal")).code == "complaint-not-found"
    assert (await elsewhere.post(f"{path}/decision", DISMISSED)).code == "complaint-not-found"
    assert (await buyer(procurement).post(f"{path}/decision", DISMISSED)).status == 403
